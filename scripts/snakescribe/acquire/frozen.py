"""Remote listings, asked for once and then kept: a channel that changes changes no study."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sources.listing import Found, Listing
from snakescribe.acquire.web import Web, WebError
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

logger = logging.getLogger(__name__)


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
        listed, gone = self._find_kept(listing)
        self.vanished |= {recording.identity for recording in gone}
        return listed + gone

    def _find_kept(self, listing: Listing) -> tuple[list[Found], list[Found]]:
        """A remote listing -> what it lists, and what has vanished from it."""
        path = frozen_path(self.web.store, listing.name)
        before, gone = read_frozen(path) if path.exists() else (None, [])
        if before is not None and not self.update:
            if problem := read_json(path)["problem"]:
                _notify(listing.name, problem)
            return before, gone
        problem = ""
        try:
            listed = list(listing.find(self.web))
        except WebError as error:
            _notify(listing.name, error.failure.reason)
            if error.failure.kind != PERMANENT:
                self.open.append(f"{listing.name}: {error.failure.reason}")
                return before or [], gone
            listed, problem = [], error.failure.reason
        gone = _compare(listing.name, before + gone, listed) if before is not None else []
        write_frozen(path, listing.name, listed, gone, problem)
        return listed, gone


def frozen_path(store: Path, name: str) -> Path:
    """Where a listing is kept."""
    return keyed_path(store / "listings", digest(name), ".json")


def read_frozen(path: Path) -> tuple[list[Found], list[Found]]:
    """A listing that was kept -> what it lists, and what has vanished from it."""
    kept = read_json(path)
    return [Found(**fields) for fields in kept["found"]], [
        Found(**fields) for fields in kept["vanished"]
    ]


def frozen_problems(store: Path) -> dict[str, str]:
    """The listings that are not there, and what their sites said, by name."""
    kept = [read_json(path) for path in (store / "listings").glob("*/*.json")]
    return {listing["name"]: listing["problem"] for listing in kept if listing["problem"]}


def write_frozen(
    path: Path, name: str, listed: list[Found], vanished: list[Found], problem: str = ""
) -> None:
    """Keep a listing; `problem` is why nothing could be listed, and will not be."""
    parts = {"found": listed, "vanished": vanished}
    kept = {part: [recording.as_dict() for recording in several] for part, several in parts.items()}
    write_json(path, {"name": name, "problem": problem, **kept})


def _notify(name: str, problem: str) -> None:
    notify(Kind.LISTING_FAILED, f"cannot be listed: {problem}", source=name)


def _compare(name: str, before: list[Found], now: list[Found]) -> list[Found]:
    """Log what changed; return what has vanished."""
    old, new = (
        {recording.identity for recording in before},
        {recording.identity for recording in now},
    )
    for recording in now:
        if recording.identity not in old:
            logger.info("%s: new: %s %s", name, recording.id, recording.title)
    vanished = [recording for recording in before if recording.identity not in new]
    for recording in vanished:
        logger.info("%s: vanished, but kept: %s %s", name, recording.id, recording.title)
    return vanished
