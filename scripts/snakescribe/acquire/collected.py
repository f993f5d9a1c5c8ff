"""What the listings of all sources gave: one recording however many of them name it."""

import logging
import os
from dataclasses import replace

from snakescribe.acquire.lock import Locked
from snakescribe.acquire.references import References
from snakescribe.acquire.sources import Found
from snakescribe.notices import Kind, notify

logger = logging.getLogger(__name__)


class Collected:
    """What the listings gave; what several of them name is one recording, with a note in the log.

    `found` has listing and recording by identity, in order; `names` are all listings; `same` tells
    the identity in `found` by other identities, exact ids and locators; `left_out` tells the filter
    that left out a recording, by its identity.
    """

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, Found]] = {}
        self.names: set[str] = set()
        self._listed: set[str] = set()
        self.left_out: dict[str, str] = {}
        self.same: dict[str, str] = {}
        self._referenced: dict[str, References] = {}

    def note_references(self, references: References) -> None:
        """Take down a source's references and which of its recordings, filtered out or not, use."""
        self._referenced.setdefault(references.place, references).join(references)

    def notify_of_strangers(self) -> None:
        """Give notice of references that belong to no recording; sources may share a folder."""
        for references in self._referenced.values():
            references.notify_of_strangers()

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
                self.found[known] = (first, merge(other, recording))
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
        _place(recording) + (recording.part.mark if recording.part else ""),
        *([f"id:{recording.id}"] if recording.exact else []),
    ]


def _place(recording: Found) -> str:
    """Where a recording is, in the one way to write it: `talks/a.wav` is `/data/talks/a.wav`."""
    if recording.kind == "file":
        return os.path.realpath(recording.locator)
    return recording.locator


def merge(first: Found, second: Found) -> Found:
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
        metadata=first.metadata or second.metadata,
        **filled,
    )
