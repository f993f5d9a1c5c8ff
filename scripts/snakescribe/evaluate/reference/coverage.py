"""What a reference says nothing about -> the chunks that cannot be scored against it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf

from snakescribe.evaluate.reference.choose import SpokenReference

Span = tuple[float, float]

# Shares of a chunk's speech. What is said in segments that are not to be scored would count as
# insertions, so that a chunk with more than a little of them is left out. Before the first and
# after the last utterance there may have been nothing to write down: only a chunk that lies there
# as a whole is.
MOST_IGNORED = 0.1
MOST_OUTSIDE = 0.9


def scored_chunks(
    reference: SpokenReference, chunks: Sequence[Span], speech: Sequence[Span]
) -> list[bool]:
    """A reference, chunks and regions of speech (s) -> whether each chunk can be scored."""
    return [_is_scored(reference, chunk, _inside(speech, chunk) or [chunk]) for chunk in chunks]


def seconds_inside(spans: Sequence[Span], whole: Span) -> float:
    """Spans that ascend and do not overlap, and another -> how many of its seconds they cover."""
    return sum(end - start for start, end in _inside(spans, whole))


def _is_scored(reference: SpokenReference, chunk: Span, spoken: Sequence[Span]) -> bool:
    total = sum(end - start for start, end in spoken)
    ignored = sum(seconds_inside(reference.ignored, part) for part in spoken)
    span = [reference.span or chunk]
    outside = total - sum(seconds_inside(span, part) for part in spoken)
    return ignored <= MOST_IGNORED * total and outside <= MOST_OUTSIDE * total


def _inside(spans: Sequence[Span], whole: Span) -> list[Span]:
    """What of the spans, which ascend and do not overlap, lies inside another one."""
    first = max(bisect_right(spans, (whole[0], inf)) - 1, 0)
    stop = bisect_left(spans, (whole[1],), first)
    inside = ((max(start, whole[0]), min(end, whole[1])) for start, end in spans[first:stop])
    return [(start, end) for start, end in inside if start < end]
