"""Remote listings, asked for once and then kept: a channel that changes changes no study."""

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sources.listing import Found, Listing
from snakescribe.acquire.web import Web, WebError
from snakescribe.store import digest, keyed_path, write_json

log = logging.getLogger(__name__)


@dataclass
class Frozen:
    """The listings of a run; `open` are those that could not be had and may be had later.

    `vanished` are the identities of recordings that are kept though they are no longer listed.
    """

    web: Web
    update: bool = False
    open: list[str] = field(default_factory=list)
    vanished: set[str] = field(default_factory=set)

    def find(self, listing: Listing) -> list[Found]:
        """A listing -> its recordings: from the store where it is remote and was asked for before.

        An update shows in the log what is new and what has vanished, and drops nothing.
        """
        if not listing.remote:
            return list(listing.find(self.web))
        found, gone = self._find_kept(listing)
        self.vanished |= {one.identity for one in gone}
        return found + gone

    def _find_kept(self, listing: Listing) -> tuple[list[Found], list[Found]]:
        """A remote listing -> what it lists, and what has vanished from it."""
        path = frozen_path(self.web.store, listing.name)
        before, gone = read_frozen(path) if path.exists() else (None, [])
        if before is not None and not self.update:
            return before, gone
        problem = ""
        try:
            found = list(listing.find(self.web))
        except WebError as error:
            log.warning("%s: cannot be listed: %s", listing.name, error)
            if error.failure.kind != PERMANENT:
                self.open.append(f"{listing.name}: {error.failure.reason}")
                return before or [], gone
            found, problem = [], error.failure.reason
        gone = _compare(listing.name, before + gone, found) if before is not None else []
        write_frozen(path, listing.name, found, gone, problem)
        return found, gone


def frozen_path(store: Path, name: str) -> Path:
    """Where a listing is kept."""
    return keyed_path(store / "listings", digest(name), ".json")


def read_frozen(path: Path) -> tuple[list[Found], list[Found]]:
    """A listing that was kept -> what it lists, and what has vanished from it."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return [Found(**one) for one in kept["found"]], [Found(**one) for one in kept["vanished"]]


def frozen_problems(store: Path) -> dict[str, str]:
    """The listings that are not there, and what their sites said, by name."""
    kept = [json.loads(path.read_text()) for path in (store / "listings").glob("*/*.json")]
    return {one["name"]: one["problem"] for one in kept if one["problem"]}


def write_frozen(
    path: Path, name: str, found: list[Found], vanished: list[Found], problem: str = ""
) -> None:
    """Keep a listing; `problem` is why nothing could be listed, and will not be."""
    parts = {"found": found, "vanished": vanished}
    kept = {part: [one.as_dict() for one in several] for part, several in parts.items()}
    write_json(path, {"name": name, "problem": problem, **kept})


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
