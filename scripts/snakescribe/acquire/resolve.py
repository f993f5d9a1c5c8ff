"""Resolve the sources of a config to `items.tsv`: which recordings there are."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from snakescribe.acquire.context.join import join_context
from snakescribe.acquire.filters import filter_found
from snakescribe.acquire.frozen import Frozen
from snakescribe.acquire.lock import Locked, extend_lock, read_lock, write_lock
from snakescribe.acquire.lookup import Lookup
from snakescribe.acquire.params import ResolveParams
from snakescribe.acquire.references import (
    References,
    notify_of_reference_files,
    read_references,
)
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sources import Found, make_source
from snakescribe.acquire.web import Web
from snakescribe.config.acquire import Pace
from snakescribe.config.sources import Source
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.store import remove_leftovers
from snakescribe.tables import ITEMS, write_table

STEP_VERSION = 1
ROUND = "resolve"

logger = logging.getLogger(__name__)


def resolve_items(
    params: ResolveParams, store: Path, output: Path, pace: Pace, update: bool = False
) -> int:
    """Sources and context -> `items.tsv`; returns how many recordings it lists.

    Starts from the lock in the store, which the caller holds: ids and shards once given stay.
    What could not be listed or looked up for now is left to the next run, which `ROUND` announces.

    Args:
        params: the sources, the context, and how many recordings a shard takes.
        store: the folder that keeps the lock and what the web said.
        output: the `items.tsv` to write.
        pace: how fast sites are asked.
        update: list channels, feeds and the like again.

    Raises:
        UserError: a source that finds nothing, a malformed table, and the like.
    """
    for folder in (store, output.parent):
        remove_leftovers(folder)
    web = Web(store, pace)
    frozen, lookup = Frozen(web, update), Lookup(web, params.youtube_api_url)
    collected = Collected()
    for index, source in enumerate(params.recordings):
        place = f"recordings.{index}.source"
        _collect(source, place, collected, frozen, lookup)
    collected.notify_of_strangers()
    before = [entry for entry in read_lock(store) if not collected.is_left_out(entry)]
    locked = extend_lock(
        before,
        collected.found,
        collected.same,
        collected.names,
        frozen.vanished,
        params.recordings_per_shard,
    )
    if not locked:
        failures = "; ".join(frozen.open) or "the sources of the config list none"
        raise UserError(f"recordings: there is no recording at all: {failures}")
    write_lock(store, locked)
    rows = [entry.as_item() for entry in locked]
    notify_of_reference_files(rows)
    asked = join_context(rows, locked, params.context, web, lookup)
    if frozen.open or lookup.open or not asked:
        open_round(store, ROUND)
    return write_table(ITEMS, output, rows)


def _collect(
    entry: Source, place: str, collected: "Collected", frozen: Frozen, lookup: Lookup
) -> None:
    """Add the recordings of a source that its filters let through, with their references."""
    source = make_source(entry, place)
    listed = [(listing.name, frozen.find(listing)) for listing in source.listings()]
    references = References()
    if entry.references:
        references = read_references(Path(entry.references), frozen.web.store)
    chosen = {recording.identity: recording for _, recordings in listed for recording in recordings}
    collected.note_references(references, chosen.values())
    identities = set(chosen)
    matching = filter_found(list(chosen.values()), entry.match_filters, lookup.complete)
    chosen = {recording.identity: recording for recording in matching}
    for name, recordings in listed:
        known = [
            chosen[recording.identity] for recording in recordings if recording.identity in chosen
        ]
        collected.add(name, list(map(references.add_to, known)), identities)


class Collected:
    """What the listings gave; what several of them name is one recording, with a note in the log.

    `found` has listing and recording by identity, in order; `names` are all listings; `same` tells
    the identity in `found` by other identities, exact ids and locators.
    """

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, Found]] = {}
        self.names: set[str] = set()
        self._listed: set[str] = set()
        self.same: dict[str, str] = {}
        self._referenced: dict[str, tuple[References, list[Found]]] = {}

    def note_references(self, references: References, listed: Iterable[Found]) -> None:
        """Take down which recordings a source lists for its references, filtered out or not."""
        self._referenced.setdefault(references.place, (references, []))[1].extend(listed)

    def notify_of_strangers(self) -> None:
        """Give notice of references that belong to none of those; sources may share a folder."""
        for references, listed in self._referenced.values():
            references.notify_of_strangers(listed)

    def add(self, name: str, chosen: list[Found], listed: set[str]) -> None:
        """Add a listing: those chosen of all that are listed."""
        self.names.add(name)
        self._listed |= listed
        for recording in chosen:
            known = self.identity_of(recording)
            identity = known or recording.identity
            if known:
                first, other = self.found[known]
                if recording.exact and other.exact and recording.id != other.id:
                    text = f"the id '{recording.id}' of {name} names the same audio; not counted"
                    notify(Kind.RECORDING_MERGED, text, recording=other.id)
                elif first != name or other.identity != recording.identity:
                    logger.info("%s: %s and %s list it; it counts once", other.id, first, name)
                self.found[known] = (first, _merge(other, recording))
            else:
                self.found[identity] = (name, recording)
            self.same.update(dict.fromkeys(_marks(recording), identity))

    def identity_of(self, recording: Found) -> str | None:
        """The identity under which a recording was added, by whichever of its names."""
        return next((self.same[mark] for mark in _marks(recording) if mark in self.same), None)

    def is_left_out(self, entry: Locked) -> bool:
        """Whether a locked recording is still listed, but no filter lets it through any more."""
        identity = entry.found.identity
        return identity in self._listed and identity not in self.same


def _marks(recording: Found) -> list[str]:
    """By what a recording is known again when another source names it."""
    return [
        recording.identity,
        recording.locator,
        *([f"id:{recording.id}"] if recording.exact else []),
    ]


def _merge(first: Found, second: Found) -> Found:
    """Two findings of one recording: the first one counts, the second fills its gaps.

    A file wins over a URL: it is an earlier download of the same.
    """
    filled = {
        name: getattr(first, name) or getattr(second, name)
        for name in ("title", "language", "speaker", "reference", "reference_file")
    }
    if filled["reference"] and first.reference_file:
        filled["reference"] = first.reference
    place = second if second.kind == "file" and first.kind == "url" else first
    return replace(
        first,
        kind=place.kind,
        locator=place.locator,
        context={**second.context, **first.context},
        **filled,
    )
