"""What a reference says nothing about -> the chunks that cannot be scored against it."""

from collections.abc import Sequence

from snakescribe.evaluate.reference.choose import SpokenReference
from snakescribe.spans import Span, seconds_inside, spans_inside

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
    return [
        _is_scored(reference, chunk, spans_inside(speech, chunk) or [chunk]) for chunk in chunks
    ]


def _is_scored(reference: SpokenReference, chunk: Span, spoken: Sequence[Span]) -> bool:
    total = sum(end - start for start, end in spoken)
    ignored = sum(seconds_inside(reference.ignored, part) for part in spoken)
    span = [reference.span or chunk]
    outside = total - sum(seconds_inside(span, part) for part in spoken)
    return ignored <= MOST_IGNORED * total and outside <= MOST_OUTSIDE * total
