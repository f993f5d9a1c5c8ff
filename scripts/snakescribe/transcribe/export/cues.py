"""Pieces of text -> subtitle cues that people can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap
from typing import Any

from snakescribe.transcribe.export.pieces import Piece, own_segments, to_pieces, whole_words

LINE_LETTERS, LINES = 42, 2  # BBC and Netflix guidelines: two lines of about 42 letters
MOST_SECONDS = 7.0
PAUSE_SECONDS = 1.0
SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "…")


@dataclass(frozen=True)
class Cue:
    """A text of one or two lines and when it is shown, in seconds on the recording's clock."""

    start: float
    end: float
    text: str


def to_cues(row: dict[str, Any]) -> list[Cue]:
    """A row of the transcripts table -> cues, which joined are its text.

    A cue ends with the sentence and before a pause of a second. What is longer than two lines or
    seven seconds is divided evenly, so that no cue is left with a single word. Words are divided
    only where one alone is longer than that, as in languages without spaces.
    """
    if not row["words"]:
        return [
            Cue(segment["start"], segment["end"], _lay_out(segment["text"]))
            for segment in own_segments(row)
            if segment["text"]
        ]
    pieces = to_pieces(row)
    groups: list[list[Piece]] = [[]]
    for unit in _units(pieces):
        last = groups[-1][-1] if groups[-1] else None
        pause = last is not None and unit.start - last.end > PAUSE_SECONDS
        if last and (pause or last.text.endswith(SENTENCE_ENDS)):
            groups.append([])
        groups[-1].append(unit)
    parts = [part for group in groups if group for part in _divide(group)]
    return [Cue(part[0].start, part[-1].end, _lay_out(_text(part))) for part in parts]


def _units(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces -> whole words, but the pieces of those that are too long for a cue."""
    units: list[Piece] = []
    begin = 0
    for word in whole_words(pieces):
        stop = begin + 1
        while stop < len(pieces) and not pieces[stop].spaced:
            stop += 1
        units += [word] if _fits([word]) else pieces[begin:stop]
        begin = stop
    return units


def _divide(group: Sequence[Piece]) -> list[Sequence[Piece]]:
    """Pieces -> as few parts as fit into a cue each, of about equally many letters."""
    ends = list(accumulate(len(piece.text) + 1 for piece in group))
    for count in range(1, len(group)):
        parts: list[list[Piece]] = [[] for _ in range(count)]
        for piece, end in zip(group, ends, strict=True):
            parts[(end - 1) * count // ends[-1]].append(piece)
        if all(part and _fits(part) for part in parts):
            return list(parts)
    return [[piece] for piece in group]


def _fits(part: Sequence[Piece]) -> bool:
    lines = _wrap(_text(part))
    short = part[-1].end - part[0].start <= MOST_SECONDS
    return short and len(lines) <= LINES and all(len(line) <= LINE_LETTERS for line in lines)


def _text(part: Sequence[Piece]) -> str:
    return "".join(f"{' ' if piece.spaced else ''}{piece.text}" for piece in part).strip()


def _lay_out(text: str) -> str:
    return "\n".join(_wrap(text)) or text.strip()


def _wrap(text: str) -> list[str]:
    """A text -> as few lines as it takes, about equally long, broken at spaces only.

    So they read back as they were, and a number at the end does not stand alone in a line, where a
    reader of SRT could take it for the next cue's.
    """
    text = text.strip()

    def lines_of(width: int) -> list[str]:
        return wrap(text, width, break_long_words=False, break_on_hyphens=False)

    widest = lines_of(LINE_LETTERS)
    narrower = map(lines_of, range(len(text) // max(1, len(widest)) or 1, LINE_LETTERS))
    return next((lines for lines in narrower if len(lines) == len(widest)), widest)
