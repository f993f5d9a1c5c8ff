"""Captions as JSON: the ``json3`` of automatic captions, and plain lists of segments."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from snakescribe.captions.reference import TimedWord, Utterance, to_seconds


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


def read_json(text: str) -> list[Utterance]:
    """JSON -> utterances.

    Understood are ``json3`` (an object with `events`), a list of segments or an object with
    `segments` (each with `start`, `end` in s, `text` and perhaps `words`; or, as podcasts have
    them, `startTime`, `endTime`, `body`), a list of texts, and an object with `text` alone.

    Raises:
        ValueError: not JSON, none of these, or a time that is none.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: this is not JSON: {error.msg}") from error
    try:
        if isinstance(value, dict) and "events" in value:
            return list(_from_events(value["events"]))
        if isinstance(value, dict) and "segments" in value:
            value = value["segments"]
        return [utterance for utterance in map(_from_segment, _as_list(value)) if utterance.text]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a list of segments with start, end and text ({error!r})") from error


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _from_segment(segment: Any) -> Utterance:
    if isinstance(segment, str):
        return Utterance(None, None, _clean(segment))
    words = tuple(
        TimedWord(
            to_seconds(word["start"]),
            to_seconds(word["end"]),
            _clean(word.get("word", word.get("text"))),
        )
        for word in segment.get("words") or ()
    )
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
    )


def _from_events(events: list[_Event]) -> Iterator[Utterance]:
    """Events of ``json3``; those with `aAppend` only move a line up the screen.

    Word offsets are there in automatic captions: a segment starts `tOffsetMs` after its event and
    lasts until the next one, the last until the next event starts to speak.
    """
    spoken = [event for event in events if event.get("segs") and not event.get("aAppend")]
    spoken.sort(key=lambda event: _seconds(event, "tStartMs"))
    for index, event in enumerate(spoken):
        start = _seconds(event, "tStartMs")
        end = start + _seconds(event, "dDurationMs")
        if index + 1 < len(spoken):  # rolling lines stay on screen while the next is said
            end = max(start, min(end, _seconds(spoken[index + 1], "tStartMs")))
        segments = event["segs"]
        text = _clean("".join(segment.get("utf8", "") for segment in segments))
        if not text:
            continue
        timed = any("tOffsetMs" in segment for segment in segments)
        words = tuple(_words(segments, start, end)) if timed else ()
        yield Utterance(start, end, text, words)


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
    return " ".join(text.split())
