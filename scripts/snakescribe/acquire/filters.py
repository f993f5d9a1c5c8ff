"""Which of the recordings that a source lists are wanted: chosen before anything is downloaded."""

import math
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.sources.listing import Found
from snakescribe.config.sources import FactPatterns, MatchFilters
from snakescribe.store import digest

SITE_FACTS = ("title", "description", "channel", "category", "tags")
RANGES = {
    "duration_seconds": ("min_seconds", "max_seconds"),
    "published": ("published_from", "published_to"),
    "event_date": ("event_from", "event_to"),
}
# A recording without one of these matches all the same: many a file has none of them.
_MAY_LACK = frozenset({"title", "duration_seconds", "published"})
# A list tells a channel's handle or id, a video its title.
_CHANNEL = ("channel", "channel_title", "channel_id")
# What an event's day is read from: texts, and the day of publication where they have no year.
_FOR_EVENTS = ("title", "published")
OF_SITES = frozenset({*SITE_FACTS, "duration_seconds", "published"})


@dataclass
class Choice:
    """The recordings that were chosen; of the others, which filter left them out, by identity."""

    chosen: list[Found] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass
class Chooser:
    """Holds recordings against the `match_filters` of their source.

    Attributes:
        look_up: completes recordings by what sites tell.
        describe: recordings, and whether providers are asked too -> the fields that `context` adds
            to each, in their order.
    """

    look_up: Callable[[list[Found]], list[Found]]
    describe: Callable[[list[Found], bool], list[ContextFields]]

    def choose(self, listed: Iterable[Found], wanted: MatchFilters) -> Choice:
        """Recordings, without duplicates, and filters -> those that match.

        Asked is as little as will do. The sample is drawn first and by identity, so that it stays
        when the list grows. What listings and tables tell leaves out what it can; of the others
        those are looked up that lack a fact, and what still matches is given to the providers of
        context. A recording of which its site tells nothing (a private video) matches: acquiring
        gives it a status.
        """
        filters, choice = Filters(wanted), Choice()
        if not filters.any:
            return Choice(list(listed))
        everything = list(listed)
        drawn = [recording for recording in everything if filters.draws(recording.identity)]
        kept = {recording.identity for recording in drawn}
        choice.left_out = {
            recording.identity: "sample"
            for recording in everything
            if recording.identity not in kept
        }
        fields = _by_identity(drawn, self.describe(drawn, False))

        def facts(recording: Found) -> ContextFields:
            return _facts(recording, fields[recording.identity])

        def matching(recordings: list[Found], told: Container[str]) -> list[Found]:
            reasons = {
                recording.identity: filters.mismatch(facts(recording), told)
                for recording in recordings
            }
            choice.left_out |= {name: reason for name, reason in reasons.items() if reason}
            return [recording for recording in recordings if not reasons[recording.identity]]

        candidates = matching(drawn, ())
        if lacking := [recording for recording in candidates if filters.lacks(facts(recording))]:
            completed = _by_identity(lacking, self.look_up(lacking))
            candidates = [completed.get(recording.identity, recording) for recording in candidates]
        silent = {recording.identity for recording in candidates if _is_silent(recording)}
        telling = [recording for recording in candidates if recording.identity not in silent]
        telling = matching(telling, OF_SITES)
        if filters.asks_context:
            fields |= _by_identity(telling, self.describe(telling, True))
            telling = matching(telling, filters.names)
        kept = silent | {recording.identity for recording in telling}
        choice.chosen = [recording for recording in candidates if recording.identity in kept]
        return choice


class Filters:
    """The `match_filters` of a source, ready to be held against facts."""

    def __init__(self, wanted: MatchFilters) -> None:
        self._sample, self._seed = wanted.sample, wanted.seed
        self._wanted = dict(_patterns(wanted))
        self._excluded = dict(_patterns(wanted.exclude))
        limits = {
            name: (getattr(wanted, low) or None, getattr(wanted, high) or None)
            for name, (low, high) in RANGES.items()
        }
        self._ranges = {name: both for name, both in limits.items() if any(both)}
        self.names = frozenset((*self._wanted, *self._excluded, *self._ranges))
        self.any = bool(self.names) or self._sample < 1

    @property
    def asks_context(self) -> bool:
        """Whether a filter is on a field that only `context` may give."""
        return "event_date" in self.names or any(is_field(name) for name in self.names)

    def draws(self, identity: str) -> bool:
        """Whether a recording is in the sample."""
        return _draw(identity, self._seed) < self._sample

    def lacks(self, facts: ContextFields) -> bool:
        """Whether sites may tell more of what the filters ask for."""
        needed = {name for name in self.names if not is_field(name) and name != "event_date"}
        if self.asks_context:
            needed.update(_FOR_EVENTS)
        return any(not _values(facts, name) for name in needed)

    def mismatch(self, facts: ContextFields, told: Container[str]) -> str:
        """Facts -> the filter that leaves the recording out; empty where it matches.

        Args:
            facts: what is known.
            told: what nobody can tell more about: without it a recording does not match.
        """
        for name, patterns in self._wanted.items():
            values = _values(facts, name)
            if not values:
                if name in told and name not in _MAY_LACK:
                    return f"no {name}"
            elif not _any_found(patterns, values):
                return name
        for name, patterns in self._excluded.items():
            if _any_found(patterns, _values(facts, name)):
                return f"exclude.{name}"
        for name, (least, most) in self._ranges.items():
            low, high = RANGES[name]
            value = next(iter(_values(facts, name)), None)
            if value is None:
                if name in told and name not in _MAY_LACK:
                    return f"no {name}"
            elif least is not None and value < least:
                return low
            elif most is not None and value > most:
                return high
        return ""


