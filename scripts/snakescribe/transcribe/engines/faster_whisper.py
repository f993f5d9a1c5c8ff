"""The engine `faster-whisper`: CTranslate2, the fast path."""

from pathlib import Path

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_folder
from snakescribe.transcribe.engines.protocol import PromptTokenizer
from snakescribe.transcribe.engines.whisper_engine import WhisperEngine
from snakescribe.transcribe.engines.whisper_tokenizer import folder_tokenizer
from snakescribe.transcribe.weights.fetch import (
    WEIGHTS,
    cached_model,
    describe_cached,
    fetch_model,
    no_weights,
)
from snakescribe.transcribe.weights.receipt import Receipt
from snakescribe.transcribe.weights.table import find_model


class FasterWhisper(WhisperEngine):
    """A CTranslate2 Whisper model."""

    OPTIONS = frozenset(
        {
            "task", "beam_size", "patience", "length_penalty", "temperatures",
            "compression_ratio_threshold", "logprob_threshold", "no_speech_threshold",
            "repetition_penalty", "no_repeat_ngram_size", "suppress_blank", "suppress_tokens",
            "trim_windows", "timestamps", "word_timestamps",
        }
    )  # fmt: skip
    COMPUTE_TYPES = frozenset(
        {
            "default", "auto", "int8", "int8_float16", "int8_float32", "int8_bfloat16", "int16",
            "float16", "bfloat16", "float32",
        }
    )  # fmt: skip

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: a config is checked without CTranslate2 and numpy.
        from snakescribe.transcribe.engines.ctranslate2_backend import CTranslate2Backend

        backend = CTranslate2Backend(weights, model.compute_type, threads, device)
        super().__init__(backend, model.batch_size)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if not is_folder(weights):
            find_model(weights)
        elif not (Path(weights) / WEIGHTS).exists():
            raise UserError(no_weights(Path(weights)))

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        folder = cached_model(weights)
        return "" if is_folder(weights) else describe_cached(folder, folder / WEIGHTS)

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return fetch_model(weights)

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return folder_tokenizer(Path(weights))
