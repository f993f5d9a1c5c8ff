"""A row of the transcripts table -> its text in timed pieces, which joined are that text.

However an engine timed its words, a file's text is the transcript's: times are put to the text,
never text to the times.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from snakescribe.transcribe.spacing import find_spaces, join_words

Row = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, in seconds on the recording's clock.

    Attributes:
        text: without white space around.
        spaced: whether white space stands before it.
        start: when it begins.
        end: when it ends.
        probability: from 0 to 1; None where it is not known.
    """

    text: str
    spaced: bool
    start: float
    end: float
    probability: float | None = None


def to_pieces(row: Row) -> list[Piece]:
    """A row -> the pieces of its text, in order; times that are not known lie between the others.

    Words where they spell the text; else the text's own words, with the times of those of the
    engine's that are the same. Without any words, those of the text share their segment evenly.
    """
    words = [word for word in row["words"] if word["text"]]
    if not words:
        return _from_segments(row)
    if join_words(words).split() != row["text"].split():
        words = borrow_times(row["text"], words)
    times = fill_times([(word["start"], word["end"]) for word in words], *_bounds(row))
    return [
        piece
        for word, span in zip(words, times, strict=True)
        for piece in _split(Piece(word["text"], word["spaced"], *span, word["probability"]))
    ]


def _split(piece: Piece) -> list[Piece]:
    """A piece -> itself; one with white space inside, as pieces that share its time evenly."""
    texts = piece.text.split()
    step = (piece.end - piece.start) / max(1, len(texts))
    return [
        replace(
            piece,
            text=text,
            spaced=piece.spaced or number > 0,
            start=piece.start + number * step,
            end=piece.start + (number + 1) * step,
        )
        for number, text in enumerate(texts)
    ]


def whole_words(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces -> one for each word between spaces; its probability is the mean of its pieces'."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.spaced or not groups:
            groups.append([])
        groups[-1].append(piece)
    return [_join(group) for group in groups]


def _join(group: Sequence[Piece]) -> Piece:
    if len(group) == 1:
        return group[0]
    known = [piece.probability for piece in group if piece.probability is not None]
    return replace(
        group[0],
        text="".join(piece.text for piece in group),
        end=max(piece.end for piece in group),
        probability=sum(known) / len(known) if known else None,
    )


def own_segments(row: Row) -> list[Row]:
    """A row -> its segments that have text, each with `spaced`; one of all if they do not spell it.

    That one has the figures of the row's only segment, where there is but one.
    """
    told = [segment for segment in row["segments"] if segment["text"].strip()]
    spaces = find_spaces(row["text"], [segment["text"].strip() for segment in told])
    if spaces is not None:
        return [
            {**segment, "text": segment["text"].strip(), "spaced": spaced}
            for segment, spaced in zip(told, spaces, strict=True)
        ]
    start, end = _bounds(row)
    whole = {"start": start, "end": end, "text": row["text"].strip(), "spaced": False}
    return [{**(told[0] if len(told) == 1 else {}), **whole}]


def _from_segments(row: Row) -> list[Piece]:
    pieces: list[Piece] = []
    for segment in own_segments(row):
        span = segment["start"], segment["end"]
        pieces += _split(Piece(segment["text"], segment["spaced"], *span))
    return pieces


def borrow_times(text: str, words: Sequence[Row]) -> list[Row]:
    """A text and words that do not spell it -> the text's words, with what is known of each.

    A word has the times and the probability of the one that is the same, letters and digits alike.
    """
    wanted = text.split()
    matcher = SequenceMatcher(
        None, [_letters(word) for word in wanted], [_letters(word["text"]) for word in words], False
    )
    known = {
        block.a + offset: words[block.b + offset]
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }
    nothing = {"start": None, "end": None, "probability": None}
    return [
        {**known.get(number, nothing), "text": word, "spaced": number > 0}
        for number, word in enumerate(wanted)
    ]


def _letters(word: str) -> str:
    return re.sub(r"[\W_]+", "", word).casefold() or word


def _bounds(row: Row) -> tuple[float, float]:
    """When a row's text begins and ends, as far as its parts tell."""
    parts = [*row["segments"], *row["words"]]
    starts = [part["start"] for part in parts if part["start"] is not None]
    ends = [part["end"] for part in parts if part["end"] is not None]
    start = min(starts, default=0.0)
    return start, max([start, *ends])


def fill_times(
    times: Sequence[tuple[float | None, float | None]], start: float, end: float
) -> list[tuple[float, float]]:
    """Starts and ends, some unknown -> all of them, which never run back.

    Args:
        times: of parts in order.
        start: before the first of them.
        end: behind the last.
    """
    edges = [edge for span in times for edge in span]
    known = [(-1, start), *((place, edge) for place, edge in enumerate(edges) if edge is not None)]
    known.append((len(edges), max(end, known[-1][1])))
    filled = list(map(float, (edge or 0.0 for edge in edges)))
    for (first, before), (stop, after) in pairwise(known):
        for place in range(first + 1, stop):
            filled[place] = before + (after - before) * (place - first) / (stop - first)
    spans = list(zip(filled[::2], filled[1::2], strict=True))
    return [(begin, max(begin, stop)) for begin, stop in spans]
