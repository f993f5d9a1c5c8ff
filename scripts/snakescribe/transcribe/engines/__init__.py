"""Engines by name, behind one protocol."""

from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    PromptTokenizer,
    Request,
)
from snakescribe.transcribe.engines.registry import (
    dishonoured_options,
    engine_class,
    engine_names,
)

__all__ = [
    "Decoded",
    "Encoded",
    "Engine",
    "PromptTokenizer",
    "Request",
    "dishonoured_options",
    "engine_class",
    "engine_names",
]
