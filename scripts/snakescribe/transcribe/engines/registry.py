"""Engines by name. Engines of your own: docs/transcribe.md, docs/plugins.md."""

from collections.abc import Iterator
from inspect import isclass
from typing import Any

from snakescribe.config.transcribe import Weights
from snakescribe.plugins import PluginKind, class_fault
from snakescribe.transcribe.engines.protocol import Engine
from snakescribe.transcribe.engines.text_engine import TextEngine

_of_protocol = class_fault(
    Engine, "OPTIONS", "fetch_weights", "load_tokenizer", "provenance", "encode", "decode"
)


def _fault(plugin: Any) -> str:
    """What keeps an object that a user named from being an engine."""
    if isclass(plugin) and issubclass(plugin, TextEngine):
        if plugin.transcribe is TextEngine.transcribe:
            return "lacks transcribe: an engine with text alone has this one method"
        return ""
    return _of_protocol(plugin)


ENGINES: PluginKind[type[Engine]] = PluginKind(
    noun="engine",
    group="engines",
    place="models.engine",
    built_in={
        "faster-whisper": "snakescribe.transcribe.engines.faster_whisper:FasterWhisper",
        "openai-whisper": "snakescribe.transcribe.engines.openai_whisper:OpenaiWhisper",
        "moonshine": "snakescribe.transcribe.engines.moonshine:Moonshine",
        "transformers": ("snakescribe.transcribe.engines.transformers_pipeline:Transformers"),
        "onnx": "snakescribe.transcribe.engines.onnx:Onnx",
        "command": "snakescribe.transcribe.engines.command:Command",
        "files": "snakescribe.transcribe.engines.files:Files",
        "http": "snakescribe.transcribe.engines.http:Http",
    },
    fault=_fault,
)

# Decode options that do not reach an engine: the job itself sees to them.
_EVERYWHERE = frozenset(
    {
        "language", "hotwords", "compression_ratio_threshold", "logprob_threshold",
        "no_speech_threshold", "repeats",
    }
)  # fmt: skip


def engine_class(name: str, place: str = "") -> type[Engine]:
    """An engine's name -> its class.

    Args:
        name: as the config has it.
        place: the key of the name in the config, for messages.

    Raises:
        UserError: no engine has this name, or it cannot be loaded.
    """
    return ENGINES.find(name, place)


def dishonoured_options(
    model: Weights, options: dict[str, Any], defaults: dict[str, Any]
) -> Iterator[str]:
    """The decode options that differ from their default and that a model cannot honour."""
    chosen = engine_class(model.engine)
    honoured = chosen.honoured_options(model) | _EVERYWHERE
    if not chosen.READS_PROMPTS:
        honoured -= {"hotwords"}
    for name, value in options.items():
        if name not in honoured and value != defaults[name]:
            yield name
