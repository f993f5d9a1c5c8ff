"""Chunks that overlap -> what each wrote of the part that is its own, so that nothing counts twice.

Both chunks of a pair hear the overlap. What they wrote of it is divided at a *seam*: among the
words that both wrote, letters and digits alike, at most `MOST_APART` from each other in time, it is
the one nearest to the middle of the overlap; up to and with it the words are the first chunk's,
after it the second's. Where they have no such word, the seam is the middle: a word belongs to the
side on which its own middle lies. Words without times are spread over their segment by their
letters, which is rough; then a word may be as far from its twin as the overlap is long twice, and
a neighbour of both must be alike too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from snakescribe.tables import Row
from snakescribe.timed_text import Piece, find_pieces, middle_of, place_parts

MOST_APART = 0.5  # s, between the times that two chunks give the same word


def divide_overlaps(rows: Sequence[Row], spans: Sequence[tuple[float, float]]) -> list[Row]:
    """Rows of the transcripts table of one recording and condition -> the same without overlaps.

    Args:
        rows: in order of their chunks, times on the recording's clock.
        spans: start and end (s) of each row's chunk; neighbours may overlap.

    Returns:
        Rows whose texts, segments and words hold what is the chunk's own; those of chunks that
        overlap none are as they were.
    """
    pieces = [find_pieces(row, span) for row, span in zip(rows, spans, strict=True)]
    keep = [[0, len(part)] for part in pieces]
    overlapping = [left[1] > right[0] for left, right in pairwise(spans)]
    for number, overlaps in enumerate(overlapping):
        if overlaps:
            overlap = (spans[number + 1][0], spans[number][1])
            stop, first = find_seam(pieces[number], pieces[number + 1], overlap)
            keep[number][1], keep[number + 1][0] = stop, first
    touched = [
        before or after
        for before, after in zip([False, *overlapping], [*overlapping, False], strict=True)
    ]
    return [
        cut_row(row, part[first : max(first, stop)]) if cut else row
        for row, part, (first, stop), cut in zip(rows, pieces, keep, touched, strict=True)
    ]


def merge_rows(rows: Iterable[Row], chunks: Sequence[Row]) -> Iterator[Row]:
    """Rows of the transcripts table and the chunks that they are of -> the same without overlaps.

    Where no chunk overlaps its neighbour, rows pass one by one as they are.
    """
    spans = {chunk["chunk"]: (chunk["start"], chunk["end"]) for chunk in chunks}
    neighbours = pairwise(chunks)
    if not any(
        left["recording"] == right["recording"] and right["start"] < left["end"]
        for left, right in neighbours
    ):
        yield from rows
        return
    ordered = list(rows)
    groups: dict[tuple[str, str, str, int], list[int]] = {}
    for place, row in enumerate(ordered):
        condition = (row["prompt"], row["decoding"], row["repeat"])
        groups.setdefault((row["recording"], *condition), []).append(place)
    for places in groups.values():
        places.sort(key=lambda place: spans[ordered[place]["chunk"]])
        members = [ordered[place] for place in places]
        divided = divide_overlaps(members, [spans[row["chunk"]] for row in members])
        for place, row in zip(places, divided, strict=True):
            ordered[place] = row
    yield from ordered


def find_seam(
    left: Sequence[Piece], right: Sequence[Piece], overlap: tuple[float, float]
) -> tuple[int, int]:
    """Words of two chunks and their overlap (s) -> how many of the left are kept, and the first of
    the right that is."""
    start, end = overlap
    middle = (start + end) / 2
    timed = all(piece.timed for piece in (*left, *right))
    slack = MOST_APART if timed else 2 * (end - start)
    tail = [place for place, piece in enumerate(left) if piece.end > start - slack]
    head = [place for place, piece in enumerate(right) if piece.start < end + slack]
    apart = {
        (early, late): abs(left[early].middle - right[late].middle)
        for early in tail
        for late in head
        if _are_twins(left, right, early, late, slack, timed)
    }
    if apart:
        early, late = min(
            _each_others_nearest(apart),
            key=lambda pair: abs((left[pair[0]].middle + right[pair[1]].middle) / 2 - middle),
        )
        return early + 1, late + 1
    after = head[-1] + 1 if head else 0
    stop = next((place for place in tail if left[place].middle >= middle), len(left))
    first = next((place for place in head if right[place].middle >= middle), after)
    return stop, first


def _each_others_nearest(apart: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pairs of like words and how far apart they are -> those of which neither has a nearer one.

    A word that is said twice in a row is thus not taken for its neighbour.
    """
    of_left: dict[int, float] = {}
    of_right: dict[int, float] = {}
    for (early, late), distance in apart.items():
        of_left[early] = min(distance, of_left.get(early, distance))
        of_right[late] = min(distance, of_right.get(late, distance))
    return [
        (early, late)
        for (early, late), distance in apart.items()
        if distance == of_left[early] == of_right[late]
    ]


def _are_twins(
    left: Sequence[Piece], right: Sequence[Piece], early: int, late: int, slack: float, timed: bool
) -> bool:
    """Whether a word of the left and one of the right are the same, heard twice."""
    same = left[early].plain and left[early].plain == right[late].plain
    if not same or abs(left[early].middle - right[late].middle) > slack:
        return False
    return (
        timed
        or _are_alike(left, right, early - 1, late - 1)
        or _are_alike(left, right, early + 1, late + 1)
    )


def _are_alike(left: Sequence[Piece], right: Sequence[Piece], early: int, late: int) -> bool:
    inside = 0 <= early < len(left) and 0 <= late < len(right)
    return bool(inside and left[early].plain == right[late].plain != "")


def _is_within(part: Row, kept: Sequence[Piece]) -> bool:
    """Whether the middle of a part, which the text does not have, lies in what is kept.

    One without times stays.
    """
    middle = middle_of(part)
    return middle is None or kept[0].start <= middle <= kept[-1].end


def cut_row(row: Row, kept: Sequence[Piece]) -> Row:
    """A row and the words of its text that are kept, one after the other -> the row with them."""
    if not kept:
        return {**row, "text": "", "segments": [], "words": []}
    first, stop = kept[0].first, kept[-1].stop
    text = row["text"]
    timed = place_parts([word["text"].strip() for word in row["words"]], text)
    if timed is None:
        words = [word for word in row["words"] if _is_within(word, kept)]
    else:
        words = [
            word
            for word, (begin, end) in zip(row["words"], timed, strict=True)
            if first <= begin and end <= stop
        ]
    placed = place_parts([segment["text"].strip() for segment in row["segments"]], text)
    if placed is None:
        segments = [segment for segment in row["segments"] if _is_within(segment, kept)]
        return {**row, "text": text[first:stop], "segments": segments, "words": words}
    segments = []
    for segment, (begin, end) in zip(row["segments"], placed, strict=True):
        inside = [piece for piece in kept if begin <= piece.first and piece.stop <= end]
        if inside:
            part = text[inside[0].first : inside[-1].stop]
            segments.append(
                {
                    **segment,
                    "start": segment["start"] if inside[0].first == begin else inside[0].start,
                    "end": segment["end"] if inside[-1].stop == end else inside[-1].end,
                    "text": f" {part}" if segment["text"].startswith(" ") else part,
                }
            )
    return {**row, "text": text[first:stop], "segments": segments, "words": words}
