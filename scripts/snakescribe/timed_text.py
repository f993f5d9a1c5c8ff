"""A transcript's text -> its words, where each stands in it, and when it was said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from snakescribe.tables import Row

# Scripts that are written without spaces: there a letter is a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\s{_UNSPACED}]+")
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Piece:
    """A word: where it stands in the text, and when it was said (s, recording's clock)."""

    first: int
    stop: int
    plain: str
    start: float
    end: float
    timed: bool

    @property
    def middle(self) -> float:
        """The moment in the middle of the word."""
        return (self.start + self.end) / 2


def middle_of(part: Row) -> float | None:
    """A word or segment -> the moment in its middle (s); None where its times are unknown."""
    if part["start"] is None or part["end"] is None:
        return None
    middle: float = (part["start"] + part["end"]) / 2
    return middle


def are_timed(parts: Sequence[Row]) -> bool:
    """Words or segments -> whether there are some, and all have their times."""
    return bool(parts) and all(middle_of(part) is not None for part in parts)


def find_pieces(row: Row, span: tuple[float, float]) -> list[Piece]:
    """A row of the transcripts table and its chunk's span (s) -> the words of its text, with times.

    The model's own times where its timed words are those of the text; else words are spread over
    their segment, or the span, by their letters. Where a script has no spaces, a letter is a word.
    """
    text = row["text"]
    placed = place_parts([word["text"].strip() for word in row["words"]], text)
    if placed is not None and are_timed(row["words"]):
        return [
            Piece(first, stop, _plain(text[first:stop]), word["start"], word["end"], True)
            for (first, stop), word in zip(placed, row["words"], strict=True)
        ]
    pieces: list[Piece] = []
    for first, stop, start, end in _stretches(row, span):
        words = [
            (first + found.start(), first + found.end())
            for found in _WORD.finditer(text[first:stop])
        ]
        letters = sum(last - begin + 1 for begin, last in words)
        done = 0
        for begin, last in words:
            since = start + (end - start) * done / letters
            done += last - begin + 1
            until = start + (end - start) * done / letters
            pieces.append(Piece(begin, last, _plain(text[begin:last]), since, until, False))
    return pieces


def _plain(word: str) -> str:
    """A word -> its letters and digits, without case."""
    return _PLAIN.sub("", word).casefold()


def place_parts(parts: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Parts of a text in order -> where each stands in it.

    None where one is not to be found, or something else than white space stands between them.
    """
    places: list[tuple[int, int]] = []
    done = 0
    for part in parts:
        first = text.find(part, done)
        if first < 0 or text[done:first].strip():
            return None
        done = first + len(part)
        places.append((first, done))
    return None if text[done:].strip() else places


def _stretches(row: Row, span: tuple[float, float]) -> list[tuple[int, int, float, float]]:
    """A row -> stretches of its text with their times: its segments, else all of it."""
    text, segments = row["text"], row["segments"]
    placed = place_parts([segment["text"].strip() for segment in segments], text)
    if placed is None or not are_timed(segments):
        return [(0, len(text), *span)]
    return [
        (first, stop, segment["start"], segment["end"])
        for (first, stop), segment in zip(placed, segments, strict=True)
    ]
