"""What came of asking for recordings -> the rows of `sources.tsv`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from snakescribe.acquire.collected import Collected
from snakescribe.acquire.frozen import EMPTY, Listed
from snakescribe.acquire.sources.listing import LIST, Found, Listing
from snakescribe.config.sources import Source
from snakescribe.tables import Row

# What came of the listings of an entry of `recordings`, in order.
Answers = list[tuple[Listing, Listed]]

FILTERED = "left out by match_filters"
TWICE = "named before"


def recordings(answer: Listed) -> list[Found]:
    """What came of a listing -> its recordings, without the lists that it names."""
    return [found for found in answer.all if found.kind != LIST]


def source_rows(
    entries: Sequence[Source], asked: Sequence[Answers], collected: Collected
) -> Iterator[Row]:
    """The sources, what came of each, and what was collected of that -> rows of `sources.tsv`.

    A recording counts as taken once: for the listing that named it first.
    """
    counted: set[str] = set()
    for number, (entry, answers) in enumerate(zip(entries, asked, strict=True)):
        rows: dict[str, Row] = {}
        for listing, answer in answers:
            row = _row(f"recordings.{number}", entry.source, listing, answer)
            _count(row, listing, answer, collected, counted)
            _add(rows, row)
        yield from rows.values()


def _row(place: str, kind: str, listing: Listing, answer: Listed) -> Row:
    reason = answer.reason
    if lists := sum(found.kind == LIST for found in answer.all):
        reason = reason or f"{lists} lists, each with a row of its own"
    return {
        "source": place,
        "kind": kind,
        "listing": listing.asked or listing.name,
        "asked_at": answer.asked_at or None,
        "listed": len(answer.skipped),
        "taken": 0,
        "skipped": dict(Counter(skipped.reason for skipped in answer.skipped)),
        "vanished": 0,
        "status": answer.status,
        "reason": reason or None,
    }


def _count(
    row: Row, listing: Listing, answer: Listed, collected: Collected, counted: set[str]
) -> None:
    """Count the recordings of a listing in its row, and take down in `counted` those taken."""
    gone = {found.identity for found in answer.vanished}
    skipped: Counter[str] = Counter(row["skipped"])
    for recording in recordings(answer):
        identity = collected.identity_of(recording)
        taken = identity is not None and collected.found[identity][0] == listing.name
        if recording.identity in gone:
            row["vanished"] += identity is not None
            continue
        row["listed"] += 1
        if identity is None:
            skipped[f"{FILTERED}: {collected.left_out[recording.identity]}"] += 1
        elif taken and identity not in counted:
            counted.add(identity)
            row["taken"] += 1
        else:
            skipped[TWICE] += 1
    row["skipped"] = dict(skipped)


def _add(rows: dict[str, Row], row: Row) -> None:
    """Add a row to those of a source, or its counts to the one that asked for the same."""
    known: dict[str, Any] | None = rows.get(row["listing"])
    if known is None:
        rows[row["listing"]] = row
        return
    for name in ("listed", "taken", "vanished"):
        known[name] += row[name]
    known["skipped"] = dict(Counter(known["skipped"]) + Counter(row["skipped"]))
    if known["status"] == EMPTY:
        known["status"], known["reason"] = row["status"], row["reason"]
