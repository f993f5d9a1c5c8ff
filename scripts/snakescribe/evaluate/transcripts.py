"""Transcripts of an experiment -> by chunk and condition, in a form that takes little memory."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.sweep import Experiment
from snakescribe.evaluate.memo import Memo
from snakescribe.results import Results
from snakescribe.tables import PLANS, Row, read_table

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Heard:
    """What one condition heard in one chunk."""

    text: str
    language: str
    words: list[str]
    starts: "np.ndarray"  # of each word, s, recording's clock
    probabilities: "np.ndarray"
    flags: tuple[str, ...]
    avg_logprob: float | None
    prompt: str
    audio_seconds: float
    compute_seconds: float
    load_seconds: float
    peak_memory_mb: float


def read_heard(
    results: Results, experiment: Experiment, shard: str
) -> tuple[list[Row], dict[str, dict[str, Heard]]]:
    """A shard -> its chunk plans, and for each chunk what each condition heard in it.

    Conditions stand in the experiment's order. In random groups a chunk has only the condition
    that it was assigned to.
    """
    plans = list(read_table(PLANS, results.path(PLANS, shard=shard)))
    heard: dict[str, dict[str, Heard]] = {chunk: {} for chunk in planned_chunk_ids(plans)}
    known = Memo[str, str](str.strip)  # a word is one object, however often it is heard
    for condition, row in results.condition_rows(experiment, shard, _Transcript):
        if row.chunk in heard:
            heard[row.chunk][condition] = _compact(row, known)
    order = [condition.name for condition in experiment.conditions]
    for chunk, by_condition in heard.items():
        heard[chunk] = {name: by_condition[name] for name in order if name in by_condition}
    return plans, heard


class _Word(msgspec.Struct, gc=False):
    text: str
    start: float
    probability: float


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


def _compact(row: _Transcript, known: Memo[str, str]) -> Heard:
    import numpy as np

    words, segments = row.words, row.segments
    tokens = sum(segment.tokens for segment in segments)
    logprob = sum(segment.avg_logprob * segment.tokens for segment in segments)
    return Heard(
        text=row.text,
        language=row.language,
        words=[known[word.text] for word in words],
        starts=np.array([word.start for word in words], float),
        probabilities=np.array([word.probability for word in words], float),
        flags=row.flags,
        avg_logprob=logprob / tokens if tokens else None,
        prompt=row.prompt_text,
        audio_seconds=row.audio_seconds,
        compute_seconds=row.feature_seconds + row.encode_seconds + row.decode_seconds,
        load_seconds=row.run.load_seconds or 0.0,
        peak_memory_mb=row.run.peak_memory_mb or 0.0,
    )
