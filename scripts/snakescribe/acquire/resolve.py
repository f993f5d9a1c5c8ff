"""Resolve the sources of a config to `items.tsv`: which recordings there are."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from snakescribe.acquire.collected import Collected, merge
from snakescribe.acquire.context.games import game_rows
from snakescribe.acquire.context.join import Describer, join_context
from snakescribe.acquire.filters import Chooser
from snakescribe.acquire.frozen import Frozen
from snakescribe.acquire.listed_rows import Answers, recordings, source_rows
from snakescribe.acquire.lock import extend_lock, read_lock, write_lock
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
from snakescribe.acquired import lists_without_recordings, source_line
from snakescribe.config.acquire import Pace
from snakescribe.config.sources import Source
from snakescribe.errors import UserError
from snakescribe.results import Results, items_copy
from snakescribe.store import remove_leftovers
from snakescribe.tables import ITEMS, SOURCES, write_table
from snakescribe.tables.metadata import GAME_TABLES

STEP_VERSION = 6
ROUND = "resolve"


def resolve_items(
    params: ResolveParams, store: Path, output: Path, pace: Pace, update: bool = False
) -> int:
    """Sources and context -> `items.tsv`, and `sources.tsv` beside it; returns the recordings.

    Starts from the lock in the store, which the caller holds: ids and shards once given stay.
    What could not be listed or looked up for now is left to the next run, which `ROUND` announces.

    Args:
        params: the sources, the context, and how many recordings a shard takes.
        store: the folder that keeps the lock and what the web said.
        output: the `items.tsv` to write; the tables of games lie in ``games/`` beside it.
        pace: how fast sites are asked.
        update: list channels, feeds and the like again.

    Raises:
        UserError: a source that finds nothing, a malformed table, and the like.
    """
    for folder in (store, output.parent):
        remove_leftovers(folder)
    lists_without_recordings(store).unlink(missing_ok=True)
    web = Web(store, pace)
    lookup = Lookup(web, params.youtube_api_url)
    asked = ask_sources(params.recordings, Frozen(web, update))
    describer = Describer(params.context, web, lookup)
    chooser = Chooser(lookup.complete, describer.describe)
    collected = Collected()
    for entry, answers in zip(params.recordings, asked, strict=True):
        _collect(entry, answers, store, collected, chooser)
    collected.notify_of_strangers()
    sources = list(source_rows(params.recordings, asked, collected))
    before = [entry for entry in read_lock(store) if not collected.is_left_out(entry)]
    locked = extend_lock(
        before,
        collected.found,
        collected.same,
        collected.names,
        _vanished(asked),
        params.recordings_per_shard,
    )
    if not locked:
        write_table(SOURCES, lists_without_recordings(store), sources)
        told = "; ".join(map(source_line, sources)) or "the sources of the config list none"
        raise UserError(f"recordings: there is no recording at all: {told}")
    write_lock(store, locked)
    rows = [entry.as_item() for entry in locked]
    notify_of_reference_files(rows)
    joined = join_context(rows, locked, params.context, web, lookup)
    failed = any(answer.failed for answers in asked for _, answer in answers)
    if failed or lookup.open or not (joined.complete and describer.complete):
        open_round(store, ROUND)
    played = game_rows(joined.games)
    for table in GAME_TABLES:
        write_table(table, Results(output.parent).path(table), played[table.name])
    write_table(SOURCES, output.parent / SOURCES.path, sources)
    write_table(ITEMS, items_copy(store), rows)
    return write_table(ITEMS, output, rows)


def ask_sources(recordings: Sequence[Source], frozen: Frozen) -> list[Answers]:
    """Entries of `recordings` -> what came of the listings of each; all are asked side by side."""
    listings = [
        list(make_source(entry, f"recordings.{number}.source").listings())
        for number, entry in enumerate(recordings)
    ]
    numbers = [number for number, several in enumerate(listings) for _ in several]
    answers = frozen.find_all(listing for several in listings for listing in several)
    asked: list[Answers] = [[] for _ in recordings]
    for number, several in zip(numbers, answers, strict=True):
        asked[number] += several
    return asked


def _vanished(asked: Iterable[Answers]) -> set[str]:
    """The identities of recordings that are kept though no listing has them any more."""
    answers = [answer for several in asked for _, answer in several]
    gone = {recording.identity for answer in answers for recording in answer.vanished}
    return gone - {recording.identity for answer in answers for recording in answer.found}


def _collect(
    entry: Source,
    answers: Answers,
    store: Path,
    collected: Collected,
    chooser: Chooser,
) -> None:
    """Add the recordings of a source that its filters let through, with their references."""
    chosen: dict[str, Found] = {}
    for recording in (found for _, answer in answers for found in recordings(answer)):
        known = chosen.get(recording.identity)
        chosen[recording.identity] = merge(known, recording) if known else recording
    references = References()
    if entry.references:
        references = read_references(entry.references, list(chosen.values()), store)
    collected.note_references(references)
    identities = set(chosen)
    choice = chooser.choose(list(chosen.values()), entry.match_filters)
    chosen = {recording.identity: recording for recording in choice.chosen}
    collected.left_out |= choice.left_out
    for listing, answer in answers:
        wanted = [
            chosen[recording.identity]
            for recording in recordings(answer)
            if recording.identity in chosen
        ]
        collected.add(listing.name, list(map(references.add_to, wanted)), identities)
