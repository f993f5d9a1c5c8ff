"""What engines share that are handed a batch of chunks as samples, and give back text.

They read no prompts, and their packages run encoder and decoder in one call: nothing is kept from
one set of decode options to the next. Chunks of about one length share a call, since a call pads
them to its longest; which ones is the same whatever is in the store already.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from snakescribe.errors import UserError
from snakescribe.transcribe.engines.external import SAMPLE_RATE, ExternalTokenizer
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    Options,
    PromptTokenizer,
    Request,
    Segment,
    Word,
)
from snakescribe.transcribe.engines.workers import Workers

if TYPE_CHECKING:
    import numpy as np


class BatchedEngine(Engine):
    """An engine that recognises a batch at once; whole recordings in stretches of speech."""

    DETECTS_WHILE_DECODING = True
    READS_PROMPTS = False
    LONG_FORM = True
    NAME: ClassVar[str]

    multilingual = True

    def __init__(self, batch_size: int) -> None:
        self._workers = Workers(1, batch_size)

    def recognise(
        self, audio: "Sequence[np.ndarray]", language: str, options: Options
    ) -> list[Decoded]:
        """Chunks (float32 mono, 16 kHz) of one language, empty if unknown -> what each says."""
        raise NotImplementedError

    @property
    def batch_size(self) -> int:  # type: ignore[override]
        """Chunks of a call, as far as memory has allowed."""
        return self._workers.batch_size

    @classmethod
    def may_vary(cls, options: Options) -> bool:
        return False

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return ExternalTokenizer()  # for empty prompts, which are all that there are

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        return Encoded(list(audio), [len(samples) / SAMPLE_RATE for samples in audio], 0.0, 0.0)

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        if any(request.prompt_text for request in requests):
            raise UserError(f"the engine {self.NAME} reads no prompts; give it an empty one")
        chunks = [(encoded.states[request.member], request.language) for request in requests]
        begin = time.perf_counter()
        said = self._recognise_all(chunks, options)
        seconds = [encoded.seconds[request.member] for request in requests]
        rate = (time.perf_counter() - begin) / sum(seconds)
        return [
            replace(decoded, decode_seconds=length * rate)
            for decoded, length in zip(said, seconds, strict=True)
        ]

    def decode_whole(
        self,
        audio: "Sequence[np.ndarray]",
        requests: Sequence[Request],
        options: Options,
        conditioned: bool,
    ) -> list[Decoded]:
        # Not at the top: a config is checked without it.
        from snakescribe.transcribe.engines.stretches import find_stretches

        begin = time.perf_counter()
        spans = [find_stretches(audio[request.member]) for request in requests]
        stretches = [
            (audio[request.member][start:end], request.language)
            for request, own in zip(requests, spans, strict=True)
            for start, end in own
        ]
        said = iter(self._recognise_all(stretches, options))
        decoded = [
            join_stretches([(start / SAMPLE_RATE, next(said)) for start, _ in own], request)
            for request, own in zip(requests, spans, strict=True)
        ]
        lengths = [len(audio[request.member]) for request in requests]
        rate = (time.perf_counter() - begin) / sum(lengths)
        return [
            replace(result, decode_seconds=length * rate)
            for result, length in zip(decoded, lengths, strict=True)
        ]

    def _recognise_all(
        self, chunks: "Sequence[tuple[np.ndarray, str]]", options: Options
    ) -> list[Decoded]:
        """Samples and their language -> what they say; chunks of one language share calls."""
        return self._workers.map_groups(
            chunks,
            lambda part: self.recognise([samples for samples, _ in part], part[0][1], options),
            kind=lambda chunk: chunk[1],
            cost=lambda chunk: len(chunk[0]),
        )


def join_stretches(stretches: Sequence[tuple[float, Decoded]], request: Request) -> Decoded:
    """Stretches of a recording, each with its start (s) -> what the recording says."""
    spoken = [(start, decoded) for start, decoded in stretches if decoded.text]
    return Decoded(
        text=" ".join(decoded.text for _, decoded in spoken),
        language=request.language or next((said.language for _, said in spoken), ""),
        segments=[
            _later_segment(segment, start)
            for start, decoded in spoken
            for segment in decoded.segments
        ],
        words=[word for start, decoded in spoken for word in _later_words(decoded.words, start)],
        capped=any(decoded.capped for _, decoded in spoken),
    )


def _later_segment(segment: Segment, offset: float) -> Segment:
    return {**segment, "start": segment["start"] + offset, "end": segment["end"] + offset}


def _later_words(words: Iterable[Word], offset: float) -> list[Word]:
    return [
        {
            **word,
            "start": None if word["start"] is None else word["start"] + offset,
            "end": None if word["end"] is None else word["end"] + offset,
        }
        for word in words
    ]
