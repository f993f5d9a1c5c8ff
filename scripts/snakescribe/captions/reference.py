"""What every caption and reference file is read into."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Span = tuple[float, float]


@dataclass(frozen=True)
class TimedWord:
    """One word and when it was said, in seconds on the recording's clock."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Utterance:
    """A piece of speech: its text, its time in seconds and its words, where they are known."""

    start: float | None
    end: float | None
    text: str
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True)
class Reference:
    """What was said in a recording. `timed` is true when every utterance has its times.

    A timed one says nothing about what lies outside `span`, from its first entry to its last, and
    about the spans `ignored`, which ascend and do not overlap (s).
    """

    utterances: tuple[Utterance, ...]
    timed: bool
    span: Span | None = None
    ignored: tuple[Span, ...] = ()


def to_seconds(value: Any) -> float:
    """A number of a file, or its text -> seconds.

    Raises:
        ValueError: it is no finite number.
        TypeError: it is neither a number nor a text.
    """
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ValueError(f"'{value}' is no time in seconds")
    return seconds


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in any order -> the same time in spans that ascend and do not overlap."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def whole_span(utterances: Iterable[Utterance]) -> Span | None:
    """Utterances -> from the first one's start to the last one's end; None if any has no times."""
    spans = [(utterance.start, utterance.end) for utterance in utterances]
    starts = [start for start, _ in spans if start is not None]
    ends = [end for _, end in spans if end is not None]
    return (min(starts), max(ends)) if spans and len(starts) == len(ends) == len(spans) else None
