"""A recording's timed reference -> where its utterances are, to cut between them."""

from collections.abc import Iterable
from pathlib import Path

from snakescribe.captions.read import read_reference
from snakescribe.captions.sources import list_sources
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.process.speech import Span
from snakescribe.tables import Row


def find_utterances(
    item: Row, recording: Row | None, tiers: list[str], total_ms: int
) -> list[Span] | None:
    """An item and what acquiring it gave -> the utterances of its best timed reference, in ms.

    Args:
        item: a row of the items table.
        recording: the recording's row, with the captions found.
        tiers: the tiers that count, best first.
        total_ms: duration of the recording; what lies behind its end is left out.

    Returns:
        Spans in order that do not overlap (utterances that do are one); None where no reference
        has times.

    Raises:
        UserError: `reference_tier` names no tier.
    """
    for source in list_sources(item, recording, tiers, item["language"] or ""):
        if not source.path:
            continue
        try:
            reference = read_reference(Path(source.path), item["recording"])
        except (UserError, OSError, ValueError) as error:
            text = f"not cut at its borders: {error}"
            notify(Kind.REFERENCE_UNREADABLE, text, recording=item["recording"], source=source.path)
            continue
        if reference.timed and reference.utterances:
            spans = [
                (round((part.start or 0) * 1000), min(round((part.end or 0) * 1000), total_ms))
                for part in reference.utterances
            ]
            return join_overlapping(span for span in spans if span[0] < span[1])
    return None


def join_overlapping(spans: Iterable[Span]) -> list[Span]:
    """Spans in any order -> the same in order; those that overlap are one, those that touch not."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
