"""Stretches of a recording, in seconds on its clock: what of some lies inside others."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import inf

Span = tuple[float, float]


def spans_inside(spans: Sequence[Span], whole: Span) -> list[Span]:
    """What of the spans, which ascend and do not overlap, lies inside another one."""
    first = max(bisect_right(spans, (whole[0], inf)) - 1, 0)
    stop = bisect_left(spans, (whole[1],), first)
    inside = ((max(start, whole[0]), min(end, whole[1])) for start, end in spans[first:stop])
    return [(start, end) for start, end in inside if start < end]


def seconds_inside(spans: Sequence[Span], whole: Span) -> float:
    """Spans that ascend and do not overlap, and another -> how many of its seconds they cover."""
    return sum(end - start for start, end in spans_inside(spans, whole))


def own_spans(chunks: Sequence[Sequence[float]]) -> list[Span]:
    """Chunks in order, which may overlap -> the part of each that is its own.

    What two chunks have both is divided in its middle; where none overlap they are what they are.
    """
    if not chunks:
        return []
    edges = [
        (left[1] + right[0]) / 2 if right[0] < left[1] else None for left, right in pairwise(chunks)
    ]
    starts = [None, *edges]
    ends = [*edges, None]
    return [
        (chunk[0] if start is None else start, chunk[1] if end is None else end)
        for chunk, start, end in zip(chunks, starts, ends, strict=True)
    ]
