"""Drop recordings that are no longer listed: an update of the lists never does so by itself."""

from pathlib import Path

from snakescribe.acquire.frozen import frozen_path, frozen_problems, read_frozen, write_frozen
from snakescribe.acquire.lock import Locked, read_lock, write_lock
from snakescribe.acquire.resolve import Collected
from snakescribe.acquire.sources import Found, Listing, make_source
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
        listings = [listing for entry in sources for listing in make_source(entry).listings()]
        _check_vanished(dropped, listings, results.store)
        # Listings first: a recording that only the lock still has is one that has vanished.
        _forget(dropped, listings, results.store)
        write_lock(results.store, [entry for entry in lock if entry.recording not in names])
        rows = [row for row in items if row["recording"] not in names]
        write_table(ITEMS, results.path(ITEMS), rows)
    return dropped


def _check_vanished(dropped: list[Locked], listings: list[Listing], store: Path) -> None:
    listed = Collected()
    for listing in listings:
        listed.add(listing.name, _listed_now(listing, store), set())
    for entry in dropped:
        if identity := listed.identity_of(entry.found):
            raise UserError(
                f"{entry.recording}: {listed.found[identity][0]} still lists it; take it out "
                "there, or leave it out by `match_filters`"
            )


def _listed_now(listing: Listing, store: Path) -> list[Found]:
    if not listing.remote:
        return list(listing.find(Web(store, Pace())))
    path = frozen_path(store, listing.name)
    return read_frozen(path)[0] if path.exists() else []


def _forget(dropped: list[Locked], listings: list[Listing], store: Path) -> None:
    """Take recordings out of what the kept listings say has vanished."""
    identities = {entry.found.identity for entry in dropped}
    problems = frozen_problems(store)
    for listing in listings:
        path = frozen_path(store, listing.name)
        if listing.remote and path.exists():
            listed_now, vanished = read_frozen(path)
            problem = problems.get(listing.name, "")
            rest = [recording for recording in vanished if recording.identity not in identities]
            if len(rest) < len(vanished):
                write_frozen(path, listing.name, listed_now, rest, problem)
