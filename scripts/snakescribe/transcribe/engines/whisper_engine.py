"""What the two Whisper packages share: everything but the calls into the packages themselves.

Chunks -> encoder states, once for a batch -> for each chunk, prompt and set of decode options the
attempt that passes openai-whisper's rules -> text, segments and words on the chunk's clock.

An engine's class (`faster_whisper.py`, `openai_whisper.py`) says what can be known without loading
anything, and is imported whenever a config is checked. The calls into a package are its `Backend`
(`ctranslate2_backend.py`, `torch_backend.py`), which imports the package and is itself imported
when weights are loaded.
"""

import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from snakescribe.errors import UserError
from snakescribe.languages import WHISPER_LANGUAGES
from snakescribe.transcribe.engines.fallback import Search, search_with_fallback
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    Options,
    Provenance,
    Request,
    Word,
)
from snakescribe.transcribe.engines.segments import text_tokens, to_decoded
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.table import known_models

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE = 16000
# Of the states of tiny and base, in whose decoders reading the weights is much of each step's work:
# twice as many chunks share it, in no more memory than the encoder takes.
SMALL_WIDTH = 512
BEST_OF = 5  # samples drawn at a temperature above 0, as in openai-whisper's command line


class Tokenizer(Protocol):
    """A package's tokenizer for one language and task."""

    timestamp_begin: int

    def decode(self, tokens: Sequence[int]) -> str:
        """Tokens -> text; special tokens are left out."""
        ...


