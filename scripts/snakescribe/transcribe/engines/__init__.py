"""Engines by name, behind one protocol."""

from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    PromptTokenizer,
    Request,
)
from snakescribe.transcribe.engines.registry import ENGINES, dishonoured_options, engine_class

__all__ = [
    "ENGINES",
    "Decoded",
    "Encoded",
    "Engine",
    "PromptTokenizer",
    "Request",
    "dishonoured_options",
    "engine_class",
]
