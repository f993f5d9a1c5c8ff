"""A cue as it stands in a file -> utterances, without what only rolled up the screen.

Sources: WebVTT (W3C Candidate Recommendation, 2019-04-04), section 4, for the markup; automatic
captions put word times into a cue as ``<00:00:01.200>`` and show each line twice, first at the
bottom, then at the top, which is what *rolling* means here.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from snakescribe.captions.letters import as_written
from snakescribe.captions.reference import TimedWord, Utterance

FLASH_SECONDS = 0.05
GAP_SECONDS = 0.1  # between two cues of which one follows the other on the screen
# From so many words on, and after so many steps, a line that grew did not just begin as others do.
_GROWN_WORDS = 6
_GROWN_STEPS = 3

_WORD_TIME = re.compile(r"<(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})>")
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|<>|\{\\[^}]*\}|\{[A-Za-z]:[^}\s]*\}")
_READING = re.compile(r"<rt\b[^>]*>.*?(?:</rt>|(?=</ruby>)|$)", re.IGNORECASE)  # of ruby: said once
_VOICE = re.compile(r"<(/?)v(?:\.[^\s>]*)?(?:\s+([^>]*))?>", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """One cue as it stands in the file; `lines` are those that say something.

    `speaker` is who says all of it, where the file tells outside the text; ``<v NAME>`` in a line
    names another one.
    """

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str = ""

    def plain(self) -> tuple[str, ...]:
        """The lines as people see them."""
        return tuple(clean(line) for line in self.lines)


class _Voice(NamedTuple):
    """A piece of a line, and who says it."""

    speaker: str
    text: str


def clean(text: str) -> str:
    """A line of a cue -> its text without markup, entities resolved, white space single."""
    bare = _MARKUP.sub("", _READING.sub("", _WORD_TIME.sub("", text)))
    return " ".join(as_written(html.unescape(bare)).split())


def unroll(cues: list[Cue]) -> list[Utterance]:
    """Cues -> utterances in which no line stands twice because it rolled up the screen, or grew.

    Elsewhere a repeated line was said twice (see `_is_rolling`). Cues that only flash what was
    there already are part of the movement.
    """
    cues = _grow(sorted(dict.fromkeys(cues), key=attrgetter("start")))
    rolling = _is_rolling(cues)
    utterances: list[Utterance] = []
    before: tuple[str, ...] = ()
    for cue in cues:
        plain = cue.plain()
        known = _overlap(before, plain) if rolling or cue.end - cue.start <= FLASH_SECONDS else 0
        before = plain
        new = cue.lines[known:]
        if new:
            utterances += _to_utterances(cue, new)
    return utterances


def _is_rolling(cues: list[Cue]) -> bool:
    """Whether at least half of the cues begin with what the one before them ended with.

    Some of them must have a new line below: what is only repeated was said twice.
    """
    pairs = _following(cues)
    known = [(below, _overlap(cue.plain(), below.plain())) for cue, below in pairs]
    rolled = sum(1 for _, count in known if count)
    grown = sum(1 for cue, count in known if 0 < count < len(cue.lines))
    return grown > 0 and 2 * rolled >= len(pairs)


def _following(cues: list[Cue]) -> list[tuple[Cue, Cue]]:
    return [pair for pair in pairwise(cues) if _follows(*pair)]


def _follows(cue: Cue, below: Cue) -> bool:
    return round(below.start - cue.end, 3) <= GAP_SECONDS


def _grow(cues: list[Cue]) -> list[Cue]:
    """Cues whose last line comes word by word, as live captions do -> each line once, grown up.

    Only where most cues do so, and a long line did: elsewhere words that come again were said.
    """
    if not _is_growing(cues):
        return cues
    whole: list[Cue] = []
    for cue in cues:
        if whole and _follows(whole[-1], cue) and _grows(whole[-1], cue):
            young = whole.pop()
            if young.lines[1:]:
                whole.append(replace(young, lines=young.lines[:-1]))
            whole.append(replace(cue, start=young.start))
        else:
            whole.append(cue)
    return whole


def _is_growing(cues: list[Cue]) -> bool:
    """Whether at least half of the cues are the one before them with more words, step by step."""
    pairs = _following(cues)
    steps = [0]
    long = False
    for cue, below in pairs:
        steps.append(steps[-1] + 1 if _grows(cue, below) else 0)
        most = max((len(line.split()) for line in below.plain()), default=0)
        long = long or (steps[-1] >= _GROWN_STEPS and most >= _GROWN_WORDS)
    return long and 2 * sum(map(bool, steps)) >= len(pairs)


def _grows(cue: Cue, below: Cue) -> bool:
    """Whether the last line of a cue stands in the one that follows it, with more words behind."""
    before, lines = cue.plain(), below.plain()
    return any(
        before[-count:-1] == lines[: count - 1] and lines[count - 1].startswith(f"{before[-1]} ")
        for count in range(1, min(len(before), len(lines)) + 1)
    )


def _overlap(before: tuple[str, ...], lines: tuple[str, ...]) -> int:
    """How many lines at the start of a cue ended the cue before it."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0


def _to_utterances(cue: Cue, lines: tuple[str, ...]) -> Iterator[Utterance]:
    """A cue and its new lines -> an utterance for each speaker, one after the other in its time."""
    turns = [list(turn) for _, turn in groupby(_voices(cue, lines), key=attrgetter("speaker"))]
    letters = [sum(len(clean(voice.text)) for voice in turn) for turn in turns]
    done = 0
    for turn, length in zip(turns, letters, strict=True):
        start = cue.start + (cue.end - cue.start) * done / sum(letters)
        done += length
        end = cue.start + (cue.end - cue.start) * done / sum(letters)
        timed = any(_WORD_TIME.search(voice.text) for voice in turn)
        words = [word for voice in turn for word in _timed_words(voice.text, cue)] if timed else ()
        text = "\n".join(clean(voice.text) for voice in turn)
        yield Utterance(start, end, text, tuple(words), turn[0].speaker)


def _voices(cue: Cue, lines: tuple[str, ...]) -> Iterator[_Voice]:
    """Lines -> their pieces by speaker, without those that say nothing."""
    speaker = cue.speaker
    for line in lines:
        done = 0
        for tag in _VOICE.finditer(line):
            if clean(line[done : tag.start()]):
                yield _Voice(speaker, line[done : tag.start()])
            speaker = cue.speaker if tag[1] else clean(tag[2] or "")
            done = tag.end()
        if clean(line[done:]):
            yield _Voice(speaker, line[done:])


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


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000