def check_filters(wanted: MatchFilters, place: str) -> Iterator[str]:
    """`match_filters` -> what is wrong with them, in words."""
    for part, where in ((wanted, place), (wanted.exclude, f"{place}.exclude")):
        for name, patterns in _written(part):
            for pattern in patterns:
                try:
                    re.compile(pattern)
                except (re.error, OverflowError, RecursionError) as error:
                    yield f"{where}.{name}: not a regular expression: {error}"
    for low, high in RANGES.values():
        least, most = getattr(wanted, low), getattr(wanted, high)
        if least and most and least > most:
            yield f"{place}.{low}: {least} is after {high}, {most}"


def context_filters(wanted: MatchFilters, place: str) -> Iterator[tuple[str, str]]:
    """`match_filters` -> the filters on fields of the context: their place, and the field."""
    for part, where in ((wanted, place), (wanted.exclude, f"{place}.exclude")):
        for name in part.fields:
            yield f"{where}.fields.{name}", name
    for key in RANGES["event_date"]:
        if getattr(wanted, key):
            yield f"{place}.{key}", "event_date"


def is_field(name: str) -> bool:
    """Whether a filter's name is that of a field of the context: ``fields.show``."""
    return name.startswith("fields.")


def _written(part: FactPatterns) -> Iterator[tuple[str, list[str]]]:
    """`match_filters`, or its `exclude` -> the names of its patterns, and these."""
    for name in SITE_FACTS:
        if patterns := getattr(part, name):
            yield name, patterns
    for name, patterns in part.fields.items():
        yield f"fields.{name}", patterns


def _patterns(part: FactPatterns) -> Iterator[tuple[str, list[re.Pattern[str]]]]:
    for name, patterns in _written(part):
        yield name, [re.compile(pattern) for pattern in patterns]


def _any_found(patterns: list[re.Pattern[str]], values: list[Any]) -> bool:
    return any(pattern.search(str(value)) for pattern in patterns for value in values)


def _draw(identity: str, seed: int) -> float:
    """A number from 0 to 1 that an identity and a seed always give."""
    return int(digest(seed, identity)[:13], 16) / 16**13


def _by_identity(recordings: list[Found], values: list[Any]) -> dict[str, Any]:
    return {recording.identity: value for recording, value in zip(recordings, values, strict=True)}


def _facts(recording: Found, fields: ContextFields) -> ContextFields:
    """What a recording's source and `context` tell of it; `context` wins."""
    own = {"title": recording.title, "language": recording.language, "speaker": recording.speaker}
    return {**own, **recording.context, **fields}


def _is_silent(recording: Found) -> bool:
    """Whether a recording lies elsewhere and nothing at all is told about it."""
    facts = _facts(recording, {})
    return recording.kind == "url" and not any(_values(facts, name) for name in _MAY_LACK)


def _values(facts: ContextFields, name: str) -> list[Any]:
    """Facts -> the values that a filter looks at; none where nothing usable is known.

    Tables and queries give what their author wrote.
    """
    if name in _CHANNEL:
        values = [facts.get(key) for key in _CHANNEL]
    else:
        values = [facts.get(name.removeprefix("fields."))]
    texts = [str(value).strip() for value in values if value is not None]
    texts = [text for text in texts if text]
    if name == "tags":
        return [tag for text in texts for tag in text.split(", ")]
    if name in ("published", "event_date"):
        return [text[:10] for text in texts if re.match(r"\d{4}-\d\d-\d\d", text)]
    if name == "duration_seconds":
        return [number for text in texts if (number := _number(text)) is not None]
    return texts


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
