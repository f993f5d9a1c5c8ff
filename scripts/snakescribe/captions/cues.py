"""WebVTT and SubRip: cues between ``-->`` lines, rolling or not.

Sources: WebVTT (W3C Candidate Recommendation, 2019-04-04), section 4, for the syntax; automatic
captions put word times into a cue as ``<00:00:01.200>`` and show each line twice, first at the
bottom, then at the top, which is what *rolling* means here. Files may lack the empty line between
two cues, or have white space in it: a timing line always ends the cue above.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from snakescribe.captions.reference import TimedWord, Utterance

FLASH_SECONDS = 0.05

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_WORD_TIME = re.compile(rf"<{_TIME}>")
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|<>|\{\\[^}]*\}")


@dataclass(frozen=True)
class Cue:
    """One cue as it stands in the file; `lines` are those that say something."""

    start: float
    end: float
    lines: tuple[str, ...]

    def plain(self) -> tuple[str, ...]:
        """The lines as people see them."""
        return tuple(clean(line) for line in self.lines)


def read_vtt(text: str) -> list[Utterance]:
    """The text of a ``.vtt`` file -> utterances; words where the cues time them.

    Raises:
        ValueError: no WebVTT header, or a damaged timing line.
    """
    if not text.startswith("WEBVTT"):
        raise ValueError("line 1: not a WebVTT file (its first line says WEBVTT)")
    return unroll(list(_parse(text, numbered=False)))


def read_srt(text: str) -> list[Utterance]:
    """The text of a ``.srt`` file -> utterances.

    Raises:
        ValueError: text without a single timing line, or a damaged one.
    """
    cues = list(_parse(text, numbered=True))
    if not cues and text.strip():
        raise ValueError(
            "line 1: not a SubRip file (no line such as 00:00:01,000 --> 00:00:02,000)"
        )
    return unroll(cues)


def clean(text: str) -> str:
    """A line of a cue -> its text without markup, entities resolved, white space single."""
    bare = _MARKUP.sub("", _WORD_TIME.sub("", text))
    return " ".join(html.unescape(bare).split())


def unroll(cues: list[Cue]) -> list[Utterance]:
    """Cues -> utterances in which no line stands twice because it rolled up the screen.

    Elsewhere a repeated line was said twice (see `_is_rolling`). Cues that only flash what was
    there already are part of the movement.
    """
    cues = list(dict.fromkeys(cues))
    rolling = _is_rolling(cues)
    utterances = []
    before: tuple[str, ...] = ()
    for cue in cues:
        plain = cue.plain()
        known = _overlap(before, plain) if rolling or cue.end - cue.start <= FLASH_SECONDS else 0
        before = plain
        new = cue.lines[known:]
        if new:
            utterances.append(_to_utterance(cue, new))
    return utterances


def _is_rolling(cues: list[Cue]) -> bool:
    """Whether at least half of the cues begin with what the one before them ended with.

    Some of them must have a new line below: what is only repeated was said twice.
    """
    pairs = [(cue, below) for cue, below in pairwise(cues) if below.start <= cue.end + 0.1]
    known = [(below, _overlap(cue.plain(), below.plain())) for cue, below in pairs]
    rolled = sum(1 for _, count in known if count)
    grown = sum(1 for cue, count in known if 0 < count < len(cue.lines))
    return grown > 0 and 2 * rolled >= len(pairs)


def _overlap(before: tuple[str, ...], lines: tuple[str, ...]) -> int:
    """How many lines at the start of a cue ended the cue before it."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0


def _to_utterance(cue: Cue, lines: tuple[str, ...]) -> Utterance:
    words = [word for line in lines for word in _timed_words(line, cue)]
    timed = any(_WORD_TIME.search(line) for line in lines)
    return Utterance(cue.start, cue.end, " ".join(map(clean, lines)), tuple(words) if timed else ())


def _timed_words(line: str, cue: Cue) -> Iterator[TimedWord]:
    """Split a line at its time marks; each word lasts until the next mark or the cue's end."""
    marks = [(cue.start, 0, 0)]
    marks += [
        (_seconds(mark.groups()), mark.start(), mark.end()) for mark in _WORD_TIME.finditer(line)
    ]
    for index, (start, _, begin) in enumerate(marks):
        last = index + 1 == len(marks)
        stop, end = (len(line), cue.end) if last else (marks[index + 1][1], marks[index + 1][0])
        for word in clean(line[begin:stop]).split():
            yield TimedWord(start, max(start, end), word)


def _parse(text: str, numbered: bool) -> Iterator[Cue]:
    """A file's text -> its cues; `numbered` says that a number stands above each.

    What stands neither in a timing line nor in a cue is a header, a note, a style sheet or a
    cue's name.
    """
    lines = text.split("\n")
    timings = [place for place, line in enumerate(lines) if "-->" in line]
    for place, following in zip_longest(timings, timings[1:]):
        line = lines[place]
        match = _TIMING.match(line)
        if not match:
            raise ValueError(f"line {place + 1}: a damaged timing line: {line.strip()[:60]}")
        start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        said = lines[place + 1 : following]
        if "" in said:
            said = said[: said.index("")]
        elif following and _ends_in_name(said, numbered or _is_number(lines[place - 1])):
            said.pop()
        yield Cue(start, max(start, end), tuple(line for line in said if clean(line)))


def _ends_in_name(lines: list[str], numbered: bool) -> bool:
    """Lines between two timing lines, none empty -> whether the last one names the cue below.

    It does if it is a number where cues have one, or if a line of white space parts it from the
    text. Elsewhere such a line stays: rolling captions begin with one.
    """
    if not lines:
        return False
    parted = len(lines) > 2 and not lines[-2].strip() and any(map(str.strip, lines[:-2]))
    return parted or (numbered and _is_number(lines[-1]))


def _is_number(line: str) -> bool:
    return line.strip().isdecimal()


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000
