"""WebVTT, SubRip and YouTube's SBV: files of cues, each behind a line with its times.

They are read as people and programs write them: without the empty line between two cues, with
empty lines in a cue or between its times and its text, with arrows and times of any form. A timing
line always ends the cue above.
"""

import re
from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import NamedTuple

from snakescribe.captions.clock import Span, read_timing
from snakescribe.captions.cues import Cue, clean, unroll
from snakescribe.captions.letters import without_invisible
from snakescribe.captions.reference import Parsed

_ASIDE = re.compile(r"(NOTE|STYLE|REGION|X-TIMESTAMP-MAP)\b")


class _Timing(NamedTuple):
    """A timing line: where it stands, its times, or what is wrong with it."""

    place: int
    span: Span | None
    problem: str = ""


def read_vtt(text: str) -> Parsed:
    """The text of a ``.vtt`` file -> utterances; words where the cues time them.

    Raises:
        ValueError: neither a WebVTT header nor a cue, or nothing but damaged cues.
    """
    parsed = _read(text)
    if not parsed.utterances and not text.lstrip().startswith("WEBVTT"):
        raise ValueError("line 1: not a WebVTT file (its first line says WEBVTT)")
    return parsed


def read_srt(text: str) -> Parsed:
    """The text of a ``.srt`` file -> utterances.

    Raises:
        ValueError: text without a single timing line, or nothing but damaged cues.
    """
    parsed = _read(text)
    if not parsed.utterances and text.strip() and not any(_timings(text.split("\n"))):
        raise ValueError(
            "line 1: not a SubRip file (no line such as 00:00:01,000 --> 00:00:02,000)"
        )
    return parsed


def read_sbv(text: str) -> Parsed:
    """The text of a ``.sbv`` file -> utterances: SubRip but for ``[br]`` between lines.

    Raises:
        ValueError: as `read_srt`.
    """
    return read_srt(text.replace("[br]", "\n"))


def read_cues(text: str) -> Parsed | None:
    """A text that may be WebVTT or SubRip -> its utterances; None where it is neither.

    It is one if it begins with ``WEBVTT``, or with the number of a cue and a line of its times.
    """
    number, times, *_ = [*filter(str.strip, text.split("\n")), "", ""]
    try:
        srt = _is_number(number) and read_timing(without_invisible(times), starts=False)
        return _read(text) if srt or text.lstrip().startswith("WEBVTT") else None
    except ValueError:
        return None


def _read(text: str) -> Parsed:
    lines = text.split("\n")
    timings = list(_timings(lines))
    damaged = [f"line {timing.place + 1}: {timing.problem}" for timing in timings if timing.problem]
    _refuse_joined(lines, timings)
    utterances = unroll(list(_cues(lines, timings)))
    if damaged and not any(timing.span for timing in timings):
        raise ValueError(damaged[0])
    return Parsed(utterances, damaged)


def _refuse_joined(lines: list[str], timings: list[_Timing]) -> None:
    """Raises:
    ValueError: numbers and times of cues begin anew: these are several files, one after another.
    """
    seen: dict[int, Span] = {}
    latest = 0.0
    for timing in timings:
        above = without_invisible(lines[timing.place - 1]).strip() if timing.place else ""
        if timing.span is None or not _is_number(above):
            continue
        number = int(above)
        known = seen.setdefault(number, timing.span)
        if number <= 1 and known != timing.span and len(seen) > 1 and timing.span.start < latest:
            raise ValueError(
                f"line {timing.place + 1}: numbers and times of cues begin anew, as in files that "
                "were joined; give each recording its own, or one with times that go on"
            )
        latest = max(latest, timing.span.start)


def _timings(lines: list[str]) -> Iterator[_Timing]:
    for place, line in enumerate(lines):
        try:
            above = lines[place - 1].strip() if place else ""
            span = read_timing(without_invisible(line), not above or _is_number(above))
        except ValueError as error:
            yield _Timing(place, None, str(error))
        else:
            if span:
                yield _Timing(place, span)


def _cues(lines: list[str], timings: list[_Timing]) -> Iterator[Cue]:
    named = _Names(lines, timings)
    for timing, after in zip_longest(timings, timings[1:]):
        following = after.place if after else None
        if timing.span is None:
            continue
        said = lines[timing.place + 1 : following]
        if following is not None and named.ends_in_name(said, lines[timing.place - 1]):
            said = _without_name(said)
        # WebVTT allows no arrow in a text: where one stands there, nobody said it. Backslashes
        # are what is left of line breaks and spaces of another kind of file (ASS).
        text = "\n".join(_without_asides(said)).replace("-->", " ")
        kept = text.replace("\\N", "\n").replace("\\h", " ").split("\n")
        yield Cue(timing.span.start, timing.span.end, tuple(filter(clean, kept)))


class _Names:
    """How the cues of a file are named: by numbers, by other names, or not at all."""

    def __init__(self, lines: list[str], timings: list[_Timing]) -> None:
        above = [
            (lines[timing.place - 1], lines[timing.place - 2] if timing.place > 1 else "")
            for timing in timings
            if timing.place and not lines[timing.place - 1].startswith("WEBVTT")
        ]
        self._numbered = 2 * sum(_is_number(line) for line, _ in above) > len(timings)
        named = sum(bool(line.strip()) and not line_above.strip() for line, line_above in above)
        self._named = 2 * named > len(timings)

    def ends_in_name(self, said: list[str], above: str) -> bool:
        """Lines between two timing lines -> whether the last one names the cue below.

        It does if it is a number where cues have one, or if an empty line parts it from the text.
        Elsewhere such a line is text, as in rolling captions.

        Args:
            said: the lines.
            above: what stands above the first timing line.
        """
        if not any(map(str.strip, said)):
            return False
        if _is_number(_last(said)) and (self._numbered or _is_number(above)):
            return True
        if not said[-1].strip() or len(said) < 2 or said[-2].strip():
            return False
        return self._named or any(map(str.strip, said[:-2]))


def _last(lines: list[str]) -> str:
    return next(line for line in reversed(lines) if line.strip())


def _without_name(said: list[str]) -> list[str]:
    place = max(place for place, line in enumerate(said) if line.strip())
    return said[:place]


def _without_asides(said: list[str]) -> Iterator[str]:
    """The lines of a cue -> those that are no note, style sheet or region of a WebVTT file."""
    for number, (empty, block) in enumerate(groupby(said, key=lambda line: not line.strip())):
        lines = list(block)
        if not empty and (number == 0 or not _ASIDE.match(lines[0])):
            yield from lines


def _is_number(line: str) -> bool:
    return without_invisible(line).strip().isdecimal()
