"""The sections `recordings` and `context` of a config -> what is wrong with them."""

from collections.abc import Iterator, Mapping

from snakescribe.acquire.context import provider_names
from snakescribe.acquire.filters import check_filters
from snakescribe.acquire.sources import make_source, source_names
from snakescribe.config.context import Context, EventContext, OwnContext, TableContext
from snakescribe.config.sources import (
    DatabaseSource,
    OwnSource,
    Source,
    TableSource,
    UrlSource,
    YouTubeSource,
)
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import check_exists


def find_acquire_problems(
    recordings: Mapping[int, Source], context: Mapping[int, Context]
) -> Iterator[str]:
    """Entries of both sections by their place in them -> one line for each problem."""
    for index, entry in context.items():
        yield from _check_context(entry, f"context.{index}")
    for number, source in recordings.items():
        yield from _check_source(source, f"recordings.{number}")


def _check_context(entry: Context, place: str) -> Iterator[str]:
    if isinstance(entry, TableContext):
        yield from check_exists(entry.table, f"{place}.table")
    elif isinstance(entry, EventContext) and entry.teams:
        yield from check_exists(entry.teams, f"{place}.teams")
    elif isinstance(entry, OwnContext):
        name = entry.provider
        if ":" not in name and name not in (others := provider_names()):
            yield f"{place}.provider: unknown provider '{name}'; {did_you_mean(name, others)}"


def _check_source(entry: Source, place: str) -> Iterator[str]:
    if isinstance(entry, OwnSource):
        name = entry.source
        if ":" not in name and name not in (others := source_names()):
            yield f"{place}.source: unknown source '{name}'; {did_you_mean(name, others)}"
        return
    if isinstance(entry, TableSource):
        yield from check_exists(entry.path, f"{place}.path")
    if entry.references:
        yield from check_exists(entry.references, f"{place}.references")
    if isinstance(entry, DatabaseSource) and entry.query.endswith(".sql"):
        yield from check_exists(entry.query, f"{place}.query")
    if isinstance(entry, YouTubeSource | UrlSource):
        yield from _check_lists(entry, place)
    yield from check_filters(entry.match_filters.model_dump(), f"{place}.match_filters")


def _check_lists(entry: YouTubeSource | UrlSource, place: str) -> Iterator[str]:
    """The source names recordings, and its files and addresses can be read."""
    missing = [line for path in entry.files for line in check_exists(path, f"{place}.files")]
    yield from missing
    if isinstance(entry, YouTubeSource):
        lists = {"videos": entry.videos, "playlists": entry.playlists, "channels": entry.channels}
    else:
        lists = {"urls": entry.urls}
    lists["files"] = entry.files
    if not any(lists.values()):
        yield f"{place}: the source names no recording; fill one of {', '.join(lists)}"
    elif not missing:
        try:
            make_source(entry.model_dump())
        except UserError as error:
            yield f"{place}: {error}"
