"""Captions as JSON: the ``json3`` of automatic captions, and plain lists of segments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

from snakescribe.captions.reference import Parsed, TimedWord, Utterance, parse_each, to_seconds


class _Segment(TypedDict, total=False):
    """A piece of an event of ``json3``: its text, and when it starts after the event, in ms."""

    utf8: str
    tOffsetMs: float


class _Event(TypedDict, total=False):
    """An event of ``json3``; times in ms."""

    tStartMs: float
    dDurationMs: float
    aAppend: int
    segs: list[_Segment]


def read_json(text: str) -> Parsed:
    """JSON -> utterances.

    Understood are ``json3`` (an object with `events`), a list of segments or an object with
    `segments` (each with `start`, `end` in s, `text` and perhaps `speaker` and `words`; or, as
    podcasts have them, `startTime`, `endTime`, `body`), a list of texts, and an object with `text`
    alone.

    Raises:
        ValueError: not JSON, none of these, or nothing but damaged segments.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: this is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("its JSON is nested too deeply to be captions") from error
    try:
        if isinstance(value, dict) and "events" in value:
            return _from_events(value["events"])
        if isinstance(value, dict) and "segments" in value:
            value = value["segments"]
        return parse_each(enumerate(_as_list(value), start=1), _from_numbered)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a list of segments with start, end and text ({error!r})") from error


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _from_numbered(numbered: tuple[int, Any]) -> Iterator[Utterance]:
    """A segment and its number from 1 -> its utterance, if it says anything.

    Raises:
        ValueError: it is no segment, or has a time that is none.
    """
    number, segment = numbered
    try:
        utterance = _from_segment(segment)
    except ValueError as error:
        raise ValueError(f"segment {number}: {error}") from error
    except (AttributeError, KeyError, TypeError) as error:
        text = f"segment {number}: not a list of segments with start, end and text ({error!r})"
        raise ValueError(text) from error
    if utterance.text:
        yield utterance


def _from_segment(segment: Any) -> Utterance:
    if isinstance(segment, str):
        return Utterance(None, None, _clean(segment))
    words = tuple(_timed_words(segment.get("words") or ()))
    speaker = _clean(str(segment.get("speaker") or ""))
    if "body" in segment:  # podcastindex.org, the namespace's "JSON representation"
        names = {"start": "startTime", "end": "endTime", "text": "body"}
        segment = {name: segment.get(theirs) for name, theirs in names.items()}
    start, end = segment.get("start"), segment.get("end")
    timed = start is not None and end is not None
    return Utterance(
        to_seconds(start) if timed else None,
        max(to_seconds(start), to_seconds(end)) if timed else None,
        _clean(segment["text"]),
        words,
        speaker,
    )


def _timed_words(words: Sequence[Any]) -> Iterator[TimedWord]:
    """Words of a segment -> the same with their times; none where one has no times.

    Those of numerals have none where they were found by aligning letters with the sound.
    """
    if any(word.get("start") is None or word.get("end") is None for word in words):
        return
    for word in words:
        start, end = to_seconds(word["start"]), to_seconds(word["end"])
        yield TimedWord(start, end, _clean(word.get("word", word.get("text"))))


def _from_events(events: list[_Event]) -> Parsed:
    """Events of ``json3``; those with `aAppend` only move a line up the screen.

    Word offsets are there in automatic captions: a segment starts `tOffsetMs` after its event and
    lasts until the next one, the last until the next event starts to speak.
    """
    spoken: list[tuple[float, float, _Event]] = []

    def parse(numbered: tuple[int, _Event]) -> Iterator[Utterance]:
        number, event = numbered
        try:
            start = _seconds(event, "tStartMs")
            length = _seconds(event, "dDurationMs")
            for segment in event["segs"]:
                _seconds(segment, "tOffsetMs")
        except ValueError as error:
            raise ValueError(f"event {number}: {error}") from error
        spoken.append((start, start + length, event))
        return iter(())

    told = [
        numbered
        for numbered in enumerate(events, start=1)
        if numbered[1].get("segs") and not numbered[1].get("aAppend")
    ]
    damaged = parse_each(told, parse).damaged
    spoken.sort(key=lambda timed: timed[0])
    return Parsed(list(_from_spoken(spoken)), damaged)


def _from_spoken(spoken: list[tuple[float, float, _Event]]) -> Iterator[Utterance]:
    """Events with their times (s), in order -> utterances."""
    for index, (start, end, event) in enumerate(spoken):
        if index + 1 < len(spoken):  # rolling lines stay on screen while the next is said
            end = max(start, min(end, spoken[index + 1][0]))
        segments = event["segs"]
        text = _clean("".join(segment.get("utf8", "") for segment in segments))
        if not text:
            continue
        timed = any("tOffsetMs" in segment for segment in segments)
        words = tuple(_words(segments, start, end)) if timed else ()
        yield Utterance(start, max(start, end), text, words)


def _words(segments: list[_Segment], start: float, end: float) -> Iterator[TimedWord]:
    starts = [start + _seconds(segment, "tOffsetMs") for segment in segments]
    for index, segment in enumerate(segments):
        until = starts[index + 1] if index + 1 < len(segments) else end
        for word in _clean(segment.get("utf8", "")).split():
            yield TimedWord(starts[index], max(starts[index], until), word)


def _seconds(event: Mapping[str, Any], name: str) -> float:
    """A time of ``json3`` (ms) -> s; 0 where it is not given."""
    return to_seconds(event.get(name, 0)) / 1000


def _clean(text: str) -> str:
    """A text -> its lines that say something, each with single spaces."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))
