"""The engine `faster-whisper`: CTranslate2, the fast path."""

from pathlib import Path

from snakescribe.config.transcribe import Weights
from snakescribe.transcribe.engines.protocol import PromptTokenizer
from snakescribe.transcribe.engines.whisper_engine import WhisperEngine
from snakescribe.transcribe.engines.whisper_tokenizer import folder_tokenizer
from snakescribe.transcribe.weights.convert import (
    TRANSFORMERS_FILES,
    check_conversion,
    fetch_converted,
    form_of,
    needs_conversion,
    source_state,
)
from snakescribe.transcribe.weights.fetch import check_model, describe_model, fetch_model
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.hub import describe_hub, fetch_from_hub, is_hub_address
from snakescribe.transcribe.weights.receipt import Receipt

FILES = WeightFiles(
    engine="faster-whisper",
    model="a CTranslate2 model",
    needed=("model.bin",),
    beside=(
        "config.json", "tokenizer.json", "vocabulary.txt", "vocabulary.json",
        "preprocessor_config.json",
    ),
)  # fmt: skip


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
        super().__init__(backend, model.batch)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if needs_conversion(weights, FILES.engine):
            check_conversion(weights, FILES.engine)
        elif not is_hub_address(weights):
            check_model(weights, FILES)

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        if needs_conversion(weights, FILES.engine):
            return f"{form_of(weights)}; the run converts it"
        if is_hub_address(weights):
            return describe_hub(weights)
        return describe_model(weights, FILES)

    @classmethod
    def weights_state(cls, weights: str) -> str:
        return source_state(weights) if needs_conversion(weights, FILES.engine) else ""

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        source = weights
        if is_hub_address(weights):
            source = str(fetch_from_hub(weights, (*FILES.all, *TRANSFORMERS_FILES)))
        if needs_conversion(source, FILES.engine):
            return fetch_converted(weights, FILES.engine, cls.fetch_weights, source)
        receipt = fetch_model(source, FILES)
        return receipt if source == weights else {**receipt, "weights": weights, "source": "hub"}

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return folder_tokenizer(Path(weights))
