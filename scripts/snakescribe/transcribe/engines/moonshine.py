"""The engine `moonshine`: a small English recogniser that is not Whisper, through onnxruntime.

It writes plain text by greedy search: no prompts, no samples, no times of words. What it writes
depends on what else is in a call and on the silence after the speech; so each chunk is decoded in a
call of its own, with the same silence, and says the same in any batch.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    Options,
    PromptTokenizer,
    Provenance,
    Request,
)
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.fetch import check_model, describe_model, fetch_model
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.receipt import Receipt

if TYPE_CHECKING:
    import numpy as np

    from snakescribe.transcribe.engines.moonshine_model import Said

FILES = WeightFiles(
    engine="moonshine",
    model="a Moonshine model",
    needed=("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"),
)
SAMPLE_RATE = 16000
SILENCE = SAMPLE_RATE  # samples after each chunk: WER on 60 clips 14.1 %, without it 14.6 %


class Moonshine(Engine):
    """A Moonshine model; on a CPU each thread works on a chunk."""

    OPTIONS = frozenset({"word_timestamps"})  # there are none, whatever is asked for
    READS_PROMPTS = False

    multilingual = False

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: a config is checked without numpy and onnxruntime.
        from snakescribe.transcribe.engines.moonshine_model import MoonshineModel

        workers = threads if device == "cpu" else 1
        self._model = MoonshineModel(Path(weights), FILES.needed, threads // workers, device)
        self._workers = Workers(workers, 1)
        self.batch_size = model.batch

    @classmethod
    def check_weights(cls, weights: str) -> None:
        check_model(weights, FILES)

    @classmethod
    def may_vary(cls, options: Options) -> bool:
        return False

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        return describe_model(weights, FILES)

    @classmethod
    def is_english_only(cls, weights: str) -> bool:
        return True

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return {**fetch_model(weights, FILES), "languages": "en"}

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return ExternalTokenizer()

    def provenance(self) -> Provenance:
        return {"engine": "moonshine", **self._model.provenance(), "batch_size": 1}

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        begin = time.perf_counter()
        states = self._workers.map(
            audio, lambda part: [self._model.encode(samples, SILENCE) for samples in part]
        )
        seconds = [len(samples) / SAMPLE_RATE for samples in audio]
        return Encoded(states, seconds, 0.0, time.perf_counter() - begin)

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        return [{"en": 1.0} for _ in encoded.seconds]

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        if any(request.prompt_text for request in requests):
            raise UserError("the engine moonshine reads no prompts; give it an empty one")
        begin = time.perf_counter()
        said = self._workers.map(
            requests,
            lambda part: [self._model.decode(encoded.states[request.member]) for request in part],
        )
        seconds = [encoded.seconds[request.member] for request in requests]
        rate = (time.perf_counter() - begin) / sum(seconds)
        return [_to_decoded(*chunk, rate) for chunk in zip(said, seconds, strict=True)]


def _to_decoded(said: "Said", seconds: float, rate: float) -> Decoded:
    """The text of a chunk of so many seconds -> a result of one segment; none without text."""
    decoded = Decoded(said.text, language="en", capped=said.capped, decode_seconds=seconds * rate)
    if said.text:
        decoded.segments = [
            {
                "start": 0.0,
                "end": seconds,
                "text": said.text,
                "tokens": said.tokens,
                "avg_logprob": said.avg_logprob,
                "no_speech_prob": None,
                "compression_ratio": compression_ratio(said.text),
                "temperature": 0.0,
            }
        ]
    return decoded
