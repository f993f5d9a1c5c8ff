"""The engine `openai-whisper`: its authors' own package; slower, and the reference for others."""

from pathlib import Path

from snakescribe.config.transcribe import Weights
from snakescribe.paths import is_file
from snakescribe.transcribe.engines.protocol import PromptTokenizer
from snakescribe.transcribe.engines.whisper_engine import WhisperEngine
from snakescribe.transcribe.engines.whisper_tokenizer import package_tokenizer
from snakescribe.transcribe.weights.checkpoints import (
    cached_checkpoint,
    check_file,
    check_name,
    fetch_checkpoint,
)
from snakescribe.transcribe.weights.convert import (
    TRANSFORMERS_FILES,
    check_conversion,
    fetch_converted,
    form_of,
    needs_conversion,
    source_state,
)
from snakescribe.transcribe.weights.fetch import describe_cached
from snakescribe.transcribe.weights.hub import describe_hub, fetch_from_hub, is_hub_address
from snakescribe.transcribe.weights.receipt import Receipt

ENGINE = "openai-whisper"


class OpenaiWhisper(WhisperEngine):
    """A model of the package openai-whisper."""

    OPTIONS = frozenset(
        {
            "task", "beam_size", "patience", "temperatures", "compression_ratio_threshold",
            "logprob_threshold", "no_speech_threshold", "suppress_blank", "suppress_tokens",
            "timestamps", "word_timestamps",
        }
    )  # fmt: skip
    COMPUTE_TYPES = frozenset({"default", "float16", "float32"})

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: the package and torch need not be installed.
        from snakescribe.transcribe.engines.torch_backend import TorchBackend

        backend = TorchBackend(weights, model.compute_type, threads, device)
        super().__init__(backend, model.batch)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if needs_conversion(weights, ENGINE):
            check_conversion(weights, ENGINE)
        elif is_file(weights):
            check_file(Path(weights))
        elif not is_hub_address(weights):
            check_name(weights)

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        if is_file(weights):
            return ""
        if needs_conversion(weights, ENGINE):
            return f"{form_of(weights)}; the run converts it"
        if is_hub_address(weights):
            return describe_hub(weights)
        file = cached_checkpoint(weights)
        return describe_cached(file, file.exists())

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        source = weights
        if is_hub_address(weights):
            source = str(fetch_from_hub(weights, TRANSFORMERS_FILES))
        if needs_conversion(source, ENGINE):
            return fetch_converted(weights, ENGINE, fetch_checkpoint, source)
        return fetch_checkpoint(weights)

    @classmethod
    def weights_state(cls, weights: str) -> str:
        return source_state(weights) if needs_conversion(weights, ENGINE) else ""

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return package_tokenizer(Path(weights))
