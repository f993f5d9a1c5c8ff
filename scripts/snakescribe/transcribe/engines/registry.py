"""A model's settings -> a loaded engine; others join by the entry point ``snakescribe.engines``."""

from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError, did_you_mean
from snakescribe.transcribe.engines.protocol import Engine, PromptTokenizer

BUILT_IN = {
    "faster-whisper": "snakescribe.transcribe.engines.faster_whisper:FasterWhisper",
}


def engine_names() -> dict[str, str]:
    """All engines by name, as `module:Class`: ours and those of installed packages."""
    return BUILT_IN | {one.name: one.value for one in entry_points(group="snakescribe.engines")}


def load_engine(model: dict[str, Any], weights: Path, threads: int, device: str) -> Engine:
    """Load a model: `model` is its entry in the config, `weights` the folder that was verified."""
    return _engine_class(model["engine"])(model, weights, threads, device)


def load_tokenizer(model: dict[str, Any], weights: Path) -> PromptTokenizer:
    """Load only the tokenizer of a model: milliseconds instead of seconds."""
    return _engine_class(model["engine"]).load_tokenizer(weights)


def _engine_class(name: str) -> Any:
    engines = engine_names()
    if name not in engines:
        raise UserError(f"no engine '{name}'; {did_you_mean(name, engines)}")
    module, attribute = engines[name].split(":")
    return getattr(import_module(module), attribute)
