"""What was said in a whole recording -> what of it belongs to each chunk."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from snakescribe.tables import Row
from snakescribe.timed_text import find_pieces, place_parts
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import Decoded, Segment, Word
from snakescribe.transcribe.export.pieces import borrow_times, fill_times
from snakescribe.transcribe.overlap import cut_row
from snakescribe.transcribe.spacing import mark_spaces

TICK = 1e-6  # s; what ends at a border was said before it


def to_row(decoded: Decoded) -> Row:
    """A transcript whose values are checked -> `text`, `segments`, and the `words` that spell it.

    There are no words where the file times none, or not even half of the text's.
    """
    text = " ".join(decoded.text.split())
    words: list[Row] = [{**word} for word in decoded.words]
    if words and place_parts([word["text"] for word in words], text) is None:
        words = borrow_times(text, words)
    known = sum(word["start"] is not None for word in words)
    segments = [
        {**segment, "text": " ".join(segment["text"].split())} for segment in decoded.segments
    ]
    kept: list[Word] = [_as_word(word) for word in words] if 2 * known > len(words) else []
    return {"text": text, "segments": segments, "words": mark_spaces(text, kept)}


def _as_word(word: Row) -> Word:
    return {
        "start": word["start"],
        "end": word["end"],
        "text": word["text"],
        "probability": word["probability"],
    }


def cut_by_time(row: Row, chunks: Sequence[Row], seconds: float) -> list[Decoded]:
    """A recording's transcript with times -> that of each chunk.

    A word belongs to the chunk in which its middle lies, or else to the nearest one, so that each
    lies in exactly one. Words whose times are not known stay between their neighbours.

    Args:
        row: as `to_row` makes it; times in s on the recording's clock, and so they stay.
        chunks: rows of the chunks table, in order; where they overlap, the middle divides them.
        seconds: length of the recording.
    """
    spans = fill_times([(word["start"], word["end"]) for word in row["words"]], 0.0, seconds)
    filled = [
        {**word, "start": start, "end": end}
        for word, (start, end) in zip(row["words"], spans, strict=True)
    ]
    pieces = find_pieces({**row, "words": filled}, (0.0, seconds))
    middles: list[float] = []
    for piece in pieces:  # whatever the times say, words keep their order
        middles.append(max(piece.middle, middles[-1] if middles else 0.0))
    borders = [(left["end"] + right["start"]) / 2 for left, right in pairwise(chunks)]
    cuts = [0, *(bisect_left(middles, border + TICK) for border in borders), len(pieces)]
    parts = [cut_row(row, pieces[first:stop]) for first, stop in pairwise(cuts)]
    return [Decoded(part["text"], "", part["segments"], part["words"]) for part in parts]


def cut_by_texts(texts: Sequence[str], chunks: Sequence[Row]) -> list[Decoded]:
    """The text of each chunk, without times -> the same as a segment as long as the chunk."""
    return [
        Decoded(text, "", [_as_long_as(chunk, text)] if text else [])
        for text, chunk in zip(texts, chunks, strict=True)
    ]


def _as_long_as(chunk: Row, text: str) -> Segment:
    return {
        "start": chunk["start"],
        "end": chunk["end"],
        "text": text,
        "tokens": None,
        "avg_logprob": None,
        "no_speech_prob": None,
        "compression_ratio": compression_ratio(text),
        "temperature": None,
    }
