"""Remote listings, asked for once and then kept: a channel that changes changes no study."""

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from snakescribe.acquire.sources.listing import LIST, Found, Listing, Skipped
from snakescribe.acquire.web import Web, WebError
from snakescribe.acquire.ytdlp import load_ytdlp
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

OK = "ok"
EMPTY = "empty"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listed:
    """What came of a listing.

    Attributes:
        name: of the listing.
        found: its recordings; of `vanished` ones too, which it no longer lists but which are kept.
        skipped: its entries that are no recordings.
        asked_at: when the site answered or refused, in UTC; empty: it is read here.
        status: `ok`, `empty`, or why it could not be had, as of a recording.
        reason: that in words.
    """

    name: str
    found: list[Found] = field(default_factory=list)
    vanished: list[Found] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    asked_at: str = ""
    status: str = OK
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether it could not be had now."""
        return self.status not in (OK, EMPTY)

    @property
    def all(self) -> list[Found]:
        """All of its recordings."""
        return self.found + self.vanished


@dataclass
class Frozen:
    """The listings of a run, from the store where they are remote and were had before.

    An `update` asks for them again; it shows in the log what is new and what has vanished, and
    drops nothing.
    """

    web: Web
    update: bool = False

    def find_all(self, listings: Iterable[Listing]) -> list[list[tuple[Listing, Listed]]]:
        """Listings -> what came of each, in order, with the lists that it lists behind it.

        They are asked for side by side; `Web` keeps the pace of each site.
        """
        return with_inner(listings, self._find_side_by_side)

    def _find_side_by_side(self, listings: list[Listing]) -> list[Listed]:
        once = {listing.name: listing for listing in listings}  # two sources may name the same
        if any(listing.remote for listing in listings):
            load_ytdlp()
        with ThreadPoolExecutor(self.web.pace.concurrent_downloads) as pool:
            futures = {name: pool.submit(self.find, listing) for name, listing in once.items()}
            try:
                return [futures[listing.name].result() for listing in listings]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def find(self, listing: Listing) -> Listed:
        """A listing -> what came of it."""
        if not listing.remote:
            return _listed(listing.name, listing.find(self.web))
        before = read_frozen(self.web.store, listing.name)
        if before and not self.update:
            return before
        asked_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        try:
            entries = (_dated(entry, asked_at) for entry in listing.find(self.web))
            listed = _listed(listing.name, entries, asked_at)
        except WebError as error:
            return _failed(listing.name, before, asked_at, error)
        if before:
            vanished = _compare(listing.name, before.all, listed.found)
            listed = _listed(listing.name, [*listed.found, *listed.skipped], asked_at, vanished)
        write_frozen(self.web.store, listed)
        return listed


def with_inner(
    listings: Iterable[Listing], find: Callable[[list[Listing]], list[Listed]]
) -> list[list[tuple[Listing, Listed]]]:
    """Listings, and how some are had -> what came of each, and of the lists that it lists.

    A channel lists its playlists; these stand behind it, each as a listing of its own.
    """
    asked = list(listings)
    answers = [[pair] for pair in zip(asked, find(asked), strict=True)]
    inner = [
        (place, listing.open(found))
        for place, [(listing, listed)] in enumerate(answers)
        for found in listed.all
        if listing.open and found.kind == LIST
    ]
    if inner:
        behind = with_inner([listing for _, listing in inner], find)
        for (place, _), pairs in zip(inner, behind, strict=True):
            answers[place] += pairs
    return answers


def read_frozen(store: Path, name: str) -> Listed | None:
    """A listing that was kept, or None: it was never had."""
    try:
        kept = read_json(_path(store, name))
    except FileNotFoundError:
        return None
    if kept.get("problem"):  # an older version kept that a list was gone
        return None
    entries = [Found.from_dict(fields) for fields in kept["found"]]
    skipped = [Skipped(**fields) for fields in kept.get("skipped", [])]
    vanished = [Found.from_dict(fields) for fields in kept["vanished"]]
    return _listed(name, [*entries, *skipped], kept.get("asked_at", ""), vanished)


def write_frozen(store: Path, listed: Listed) -> None:
    """Keep a listing."""
    kept = {
        "name": listed.name,
        "asked_at": listed.asked_at,
        "found": [found.as_dict() for found in listed.found],
        "vanished": [found.as_dict() for found in listed.vanished],
        "skipped": [skipped.as_dict() for skipped in listed.skipped],
    }
    write_json(_path(store, listed.name), kept)


def _path(store: Path, name: str) -> Path:
    return keyed_path(store / "listings", digest(name), ".json")


def _listed(
    name: str,
    entries: Iterable[Found | Skipped],
    asked_at: str = "",
    vanished: Iterable[Found] = (),
) -> Listed:
    entries = list(entries)
    found = [entry for entry in entries if isinstance(entry, Found)]
    skipped = [entry for entry in entries if isinstance(entry, Skipped)]
    status, reason = OK, ""
    if not found:
        status = EMPTY
        reason = f"none of {len(skipped)} entries is a recording" if skipped else "it lists nothing"
    return Listed(name, found, list(vanished), skipped, asked_at, status, reason)


def _dated(entry: Found | Skipped, asked_at: str) -> Found | Skipped:
    """An entry -> the same; what the list says of it for the tables of metadata is dated."""
    if isinstance(entry, Skipped) or not entry.metadata:
        return entry
    return replace(entry, metadata={**entry.metadata, "retrieved_at": asked_at})


def _failed(name: str, before: Listed | None, asked_at: str, error: WebError) -> Listed:
    """A list that does not answer: what it once listed counts, and the next run asks again."""
    reason = error.failure.reason
    notify(Kind.LISTING_FAILED, f"cannot be listed: {reason}", source=name)
    if before is None:
        return Listed(name, asked_at=asked_at, status=error.failure.status, reason=reason)
    reason += f"; what it listed {f'at {before.asked_at}' if before.asked_at else 'before'} counts"
    return Listed(
        name, before.found, before.vanished, before.skipped, asked_at, error.failure.status, reason
    )


def _compare(name: str, before: list[Found], now: list[Found]) -> list[Found]:
    """Log what changed; return what has vanished."""
    old = {recording.identity for recording in before}
    new = {recording.identity for recording in now}
    for recording in now:
        if recording.identity not in old:
            logger.info("%s: new: %s %s", name, recording.id, recording.title)
    vanished = [recording for recording in before if recording.identity not in new]
    for recording in vanished:
        logger.info("%s: vanished, but kept: %s %s", name, recording.id, recording.title)
    return vanished
