"""Engines by name; others join by the entry point ``snakescribe.engines``, as `module:Class`."""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from snakescribe.errors import UserError, did_you_mean
from snakescribe.transcribe.engines.protocol import Engine

BUILT_IN = {
    "faster-whisper": "snakescribe.transcribe.engines.faster_whisper:FasterWhisper",
    "openai-whisper": "snakescribe.transcribe.engines.openai_whisper:OpenaiWhisper",
    "command": "snakescribe.transcribe.engines.command:Command",
    "http": "snakescribe.transcribe.engines.http:Http",
}

# Decode options that do not reach an engine: the job itself sees to them.
_EVERYWHERE = frozenset(
    {
        "language", "hotwords", "compression_ratio_threshold", "logprob_threshold",
        "no_speech_threshold",
    }
)  # fmt: skip


def engine_names() -> dict[str, str]:
    """All engines by name, as `module:Class`: ours and those of installed packages."""
    return BUILT_IN | {one.name: one.value for one in entry_points(group="snakescribe.engines")}


def engine_class(name: str) -> type[Engine]:
    """An engine's name -> its class.

    Raises:
        UserError: no engine has this name.
    """
    engines = engine_names()
    if name not in engines:
        raise UserError(f"no engine '{name}'; {did_you_mean(name, engines)}")
    module, attribute = engines[name].split(":")
    return getattr(import_module(module), attribute)


def dishonoured_options(
    engine: str, options: dict[str, Any], defaults: dict[str, Any]
) -> Iterator[str]:
    """The decode options that differ from their default and that an engine cannot honour."""
    honoured = engine_class(engine).OPTIONS | _EVERYWHERE
    for name, value in options.items():
        if name not in honoured and value != defaults[name]:
            yield name
