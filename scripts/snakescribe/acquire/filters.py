"""Which of the recordings that a source lists are wanted: by title, length, date, or by chance."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from snakescribe.acquire.sources.listing import Found
from snakescribe.store import digest

_NEEDS = {
    "title": "title",
    "min_seconds": "duration_seconds",
    "max_seconds": "duration_seconds",
    "published_from": "published",
    "published_to": "published",
}


def filter_found(
    listed: Iterable[Found], wanted: dict[str, Any], look_up: Callable[[list[Found]], list[Found]]
) -> Iterator[Found]:
    """Recordings and `match_filters` of a source -> those that match.

    The sample is drawn first and by identity, so that it stays when the list grows; only what is
    in it is looked up, where the listing leaves out what the other filters ask for. What cannot be
    told (a private video has no date) matches: acquiring gives it a status.
    """
    sample, seed = wanted.get("sample", 1), wanted.get("seed", 0)
    drawn = [recording for recording in listed if _draw(recording.identity, seed) < sample]
    needed = {_NEEDS[key] for key in wanted if key in _NEEDS and wanted[key]}
    unknown = [
        recording for recording in drawn if any(_fact(recording, name) is None for name in needed)
    ]
    details = {recording.identity: recording for recording in (look_up(unknown) if unknown else [])}
    for recording in drawn:
        known = details.get(recording.identity, recording)
        if _matches(known, wanted):
            yield known


def check_filters(wanted: dict[str, Any], place: str) -> Iterator[str]:
    """`match_filters` -> what is wrong with them, in words."""
    try:
        re.compile(wanted.get("title") or "")
    except re.error as error:
        yield f"{place}.title: not a regular expression: {error}"
    for low, high in (("min_seconds", "max_seconds"), ("published_from", "published_to")):
        if wanted.get(low) and wanted.get(high) and wanted[low] > wanted[high]:
            yield f"{place}.{low}: {wanted[low]} is after {high}, {wanted[high]}"


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


def _matches(recording: Found, wanted: dict[str, Any]) -> bool:
    if wanted.get("title") and recording.title and not re.search(wanted["title"], recording.title):
        return False
    return _within(
        _fact(recording, "duration_seconds"), wanted, "min_seconds", "max_seconds"
    ) and _within(_fact(recording, "published"), wanted, "published_from", "published_to")


def _within(value: Any, wanted: dict[str, Any], low: str, high: str) -> bool:
    if value is None:
        return True
    above = not wanted.get(low) or value >= wanted[low]
    return above and (not wanted.get(high) or value <= wanted[high])
