"""Which of the recordings that a source lists are wanted: by title, length, date, or by chance."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from snakescribe.acquire.sources.listing import Found
from snakescribe.config.sources import MatchFilters
from snakescribe.store import digest

_NEEDS = {
    "title": "title",
    "min_seconds": "duration_seconds",
    "max_seconds": "duration_seconds",
    "published_from": "published",
    "published_to": "published",
}


def filter_found(
    listed: Iterable[Found], wanted: MatchFilters, look_up: Callable[[list[Found]], list[Found]]
) -> Iterator[Found]:
    """Recordings and `match_filters` of a source -> those that match.

    The sample is drawn first and by identity, so that it stays when the list grows; only what is
    in it is looked up, where the listing leaves out what the other filters ask for. What cannot be
    told (a private video has no date) matches: acquiring gives it a status.
    """
    drawn = [
        recording for recording in listed if _draw(recording.identity, wanted.seed) < wanted.sample
    ]
    needed = {fact for key, fact in _NEEDS.items() if getattr(wanted, key)}
    unknown = [
        recording for recording in drawn if any(_fact(recording, name) is None for name in needed)
    ]
    details = {recording.identity: recording for recording in (look_up(unknown) if unknown else [])}
    for recording in drawn:
        known = details.get(recording.identity, recording)
        if _matches(known, wanted):
            yield known


def check_filters(wanted: MatchFilters, place: str) -> Iterator[str]:
    """`match_filters` -> what is wrong with them, in words."""
    try:
        re.compile(wanted.title)
    except re.error as error:
        yield f"{place}.title: not a regular expression: {error}"
    for low, high in (("min_seconds", "max_seconds"), ("published_from", "published_to")):
        first, last = getattr(wanted, low), getattr(wanted, high)
        if first and last and first > last:
            yield f"{place}.{low}: {first} is after {high}, {last}"


def _draw(identity: str, seed: int) -> float:
    """A number from 0 to 1 that an identity and a seed always give."""
    return int(digest(seed, identity)[:13], 16) / 16**13


def _fact(recording: Found, name: str) -> Any:
    """Title, duration (s) or day of publication; None where it is not known.

    Tables and queries give what their author wrote.
    """
    if name == "title":
        return recording.title or None
    text = str(recording.context.get(name, ""))
    if name == "published":
        return text[:10] if re.match(r"\d{4}-\d\d-\d\d", text) else None
    try:
        return float(text) if math.isfinite(float(text)) else None
    except ValueError:
        return None


def _matches(recording: Found, wanted: MatchFilters) -> bool:
    if wanted.title and recording.title and not re.search(wanted.title, recording.title):
        return False
    seconds, published = _fact(recording, "duration_seconds"), _fact(recording, "published")
    return _within(seconds, wanted.min_seconds, wanted.max_seconds) and _within(
        published, wanted.published_from, wanted.published_to
    )


def _within(value: Any, first: Any, last: Any) -> bool:
    """Whether a value lies between two, of which what is empty or 0 is no limit."""
    if value is None:
        return True
    return (not first or value >= first) and (not last or value <= last)
