"""What every caption and reference file is read into."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

PAUSE_SECONDS = 0.5

Span = tuple[float, float]
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class TimedWord:
    """One word and when it was said, in seconds on the recording's clock.

    `probability` is that of whoever recognised it, as the file has it; None where it tells none.
    """

    start: float
    end: float
    text: str
    probability: float | None = None


@dataclass(frozen=True)
class Utterance:
    """A piece of speech: its text, its time in seconds, its words and its speaker, where known.

    Lines of the text are apart by line breaks, its words by single spaces. Text may hold
    alternatives, see `captions.alternatives`. `speaker` is empty where the file names none.
    """

    start: float | None
    end: float | None
    text: str
    words: tuple[TimedWord, ...] = ()
    speaker: str = ""


@dataclass(frozen=True)
class Reference:
    """What was said in a recording. `timed` is true when every utterance has its times.

    A timed one says nothing about what lies outside `span`, from its first entry to its last, and
    about the spans `ignored`, which ascend and do not overlap (s). `damaged` says of each entry
    that could not be read where it stands and why, `left_out` what else was not taken, such as
    tiers of other things than speech.
    """

    utterances: tuple[Utterance, ...]
    timed: bool
    span: Span | None = None
    ignored: tuple[Span, ...] = ()
    damaged: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Parsed(NamedTuple):
    """What a reader makes of a file: the utterances in its order, and as in `Reference`."""

    utterances: list[Utterance]
    damaged: list[str]
    left_out: tuple[str, ...] = ()


def parse_each(entries: Iterable[Entry], parse: Callable[[Entry], Iterable[Utterance]]) -> Parsed:
    """Entries of a file and a reader of one -> the utterances; what is damaged is only noted.

    Raises:
        ValueError: all entries are damaged.
    """
    utterances: list[Utterance] = []
    damaged: list[str] = []
    good = False
    for entry in entries:
        try:
            utterances += parse(entry)
            good = True
        except ValueError as error:
            damaged.append(str(error))
    if damaged and not good:
        raise ValueError(damaged[0])
    return Parsed(utterances, damaged)


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


def join_words(words: Iterable[TimedWord]) -> list[Utterance]:
    """Words in any order -> utterances, each up to a pause of `PAUSE_SECONDS`."""
    groups: list[list[TimedWord]] = []
    for word in sorted(words, key=lambda word: word.start):
        if not groups or word.start - groups[-1][-1].end > PAUSE_SECONDS:
            groups.append([])
        groups[-1].append(word)
    return [
        Utterance(
            group[0].start,
            max(word.end for word in group),
            " ".join(word.text for word in group),
            tuple(group),
        )
        for group in groups
    ]
