"""Times of day as people and programs write them in captions -> seconds."""

import re
from typing import NamedTuple

# 00:00:01,500  0:1.5  00: 00: 01,500  00:00:01:500; the last part is a fraction, however long.
_COLON, _POINT = r"\s*[:\uff1a]\s*", r"\s*[.,:;\uff0c\uff0e\uff1a\uff1b]\s*"
CLOCK = rf"(?:\d+{_COLON})?\d{{1,3}}{_COLON}\d{{1,2}}(?:{_POINT}\d{{1,9}})?"
_PARTS = re.compile(rf"(?:(\d+){_COLON})?(\d{{1,3}}){_COLON}(\d{{1,2}})(?:{_POINT}(\d{{1,9}}))?")
_SIGN = r"[-+\u2212]?\s*"
_ARROW = r"\s*(?:[-=\u2010-\u2015\u2212]*\s*[>\u203a\u2192\u27f6\uff1e])\s*"
# The cue's number may stand before them in the line.
_TIMING = re.compile(rf"\s*(?:\d+[.)]?\s+)?({_SIGN}{CLOCK}){_ARROW}({_SIGN}{CLOCK})(?:\s.*)?")
# Without an arrow nothing else may stand in the line.
_PAIR = re.compile(rf"\s*({CLOCK})\s*(?:[-\u2010-\u2015,/]|\s)\s*({CLOCK})\s*")
_HAS_ARROW = re.compile(r"-\s?->|->|[\u2010-\u2015\u2192\u27f6]\s*>?")
_LIKE_TIME = re.compile(r"[\dOolI]+\s*:\s*[\dOolI]|\bnan\b", re.IGNORECASE)
MOST_WORDS_OF_A_TIME = 5


class Span(NamedTuple):
    """When a cue stands on the screen, s."""

    start: float
    end: float


def clock_seconds(text: str) -> float:
    """A time such as ``01:02:03,5``, ``2:03.5`` or ``-0:01`` -> seconds.

    Raises:
        ValueError: it is none.
    """
    match = _PARTS.fullmatch(text.strip().lstrip("-+\u2212").strip())
    if match is None:
        raise ValueError(f"'{text.strip()}' is no time")
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    value = whole + float(f"0.{fraction or 0}")
    return -value if text.strip()[0] in "-\u2212" else value


def read_timing(line: str, starts: bool) -> Span | None:
    """A line of a caption file -> the times that it gives a cue; None where it is no such line.

    Args:
        line: the line.
        starts: whether it stands where a cue may start. Elsewhere times without an arrow were said.

    Raises:
        ValueError: it looks like one and is damaged.
    """
    match = _TIMING.fullmatch(line) or (_PAIR.fullmatch(line) if starts else None)
    if match:
        start, end = map(clock_seconds, match.groups())
        if start < 0 or end < 0:
            raise ValueError(f"a time before the beginning: {line.strip()[:60]}")
        return Span(start, max(start, end))
    if _looks_damaged(line, starts):
        raise ValueError(f"a damaged timing line: {line.strip()[:60]}")
    return None


def _looks_damaged(line: str, starts: bool) -> bool:
    """Whether a line that is no timing line was meant as one: times with or without an arrow."""
    arrow = _HAS_ARROW.search(line)
    if arrow is None:
        return starts and re.fullmatch(rf"\s*{CLOCK}\s*", line) is not None
    before, after = line[: arrow.start()].strip(), line[arrow.end() :].strip()
    if not before:
        return not after or _LIKE_TIME.match(after) is not None
    return len(before.split()) <= MOST_WORDS_OF_A_TIME and any(
        map(_LIKE_TIME.search, (before, after))
    )
