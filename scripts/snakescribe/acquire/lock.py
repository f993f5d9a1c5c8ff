"""The lock of the corpus: every recording keeps its id and its shard when the list grows."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.ids import safe_id, suffixed
from snakescribe.acquire.shards import place_new
from snakescribe.acquire.sources.listing import Found
from snakescribe.errors import UserError
from snakescribe.languages import is_told, language_tag
from snakescribe.notices import Kind, notify
from snakescribe.store import replacing
from snakescribe.tables import Row

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Locked:
    """A recording in the lock: what was found, where, and the id and shard it got for it."""

    recording: str
    shard: str
    listing: str
    found: Found

    def as_item(self) -> Row:
        """As a row of `items.tsv`."""
        return {
            "recording": self.recording,
            "shard": self.shard,
            "source": self.listing,
            "kind": self.found.kind,
            "locator": self.found.locator,
            "start": self.found.part.start if self.found.part else None,
            "end": self.found.part.end if self.found.part else None,
            "title": self.found.title or None,
            "language": _language(self.found.language),
            "speaker": self.found.speaker or None,
            "reference": self.found.reference or None,
            "reference_file": self.found.reference_file or None,
            "context": self.found.context,
        }


def _language(told: str) -> str | None:
    """What a source says of a language -> its tag; what is none stays, for others to tell."""
    return (language_tag(told) or told) if is_told(told) else None


def lock_path(store: Path) -> Path:
    """Where a results folder's lock lies: Snakemake removes `items.tsv` before each resolve."""
    return store / "items.lock.jsonl"


def read_lock(store: Path) -> list[Locked]:
    """The lock, in order; empty before the first resolve.

    Raises:
        UserError: the file is damaged.
    """
    path = lock_path(store)
    if not path.exists():
        return []
    locked = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            locked.append(Locked(**{**row, "found": Found.from_dict(row["found"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(
                f"{path}: line {number}: the lock is damaged ({error}); restore it, or remove it "
                "to number all recordings anew"
            ) from error
    return locked


def write_lock(store: Path, locked: Iterable[Locked]) -> None:
    """Write the lock at once."""
    with replacing(lock_path(store)) as part, part.open("w", encoding="utf-8") as stream:
        for entry in locked:
            row = {
                "recording": entry.recording,
                "shard": entry.shard,
                "listing": entry.listing,
                "found": entry.found.as_dict(),
            }
            stream.write(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n")


def extend_lock(
    before: list[Locked],
    listed: dict[str, tuple[str, Found]],
    same: dict[str, str],
    listings: set[str],
    kept: set[str],
    recordings_per_shard: int | str,
) -> list[Locked]:
    """The lock, and what is listed now -> the new lock.

    Args:
        before: the lock as it was.
        listed: listing and recording by identity, in order, without duplicates.
        same: the identity under which another source has named a recording -> the one in `listed`.
        listings: all listings of the config; what another one had found leaves the lock.
        kept: the identities of those in `listed` that are no longer listed.
        recordings_per_shard: how many a shard takes before the next is opened, or `auto`.
    """
    after, gone, vanished = [], 0, 0
    for entry in before:
        identity = same.get(entry.found.identity, entry.found.identity)
        if identity in listed:
            listing, now = listed[identity]
            vanished += identity in kept
            after.append(Locked(entry.recording, entry.shard, listing, now))
        elif entry.listing in listings:
            after.append(entry)
            vanished += 1
        else:
            gone += 1
    known = {entry.found.identity for entry in after}
    new = [
        (listing, recording)
        for identity, (listing, recording) in listed.items()
        if identity not in known
    ]
    if before:
        logger.info(
            "%d recordings are new, %d are no longer listed but kept, %d left with their source",
            len(new),
            vanished,
            gone,
        )
    taken = {entry.recording.casefold() for entry in after}
    ids = _name(new, taken)
    shards = place_new([entry.shard for entry in after], len(new), recordings_per_shard)
    for (listing, fresh), shard in zip(new, shards, strict=True):
        after.append(Locked(ids[fresh.identity], shard, listing, fresh))
    _tell_renamed(after)
    return after


def _tell_renamed(locked: Iterable[Locked]) -> None:
    """Give notice of ids in users' tables by which their recordings are not called."""
    for entry in locked:
        wanted = safe_id(entry.found.id)
        if entry.found.exact and entry.recording != wanted:
            notify(
                Kind.RECORDING_RENAMED,
                f"the id '{wanted}' is another one's, or differs from it in capitals only; "
                f"this one is called '{entry.recording}'",
                recording=entry.recording,
            )


def _name(new: list[tuple[str, Found]], taken: set[str]) -> dict[str, str]:
    """Give each new recording an id: its own where it can be, else one with a suffix.

    Exact ids that are safe come first, so that what the user wrote is what stands in the tables.
    """
    names: dict[str, str] = {}
    for _, recording in sorted(
        new, key=lambda pair: not (pair[1].exact and safe_id(pair[1].id) == pair[1].id)
    ):
        name = safe_id(recording.id)
        if name.casefold() in taken:  # disks may not tell capitals apart
            name = suffixed(name, recording.identity)
            logger.info(
                "%s: the id '%s' is taken; it is '%s'",
                recording.locator,
                safe_id(recording.id),
                name,
            )
        taken.add(name.casefold())
        names[recording.identity] = name
    return names
