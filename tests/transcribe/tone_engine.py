"""An engine that hears tones: small, real, and without weights. Tests join it as users join theirs.

A chunk is heard as the frequency that crosses zero as often, so what it says depends on the audio.
It counts what it was asked for.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.transcribe.engines import Decoded, Encoded, Engine, PromptTokenizer, Request
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.receipt import Receipt

SAMPLE_RATE = 16000


class ToneEngine(Engine):
    """Says `tone 440` for a tone of 440 Hz; below 300 Hz it takes the speaker for Dutch."""

    OPTIONS = frozenset({"trim_windows", "timestamps"})

    loads: ClassVar[int] = 0
    encoded: ClassVar[list[list[int]]] = []  # the tones of each batch that was encoded
    decoded: ClassVar[list[tuple[int, str]]] = []  # tone and prompt of each chunk
    detected: ClassVar[int] = 0
    windows: ClassVar[list[float]] = []
    fits: ClassVar[int] = 1000  # chunks that memory has room for
    likely: ClassVar[list[tuple[str, list[int | None]]]] = []  # prompt and tokens of each call
    says: ClassVar[dict[int, str]] = {}  # of some tones, something else

    multilingual = True

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        type(self).loads += 1
        self._workers = Workers(1, model.batch_size)

    @property
    def batch_size(self) -> int:  # type: ignore[override]
        return self._workers.batch_size

    @classmethod
    def forget(cls) -> None:
        """Start counting anew."""
        cls.loads, cls.detected, cls.fits = 0, 0, 1000
        cls.encoded, cls.decoded, cls.windows, cls.says = [], [], [], {}
        cls.likely = []

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return Receipt(weights=weights, path=weights, sha256="0" * 64, source="tests")

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return ExternalTokenizer()

    def provenance(self) -> dict[str, Any]:
        return {"engine": "tone", "device": "cpu", "batch_size": self.batch_size}

    def encode(self, audio: Sequence[np.ndarray], window_seconds: float) -> Encoded:
        tones = [hear_tone(samples) for samples in audio]
        self.encoded.append(tones)
        self.windows.append(window_seconds)
        return Encoded(tones, [len(samples) / SAMPLE_RATE for samples in audio], 1.0, 2.0)

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        type(self).detected += 1
        return [
            {"nl": 0.9, "en": 0.1} if tone < 300 else {"nl": 0.2, "en": 0.8}
            for tone in encoded.states
        ]

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Decoding
    ) -> list[Decoded]:
        prompts = {request.prompt_text for request in requests}
        self.likely.append((min(prompts), [request.likely_tokens for request in requests]))

        def decode(part: Sequence[Request]) -> list[Decoded]:
            if len(part) > self.fits:
                raise RuntimeError("CUDA failed with error out of memory")
            return [self._say(encoded, request) for request in part]

        return self._workers.map(requests, decode)

    def _say(self, encoded: Encoded, request: Request) -> Decoded:
        tone, seconds = encoded.states[request.member], encoded.seconds[request.member]
        self.decoded.append((tone, request.prompt_text))
        text = self.says.get(tone, f"tone {tone}").strip()
        return Decoded(
            text=text,
            language=request.language or "tonal",
            segments=[
                {
                    "start": 0.0, "end": seconds, "text": text, "tokens": 2, "avg_logprob": -0.1,
                    "no_speech_prob": 0.0, "compression_ratio": 0.9, "temperature": 0.0,
                }
            ],
            words=[{"start": 0.25, "end": 0.5, "text": "tone", "probability": 0.9}],
            decode_seconds=0.5,
        )  # fmt: skip


class SelfDetecting(ToneEngine):
    """The same, but it finds out the language while it decodes."""

    DETECTS_WHILE_DECODING = True


def hear_tone(samples: np.ndarray) -> int:
    """Samples -> the frequency in Hz, to the next ten."""
    crossings = np.count_nonzero(np.diff(np.signbit(samples)))
    return round(crossings / 2 / (len(samples) / SAMPLE_RATE) / 10) * 10
