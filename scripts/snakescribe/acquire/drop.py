"""Drop recordings that are no longer listed: an update of the lists never does so by itself."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from snakescribe.acquire.collected import Collected
from snakescribe.acquire.frozen import Frozen, Listed, read_frozen, with_inner, write_frozen
from snakescribe.acquire.listed_rows import Answers
from snakescribe.acquire.lock import Locked, read_lock, write_lock
from snakescribe.acquire.sources import Listing, make_source
from snakescribe.acquire.web import Web
from snakescribe.config.acquire import Pace
from snakescribe.config.sources import Source
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.store import alone
from snakescribe.tables import ITEMS, write_table


def drop_recordings(results: Results, sources: list[Source], names: set[str]) -> list[Locked]:
    """Take recordings that have vanished out of the lock, the kept listings and `items.tsv`.

    Nothing is asked of the web, and what was downloaded stays in the store. When one of `names`
    cannot be dropped, none is.

    Args:
        results: the results folder.
        sources: `recordings` of the config.
        names: ids of recordings.

    Returns:
        What was dropped.

    Raises:
        UserError: there is no such recording, or a source still lists it.
    """
    items = results.items()  # a UserError where nothing was resolved yet
    with alone(results.store):
        lock = read_lock(results.store)
        if unknown := names - {entry.recording for entry in lock}:
            listed = ", ".join(sorted(unknown))
            raise UserError(f"{results.path(ITEMS)}: there is no recording with the id {listed}")
        dropped = [entry for entry in lock if entry.recording in names]
        asked = [listing for entry in sources for listing in make_source(entry).listings()]
        answers = with_inner(asked, partial(_listed_now, results.store))
        known = [pair for pairs in answers for pair in pairs]
        _check_vanished(dropped, known)
        # Listings first: a recording that only the lock still has is one that has vanished.
        _forget(dropped, known, results.store)
        write_lock(results.store, [entry for entry in lock if entry.recording not in names])
        rows = [row for row in items if row["recording"] not in names]
        write_table(ITEMS, results.path(ITEMS), rows)
    return dropped


def _check_vanished(dropped: list[Locked], listed: Answers) -> None:
    known = Collected()
    for listing, answer in listed:
        known.add(listing.name, answer.found, set())
    for entry in dropped:
        if identity := known.identity_of(entry.found):
            raise UserError(
                f"{entry.recording}: {known.found[identity][0]} still lists it; take it out "
                "there, or leave it out by `match_filters`"
            )


def _listed_now(store: Path, listings: list[Listing]) -> list[Listed]:
    """Listings -> what they list, without asking the web."""
    frozen = Frozen(Web(store, Pace()))
    return [
        (read_frozen(store, listing.name) or Listed(listing.name))
        if listing.remote
        else frozen.find(listing)
        for listing in listings
    ]


def _forget(dropped: list[Locked], listed: Answers, store: Path) -> None:
    """Take recordings out of what the kept listings say has vanished."""
    identities = {entry.found.identity for entry in dropped}
    for listing, answer in listed:
        rest = [recording for recording in answer.vanished if recording.identity not in identities]
        if listing.remote and len(rest) < len(answer.vanished):
            write_frozen(store, replace(answer, vanished=rest))
