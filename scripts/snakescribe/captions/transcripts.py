"""``.txt`` references: plain text, Audacity's labels, and transcripts with times and speakers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from snakescribe.captions.clock import CLOCK, clock_seconds
from snakescribe.captions.cue_files import read_cues
from snakescribe.captions.plain_text import (
    read_json_text,
    read_plain,
    refuse_others,
    without_bold,
)
from snakescribe.captions.reference import Parsed, Utterance, parse_each, to_seconds

_LABEL = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\t\s*(-?\d+(?:[.,]\d+)?)(?:\t(.*))?")
_SPAN = rf"({CLOCK})(?:\s*(?:-->|[-\u2013\u2014])\s*({CLOCK}))?"
_TIME = rf"(?:[\[(<]\s*{_SPAN}\s*[\])>]|{_SPAN})"
_NAME = r"([^\W\d_][^\n:\[(<]{0,59}?)"
# `1:05` or `Jane Doe  1:05` alone in a line, `[00:01:05] Jane: hello`, `Jane (1:05): hello`.
_HEAD = re.compile(rf"\s*(?:{_NAME}(\s*[|,:\u2013\u2014-]\s*|\s+))?{_TIME}\s*:?\s*")
_TURN = re.compile(
    rf"\s*{_TIME}(?:\s*[-\u2013\u2014:|]?\s+|(?<=[\])>]))(?:([^\W\d_][^\n:]{{0,59}}):(?=\s|$))?(.*)"
)
_NAMED = re.compile(rf"\s*{_NAME}\s*{_TIME}\s*(:?)\s+(.+)")
_MOST_WORDS_OF_A_NAME = 5
_PARTICLES = frozenset(
    {
        "af", "al", "av", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du",
        "e", "el", "ibn", "la", "le", "ten", "ter", "van", "von", "y", "zu", "zur",
    }
)  # fmt: skip
_FOOTER = re.compile(r"\s*Transcribed by https?://\S+\s*", re.IGNORECASE)


class _Head(NamedTuple):
    """What starts a turn, and whether it can hardly have been said."""

    turn: Utterance
    sure: bool


def read_text(text: str) -> Parsed:
    """The text of a ``.txt`` file -> utterances: with times where its lines have them.

    A file is captions or JSON if it begins as they do, one of Audacity's labels if most of its
    lines are, a transcript with times if its first line has one or several stand above paragraphs;
    else all of it was said.

    Raises:
        ValueError: it is no text, but a table or a document of a program.
    """
    refuse_others(text)
    for reader in (read_cues, read_json_text):
        if (other := reader(text)) is not None:
            return other
    text = without_bold(text)
    lines = [line for line in text.split("\n") if line.strip()]
    labels = sum(_LABEL.fullmatch(line) is not None for line in lines)
    if labels and 2 * labels > sum(not line.startswith("\\") for line in lines):
        return _read_labels(text)
    if _is_transcript(lines):
        return _read_transcript(lines)
    return read_plain(lines)


def _read_labels(text: str) -> Parsed:
    """``start<TAB>end<TAB>text`` in s; lines with frequencies, behind a backslash, are left out.

    Labels of points last until the next one.
    """

    def parse(numbered: tuple[int, str]) -> Iterator[Utterance]:
        number, line = numbered
        match = _LABEL.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number}: no label with start, end and text: {line[:60]}")
        start, end = (to_seconds(value.replace(",", ".")) for value in match.group(1, 2))
        if start < 0 or end < 0:
            raise ValueError(f"line {number}: a time before the beginning: {line[:60]}")
        if said := " ".join((match[3] or "").split()):
            yield Utterance(start, max(start, end), said)

    numbered = [
        (number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.startswith("\\")
    ]
    parsed = parse_each(numbered, parse)
    if all(label.start == label.end for label in parsed.utterances):
        points = sorted(parsed.utterances, key=lambda label: label.start or 0.0)
        lasting = [replace(point, end=after.start) for point, after in pairwise(points)]
        return Parsed([*lasting, *points[-1:]], parsed.damaged)
    return parsed


def _is_transcript(lines: list[str]) -> bool:
    """Whether times stand in lines as in the transcripts that services export."""
    heads = [_read_head(line) for line in lines]
    known = [head for head in heads if head is not None]
    times = [head.turn.start or 0.0 for head in known]
    if not known or times != sorted(times):
        return False
    if len(known) == len(lines) and not any(head.turn.text for head in known):
        return False  # nothing but times: they were said
    return len(known) > 1 or (heads[0] is not None and heads[0].sure)


def _read_transcript(lines: list[str]) -> Parsed:
    """Lines -> an utterance for each turn, with an end where the file tells one.

    What stands above the first time is a title, and no speech.
    """
    turns: list[Utterance] = []
    above: list[str] = []
    for line in lines:
        head = _read_head(line)
        said = " ".join(line.split())
        if head is not None:
            turns.append(head.turn)
        elif not turns:
            above.append(said)
        elif not _FOOTER.fullmatch(line):
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{said}".strip())
    left_out = (f"what stands above the first time: {' / '.join(above)[:60]}",) if above else ()
    return Parsed([turn for turn in _name_turns(turns) if turn.text], [], left_out)


def _name_turns(turns: list[Utterance]) -> list[Utterance]:
    """Turns -> the same with their speakers, where a name is the first line of each."""
    heads = [turn.text.partition("\n") for turn in turns]
    names = [name for name, _, said in heads if said and name and _is_name(name)]
    all_named = len(names) == len(turns) and not any(turn.speaker for turn in turns)
    come_back = len(set(names)) < len(names)
    if not all_named or not (come_back or all(map(_is_full_name, names))):
        return turns
    return [
        replace(turn, speaker=name, text=said)
        for turn, (name, _, said) in zip(turns, heads, strict=True)
    ]


def _read_head(line: str) -> _Head | None:
    """A line that starts a turn -> the turn as far as the line has it; None for other lines."""
    said, sign = "", ""
    if match := _HEAD.fullmatch(line):
        name, sign, *times = match.groups()
    elif match := _TURN.fullmatch(line):
        *times, name, said = match.groups()
        if name and not _is_name(name):
            name, said = "", f"{name}: {said}"
        sign = ":"
    elif match := _NAMED.fullmatch(line):
        name, *times, sign, said = match.groups()
    else:
        return None
    bracketed = times[0] is not None
    start, end = times[:2] if bracketed else times[2:]
    name = " ".join((name or "").split())
    apart = bracketed or sign not in {"", " "} or start.count(":") > 1
    if name and not (_is_name(name) and apart):
        return None  # "We meet at 10:30"
    begin = clock_seconds(start)
    stop = max(begin, clock_seconds(end)) if end else None
    turn = Utterance(begin, stop, " ".join(said.split()), (), name)
    return _Head(turn, sure=bracketed or bool(end or name))


def _is_full_name(text: str) -> bool:
    """Whether a line can hardly be anything but a name, even where none comes back.

    `Jane Doe`, `J. van der Berg (Guest)`, `Speaker 1`: what is said hardly stands so in a line.
    """
    bare = text.partition(" (")[0]
    words = bare.split()
    ends = all(word[0].isupper() or word[0].isdigit() for word in (words[0], words[-1]))
    between = all(word[0].isupper() or word in _PARTICLES for word in words[1:-1])
    return 2 <= len(words) <= _MOST_WORDS_OF_A_NAME and ends and between and bare[-1].isalnum()


def _is_name(text: str) -> bool:
    """Whether a text may be a name: a few words, the first and the last with a capital."""
    words = text.split()
    capital = all(word[0] == word[0].upper() for word in (words[0], words[-1]))
    return capital and len(words) <= _MOST_WORDS_OF_A_NAME