class Backend(Protocol):
    """A loaded model of one package.

    `states` is the package's own array or tensor of (chunks, frames, width), one frame for 0.02 s;
    it is indexed like numpy's. Every call may come from several threads at once.
    """

    multilingual: bool
    workers: int

    def provenance(self) -> Provenance:
        """Engine, versions, compute type and device."""
        ...

    def features(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Any:
        """Chunks (float32 mono, 16 kHz) -> log-mel features, padded with silence to a window."""
        ...

    def encode(self, features: Any) -> list[Any]:
        """Features of a part of a batch -> the states of each chunk."""
        ...

    def stack(self, states: list[Any]) -> Any:
        """The states of single chunks -> those of a batch."""
        ...

    def detect_languages(self, states: Any) -> list[dict[str, float]]:
        """For each chunk, the probability of each language code."""
        ...

    def kind(self, request: Request) -> Hashable:
        """What must be the same of all prompts that the package decodes in one call."""
        ...

    def tokenizer(self, language: str, task: str) -> Tokenizer:
        """The tokenizer that knows the tokens which stand for a language and a task."""
        ...

    def make_search(
        self, states: Any, requests: Sequence[Request], tokenizer: Any, options: Options
    ) -> Search:
        """Chunks and their prompts, all of one kind -> how to decode them at a temperature."""
        ...

    def align(
        self, states: Any, texts: list[list[int]], seconds: list[float], tokenizer: Any
    ) -> list[list[Word]]:
        """The text tokens of each chunk and its length -> its words with their times."""
        ...

    def transcribe(
        self, samples: "np.ndarray", request: Request, options: Options, conditioned: bool
    ) -> Decoded:
        """A whole recording -> what the package's own long form makes of it; see `long_form`."""
        ...


class WhisperEngine(Engine):
    """Whisper, whichever package runs it: the same weights and number format, the same text."""

    LONG_FORM = True
    PROBES = True

    @classmethod
    def check_language(cls, language: str) -> None:
        if language not in WHISPER_LANGUAGES:
            raise UserError(f"Whisper knows no language '{language}'")

    @classmethod
    def check_task(cls, weights: str, task: str) -> None:
        super().check_task(weights, task)
        if task == "translate" and "turbo" in weights.lower():
            raise UserError("turbo was not trained to translate, and writes what was said")

    @classmethod
    def is_english_only(cls, weights: str) -> bool:
        known = known_models().get(weights)
        return known.languages == "en" if known else weights.removesuffix(".pt").endswith(".en")

    @classmethod
    def may_vary(cls, options: Options) -> bool:
        return any(temperature > 0 for temperature in options.temperatures)

    def __init__(self, backend: Backend, batch_size: int) -> None:
        self.backend = backend
        self.multilingual = backend.multilingual
        self._workers = Workers(backend.workers, batch_size)
        self.parts_at_once = backend.workers

    @property
    def batch_size(self) -> int:
        """Chunks decoded together, as far as memory has allowed."""
        return self._workers.batch_size

    @batch_size.setter
    def batch_size(self, chunks: int) -> None:
        self._workers.batch_size = chunks

    def provenance(self) -> Provenance:
        return {**self.backend.provenance(), "batch_size": self.batch_size}

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        spent = {"features": 0.0, "encoder": 0.0}

        def encode(part: "Sequence[np.ndarray]") -> list[Any]:
            begin = time.perf_counter()
            features = self.backend.features(part, window_seconds)
            middle = time.perf_counter()
            states = self.backend.encode(features)
            spent["features"] += middle - begin
            spent["encoder"] += time.perf_counter() - middle
            return states

        begin = time.perf_counter()
        states = self._workers.map(audio, encode)
        share = (time.perf_counter() - begin) / sum(spent.values())  # workers run side by side
        return Encoded(
            states=self.backend.stack(states),
            seconds=[len(samples) / SAMPLE_RATE for samples in audio],
            feature_seconds=spent["features"] * share,
            encode_seconds=spent["encoder"] * share,
        )

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        def detect(members: Sequence[int]) -> list[dict[str, float]]:
            return self.backend.detect_languages(encoded.states[list(members)])

        return self._workers.map(range(len(encoded.seconds)), detect)

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        begin = time.perf_counter()
        known = all(request.likely_tokens is not None for request in requests)

        def cost(request: Request) -> float:
            # A call decodes until its longest text is done.
            return request.likely_tokens or 0 if known else encoded.seconds[request.member]

        decoded = self._workers.map_groups(
            requests,
            partial(self._decode_part, encoded, options),
            kind=lambda request: (self.backend.kind(request), request.language),
            cost=cost,
            times=2 if encoded.states.shape[-1] <= SMALL_WIDTH else 1,
        )
        elapsed = time.perf_counter() - begin
        share = elapsed / sum(result.decode_seconds for result in decoded)
        return [replace(result, decode_seconds=result.decode_seconds * share) for result in decoded]

    def decode_whole(
        self,
        audio: "Sequence[np.ndarray]",
        requests: Sequence[Request],
        options: Options,
        conditioned: bool,
    ) -> list[Decoded]:
        def decode(part: Sequence[Request]) -> list[Decoded]:
            results = []
            for request in part:
                begin = time.perf_counter()
                samples = audio[request.member]
                result = self.backend.transcribe(samples, request, options, conditioned)
                spent = time.perf_counter() - begin
                results.append(replace(result, decode_seconds=spent))
            return results

        begin = time.perf_counter()
        decoded = self._workers.map_groups(
            requests, decode, kind=lambda _: 0, cost=lambda request: len(audio[request.member])
        )
        elapsed = time.perf_counter() - begin
        share = elapsed / sum(result.decode_seconds for result in decoded)  # workers side by side
        return [replace(result, decode_seconds=result.decode_seconds * share) for result in decoded]

    def _decode_part(
        self, encoded: Encoded, options: Options, requests: Sequence[Request]
    ) -> list[Decoded]:
        """Decode chunks whose prompts are of one kind and whose language is the same."""
        begin = time.perf_counter()
        language = requests[0].language
        tokenizer = self.backend.tokenizer(language, options.task)
        states = encoded.states[[request.member for request in requests]]
        seconds = [encoded.seconds[request.member] for request in requests]
        search = self.backend.make_search(states, requests, tokenizer, options)
        best = search_with_fallback(len(requests), search, options)
        first_time = tokenizer.timestamp_begin
        results = [
            to_decoded(attempt, language, length, options, first_time, tokenizer.decode)
            for attempt, length in zip(best, seconds, strict=True)
        ]
        if options.word_timestamps:
            texts = [text_tokens(attempt, options, first_time) for attempt in best]
            words = self.backend.align(states, texts, seconds, tokenizer)
            results = [
                replace(result, words=placed) for result, placed in zip(results, words, strict=True)
            ]
        spent = time.perf_counter() - begin
        return [
            replace(result, decode_seconds=spent * length / sum(seconds))
            for result, length in zip(results, seconds, strict=True)
        ]
