"""Files of recordings, references and tables of context -> what of them does not belong together.

What a run would give notice of is told before it, where all is here and quickly looked at.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from snakescribe.acquire.collected import Collected
from snakescribe.acquire.context.join import join_context
from snakescribe.acquire.fields import is_local
from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.local_fields import MOST_BYTES, list_local
from snakescribe.acquire.lock import Locked
from snakescribe.acquire.references import notify_of_reference_files, read_references
from snakescribe.acquire.sources.files import some_audio
from snakescribe.config.context import Context, TableContext
from snakescribe.config.sources import FolderSource, MatchFilters, Source, TableSource
from snakescribe.errors import UserError
from snakescribe.notices import Kind, collected

MOST_FILES = 2_000  # a quarter of a second
_TOLD = frozenset(
    {
        Kind.REFERENCE_UNMATCHED,
        Kind.REFERENCE_MISSING,
        Kind.CONTEXT_UNMATCHED,
        Kind.RECORDING_MERGED,
    }
)


def find_unmatched(recordings: Sequence[Source], context: Sequence[Context]) -> Iterator[str]:
    """Sections of a checked config -> a line for each reference, row or file that stands alone.

    Told are references and rows of context tables that belong to no recording, with the nearest
    id, and recordings that two sources name. Sources of the web, large ones, and those with filters
    are left to the run.
    """
    local = {number: source for number, source in enumerate(recordings) if _is_quick(source)}
    # What a source that is not looked at may own is no stranger.
    elsewhere = {
        getattr(source, "references", "")
        for number, source in enumerate(recordings)
        if number not in local
    }
    together = Collected()
    twice: list[str] = []
    try:
        with collected(quiet=True) as told:
            for number, source in local.items():
                place = getattr(source, "references", "")
                place = "" if place in elsewhere else place
                twice += _add(source, number, place, together)
            together.notify_of_strangers()
            if len(local) == len(recordings):
                _match_context(together, context)
    except UserError as error:
        yield f"recordings: {error}"
        return
    yield from twice
    for notice in told.counts():
        if notice.kind in _TOLD:
            yield str(notice)


def _is_quick(source: Source) -> bool:
    if isinstance(source, FolderSource):
        small = len(some_audio(source.path, MOST_FILES + 1)) <= MOST_FILES
    elif isinstance(source, TableSource):
        path = Path(source.path)
        small = is_local(source) and path.stat().st_size <= MOST_BYTES
    else:
        return False
    return small and source.match_filters == MatchFilters()


def _add(source: Source, number: int, place: str, together: Collected) -> Iterator[str]:
    """Add what a source lists, with its references in `place`; a line if others list it too."""
    listed = list_local(source)
    if place:
        references = read_references(place, listed, store=None)
        together.note_references(references)
        listed = list(map(references.add_to, listed))
    known = [recording for recording in listed if together.identity_of(recording)]
    if known:
        yield (
            f"recordings.{number}: {len(known)} of its {len(listed)} recordings are named by "
            f"sources before it, such as {known[0].locator}; each counts once"
        )
    fresh = [recording for recording in listed if not together.identity_of(recording)]
    together.add(f"recordings.{number}", fresh, {recording.identity for recording in fresh})


def _match_context(together: Collected, context: Sequence[Context]) -> None:
    """All recordings, and the tables of context -> notices of rows without recording.

    Where two would be called the same, the run alone knows how they are called.
    """
    nobody: Any = None  # tables ask for nothing
    tables = [entry for entry in context if isinstance(entry, TableContext)]
    locked = [Locked(safe_id(found.id), "", "", found) for _, found in together.found.values()]
    rows = [entry.as_item() for entry in locked]
    notify_of_reference_files(rows)
    if len({entry.recording for entry in locked}) == len(locked):
        join_context(rows, locked, tables, nobody, nobody)
