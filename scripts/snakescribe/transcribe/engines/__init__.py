"""Engines by name, behind one protocol."""

from snakescribe.transcribe.engines.protocol import Decoded, Encoded, Engine, PromptTokenizer
from snakescribe.transcribe.engines.registry import engine_names, load_engine, load_tokenizer

__all__ = [
    "Decoded",
    "Encoded",
    "Engine",
    "PromptTokenizer",
    "engine_names",
    "load_engine",
    "load_tokenizer",
]
