"""Transcripts of an experiment -> by chunk and condition, in a form that takes little memory."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.sweep import Experiment
from snakescribe.evaluate.ragged import Ragged, spans
from snakescribe.evaluate.vocabulary import Vocabulary
from snakescribe.results import Results
from snakescribe.tables import PLANS, Row, read_table

if TYPE_CHECKING:
    import numpy as np

# Words are Python objects until there are so many.
WORDS_AT_A_TIME = 500_000


class Heard(NamedTuple):
    """What one condition heard in one chunk, but for its words."""

    condition: str
    text: str
    language: str
    flags: tuple[str, ...]
    avg_logprob: float | None
    prompt: str
    audio_seconds: float
    compute_seconds: float
    load_seconds: float
    peak_memory_mb: float


@dataclass(frozen=True)
class Transcripts:
    """What the conditions heard in the chunks of a shard: rows by chunk, then by condition.

    Attributes:
        heard: the rows. Conditions stand in the experiment's order; in random groups a chunk has
            only the one that it was assigned to.
        first: for each chunk, in order of the plans, its first row, and at the end their number.
        raw: the different words, as the models wrote them, less the spaces around them.
        words: (rows) their numbers in `raw`; no words where the model did not time them.
        starts: (words,) s, recording's clock; none where they were not asked for.
        probabilities: (words,) from 0 to 1.
    """

    heard: list[Heard]
    first: list[int]
    raw: Vocabulary
    words: Ragged
    starts: "np.ndarray"
    probabilities: "np.ndarray"

    def part(self, begin: int, stop: int) -> "Transcripts":
        """The rows of the chunks from the one at `begin` to that before `stop`."""
        first, last = self.first[begin], self.first[stop]
        words = slice(*(int(self.words.lengths[:row].sum()) for row in (first, last)))
        return Transcripts(
            heard=self.heard[first:last],
            first=[row - first for row in self.first[begin : stop + 1]],
            raw=self.raw,
            words=self.words.part(first, last),
            starts=self.starts[words],
            probabilities=self.probabilities[words],
        )

    def of_chunk(self, place: int) -> list[Heard]:
        """The position of a chunk in the plans -> its rows."""
        return self.heard[self.first[place] : self.first[place + 1]]


def read_transcripts(
    results: Results, experiment: Experiment, shard: str, raw: Vocabulary, starts: bool
) -> tuple[list[Row], Transcripts]:
    """A shard -> its chunk plans, and what the conditions heard in their chunks.

    Args:
        results: the results folder.
        experiment: whose conditions are wanted.
        shard: its name.
        raw: the vocabulary that numbers raw words.
        starts: whether to read when words start, which takes a tenth of the time.
    """
    import numpy as np

    plans = list(read_table(PLANS, results.path(PLANS, shard=shard)))
    chunk_places = {chunk: place for place, chunk in enumerate(planned_chunk_ids(plans))}
    names = {condition.name: place for place, condition in enumerate(experiment.conditions)}
    heard: list[Heard] = []
    chunk_of: list[int] = []
    condition_of: list[int] = []
    words = _Words(raw)
    kind = _TimedTranscript if starts else _Transcript
    for condition, row in results.condition_rows(experiment, shard, kind):
        if row.chunk in chunk_places:
            heard.append(_summarise(condition, row))
            chunk_of.append(chunk_places[row.chunk])
            condition_of.append(names[condition])
            words.add(row.words, starts)
    numbers, start_values, probabilities = words.arrays()
    order = np.lexsort((condition_of, chunk_of))
    at = spans(numbers.starts[order], numbers.lengths[order])
    return plans, Transcripts(
        heard=[heard[place] for place in order.tolist()],
        first=np.searchsorted(np.sort(chunk_of), np.arange(len(chunk_places) + 1)).tolist(),
        raw=raw,
        words=Ragged(numbers.values[at], numbers.lengths[order]),
        starts=start_values[at] if starts else start_values,
        probabilities=probabilities[at],
    )


class _Words:
    """Collects words row by row."""

    def __init__(self, raw: Vocabulary) -> None:
        self._raw = raw
        self._lengths: list[int] = []
        self._texts: list[str] = []
        self._starts: list[float] = []
        self._probabilities: list[float] = []
        self._done: list[tuple[np.ndarray, ...]] = []

    def add(self, words: list[Any], starts: bool) -> None:
        self._lengths.append(len(words))
        self._texts += [word.text for word in words]
        self._probabilities += [word.probability for word in words]
        if starts:
            self._starts += [word.start for word in words]
        if len(self._texts) > WORDS_AT_A_TIME:
            self._convert()

    def arrays(self) -> "tuple[Ragged, np.ndarray, np.ndarray]":
        """All numbers of words in rows, starts and probabilities."""
        import numpy as np

        self._convert()
        numbers, starts, probabilities = map(np.concatenate, zip(*self._done, strict=True))
        return Ragged(numbers, np.array(self._lengths, int)), starts, probabilities

    def _convert(self) -> None:
        import numpy as np

        numbers = self._raw.encode_words(self._texts, str.strip)
        values = (np.array(one, float) for one in (self._starts, self._probabilities))
        self._done.append((numbers, *values))
        for done in (self._texts, self._starts, self._probabilities):
            done.clear()


class _Word(msgspec.Struct, gc=False):
    text: str
    probability: float


class _TimedWord(_Word, gc=False):
    start: float


class _Segment(msgspec.Struct, gc=False):
    tokens: int
    avg_logprob: float


class _Run(msgspec.Struct, gc=False):
    load_seconds: float | None = None
    peak_memory_mb: float | None = None


class _Transcript(msgspec.Struct, gc=False):
    """What is needed of a row of the transcripts table."""

    chunk: str
    prompt: str
    decoding: str
    text: str
    language: str
    words: list[_Word]
    segments: list[_Segment]
    flags: tuple[str, ...]
    prompt_text: str
    audio_seconds: float
    feature_seconds: float
    encode_seconds: float
    decode_seconds: float
    run: _Run


class _TimedTranscript(_Transcript, gc=False):
    words: list[_TimedWord]  # type: ignore[assignment]


def _summarise(condition: str, row: _Transcript) -> Heard:
    tokens = sum(segment.tokens for segment in row.segments)
    logprob = sum(segment.avg_logprob * segment.tokens for segment in row.segments)
    return Heard(
        condition=condition,
        text=row.text,
        language=row.language,
        flags=row.flags,
        avg_logprob=logprob / tokens if tokens else None,
        prompt=row.prompt_text,
        audio_seconds=row.audio_seconds,
        compute_seconds=row.feature_seconds + row.encode_seconds + row.decode_seconds,
        load_seconds=row.run.load_seconds or 0.0,
        peak_memory_mb=row.run.peak_memory_mb or 0.0,
    )
