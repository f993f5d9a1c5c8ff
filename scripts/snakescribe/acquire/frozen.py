"""Remote listings, asked for once and then kept: a channel that changes changes no study."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sources.listing import Found, Listing
from snakescribe.acquire.web import Web, WebError
from snakescribe.store import digest, keyed_path, write_json

log = logging.getLogger(__name__)


@dataclass
class Frozen:
    """The listings of a run; `open` are those that could not be had and may be had later."""

    web: Web
    update: bool = False
    open: list[str] = field(default_factory=list)

    def find(self, listing: Listing) -> list[Found]:
        """A listing -> its recordings: from the store where it is remote and was asked for before.

        An update shows in the log what is new and what has vanished, and drops nothing.
        """
        if not listing.remote:
            return list(listing.find(self.web))
        path = frozen_path(self.web.store, listing.name)
        before = list(_read(path)) if path.exists() else None
        if before is not None and not self.update:
            return before
        try:
            found = list(listing.find(self.web))
        except WebError as error:
            log.warning("%s: cannot be listed: %s", listing.name, error)
            if error.failure.kind != PERMANENT:
                self.open.append(f"{listing.name}: {error.failure.reason}")
                return before or []
            found = []
        kept = _compare(listing.name, before, found) if before is not None else []
        _write(path, listing.name, found + kept)
        return found + kept


def frozen_path(store: Path, name: str) -> Path:
    """Where a listing is kept."""
    return keyed_path(store / "listings", digest(name), ".json")


def _compare(name: str, before: list[Found], now: list[Found]) -> list[Found]:
    """Log what changed; return what has vanished."""
    old, new = {one.identity for one in before}, {one.identity for one in now}
    for one in now:
        if one.identity not in old:
            log.info("%s: new: %s %s", name, one.id, one.title)
    vanished = [one for one in before if one.identity not in new]
    for one in vanished:
        log.info("%s: vanished, but kept: %s %s", name, one.id, one.title)
    return vanished


def _read(path: Path) -> Iterator[Found]:
    for fields in json.loads(path.read_text(encoding="utf-8"))["found"]:
        yield Found(**fields)


def _write(path: Path, name: str, found: list[Found]) -> None:
    write_json(path, {"name": name, "found": [one.as_dict() for one in found]})
