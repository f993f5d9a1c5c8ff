"""What an engine says of a chunk, checked value by value: what cannot be is unknown.

A word without times, an end before its start, a probability of 1.7, NaN: each is unknown for that
word alone, and counted. Segments must have times, since subtitles show them: one that is unknown
is that of the neighbour, or of the chunk.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, Literal

from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import Decoded, Segment, Word

# Engines that pad chunks time words a little beyond their end.
SLACK_SECONDS = 1.0
_FIGURES: tuple[Literal["avg_logprob", "no_speech_prob", "compression_ratio", "temperature"], ...]
_FIGURES = ("avg_logprob", "no_speech_prob", "compression_ratio", "temperature")

Faults = Counter[str]


def check_decoded(decoded: Decoded, seconds: float) -> tuple[Decoded, dict[str, int]]:
    """What an engine said and the chunk's length -> the same without what cannot be; what was not.

    The second is, by what it was (`times of words`, ...), how many there were.
    """
    faults: Faults = Counter()
    checked = replace(
        decoded,
        words=_check_words(decoded.words, seconds, faults),
        segments=_check_segments(decoded.segments, seconds, faults),
    )
    return checked, dict(sorted(faults.items()))


def _check_words(words: Sequence[Word], seconds: float, faults: Faults) -> list[Word]:
    checked: list[Word] = []
    latest = 0.0
    for word in words:
        start, end = _span(word, seconds, latest)
        if None in (start, end):
            faults["times of words"] += 1
        latest = start if start is not None else latest
        probability = _number(word["probability"])
        if probability is not None and not 0 <= probability <= 1:
            probability = None
        if probability is None and word["probability"] is not None:
            faults["probabilities of words"] += 1
        checked.append({**word, "start": start, "end": end, "probability": probability})
    return checked


def _check_segments(segments: Sequence[Segment], seconds: float, faults: Faults) -> list[Segment]:
    spans: list[tuple[float | None, float | None]] = []
    latest = 0.0
    for segment in segments:
        start, end = _span(segment, seconds, latest)
        if None in (start, end):
            faults["times of segments"] += 1
        latest = start if start is not None else latest
        spans.append((start, end))
    checked: list[Segment] = []
    for number, (segment, (start, end)) in enumerate(zip(segments, spans, strict=True)):
        if start is None:
            start = checked[-1]["end"] if checked else 0.0
        if end is None or end < start:
            after = (begin for begin, _ in spans[number + 1 :] if begin is not None)
            end = max(start, next(after, seconds))
        checked.append(_check_figures({**segment, "start": start, "end": end}, faults))
    return checked


def _check_figures(segment: Segment, faults: Faults) -> Segment:
    """A segment -> the same with figures that can be; its compression is that of its text."""
    logprob, silence, ratio, temperature = (
        _number(value)
        for value in (
            segment["avg_logprob"],
            segment["no_speech_prob"],
            segment["compression_ratio"],
            segment["temperature"],
        )
    )
    if silence is not None and not 0 <= silence <= 1:
        silence = None
    checked: Segment = {
        **segment,
        "avg_logprob": logprob,
        "no_speech_prob": silence,
        "compression_ratio": compression_ratio(segment["text"]) if ratio is None else ratio,
        "temperature": temperature,
    }
    if any(segment[name] is not None and checked[name] != segment[name] for name in _FIGURES):
        faults["figures of segments"] += 1
    return checked


def _span(part: Word | Segment, seconds: float, latest: float) -> tuple[float | None, float | None]:
    """A word or segment -> its start and end (s), None where they cannot be.

    Args:
        seconds: length of the chunk; a little beyond it counts as its end.
        latest: the last start that is known; nothing starts before it.
    """
    start, end = (_inside(_number(part[side]), seconds) for side in ("start", "end"))
    if start is not None and (start < latest or (end is not None and end < start)):
        return None, None
    if end is not None and end < latest:
        end = None
    return start, end


def _inside(time: float | None, seconds: float) -> float | None:
    if time is None or not -SLACK_SECONDS <= time <= seconds + SLACK_SECONDS:
        return None
    return round(min(max(time, 0.0), seconds), 3)


def _number(value: Any) -> float | None:
    """Whatever an engine gives -> a finite number, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if isfinite(number) else None
