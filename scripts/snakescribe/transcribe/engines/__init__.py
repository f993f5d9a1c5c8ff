"""Engines by name, behind one protocol."""

from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    InterruptedDecodingError,
    Passage,
    PromptTokenizer,
    Provenance,
    Request,
    Segment,
    Word,
)
from snakescribe.transcribe.engines.registry import ENGINES, dishonoured_options, engine_class
from snakescribe.transcribe.engines.text_engine import TextEngine
from snakescribe.transcribe.weights.receipt import Receipt

__all__ = [
    "ENGINES",
    "Decoded",
    "Encoded",
    "Engine",
    "InterruptedDecodingError",
    "Passage",
    "PromptTokenizer",
    "Provenance",
    "Receipt",
    "Request",
    "Segment",
    "TextEngine",
    "Word",
    "dishonoured_options",
    "engine_class",
]
