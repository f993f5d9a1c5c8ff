"""Which fields the recordings of a config will have, and which languages its tables name.

Both are told from the config and the heads of tables, before anything is listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.filters import context_filters
from snakescribe.acquire.sources.id_files import ID_COLUMNS
from snakescribe.acquire.sources.rows import LOCATOR_COLUMNS, OWN_COLUMNS, is_url
from snakescribe.config.acquire import Acquire
from snakescribe.config.context import Context, EspnContext, EventContext, TableContext
from snakescribe.config.sources import (
    DatabaseSource,
    FolderSource,
    RssSource,
    Source,
    TableSource,
    UrlSource,
    YouTubeSource,
)
from snakescribe.errors import UserError, did_you_mean
from snakescribe.user_tables import TableHead, read_head

# What listings and look-ups tell of recordings that lie elsewhere.
WEB_FIELDS = ("description", "published", "duration_seconds", "channel", "tags", "category")
LIST_FIELDS = ("playlist", "playlist_title", "channel_title")
FEED_FIELDS = (
    "show", "season", "episode", "description", "published", "duration_seconds", "keywords",
)  # fmt: skip


@dataclass(frozen=True)
class Fields:
    """Names of the fields that sources and context give; `complete`: there can be no others."""

    names: frozenset[str]
    complete: bool


@dataclass(frozen=True)
class GivenLanguage:
    """A language that a config or a table gives: where, as the user finds it, and the code."""

    place: str
    code: str


def listed_fields(recordings: Iterable[Source], context: Iterable[Context]) -> Fields:
    """Both sections -> the fields that they give beside a recording's own columns."""
    parts = [*map(_source_fields, recordings), *map(_context_fields, context)]
    names = frozenset(name for part in parts for name in part.names)
    return Fields(names, all(part.complete for part in parts))


def given_languages(
    recordings: Iterable[Source], context: Iterable[Context]
) -> Iterator[GivenLanguage]:
    """Both sections -> the languages that they name, each once for a place."""
    for source in recordings:
        if isinstance(source, FolderSource) and source.language:
            yield GivenLanguage(f"the source {source.path}", source.language)
        elif isinstance(source, TableSource):
            yield from _languages_in(source.path)
    for entry in context:
        if isinstance(entry, TableContext):
            yield from _languages_in(entry.table)


def find_filter_problems(
    recordings: Mapping[int, Source], context: Mapping[int, Context]
) -> Iterator[str]:
    """Entries of both sections by their place -> a line for each filter on a field that nobody has.

    Such a filter would leave out everything.
    """
    for number, source in recordings.items():
        fields = listed_fields([source], context.values())
        if not fields.complete:
            continue
        known = fields.names | {"title", "language", "speaker"}
        for place, name in context_filters(
            source.match_filters, f"recordings.{number}.match_filters"
        ):
            if name not in known:
                remedy = (
                    "add {provider: event} to `context`, which finds it in titles"
                    if name == "event_date"
                    else did_you_mean(name, known)
                )
                yield f"{place}: no table and no provider gives the field '{name}'; {remedy}"


def is_local(source: Source) -> bool:
    """Whether all recordings of a source are files here, of which no site tells anything."""
    if isinstance(source, FolderSource):
        return True
    if not isinstance(source, TableSource):
        return False
    head = _head(source.path)
    if head is None or not head.whole:
        return False
    return not any(is_url(row.first(*LOCATOR_COLUMNS)) for row in head.rows)


def has_references(source: Source, acquire: Acquire) -> bool:
    """Whether a source may give reference transcripts, captions of sites among them."""
    if not isinstance(source, FolderSource | TableSource | YouTubeSource | UrlSource):
        return True
    if source.references or (acquire.caption_languages and not is_local(source)):
        return True
    if isinstance(source, YouTubeSource):
        tables = [path for path in source.files if not path.lower().endswith(".txt")]
    else:
        tables = [source.path] if isinstance(source, TableSource) else []
    heads = [head for path in tables if (head := _head(path))]
    return any({"reference", "reference_file"} & set(head.columns) for head in heads)


def _languages_in(path: str) -> Iterator[GivenLanguage]:
    head = _head(path)
    rows = {row.first("language"): row for row in reversed(head.rows if head else [])}
    for code, row in rows.items():
        if code:
            yield GivenLanguage(f"{path}: {row.unit} {row.line}", code)


def _source_fields(source: Source) -> Fields:
    if isinstance(source, FolderSource):
        return Fields(frozenset(), complete=True)
    if isinstance(source, RssSource):
        return Fields(frozenset(FEED_FIELDS), complete=True)
    if isinstance(source, TableSource):
        return _table_fields(source.path, OWN_COLUMNS, () if is_local(source) else WEB_FIELDS)
    if isinstance(source, YouTubeSource | UrlSource):
        tables = [path for path in source.files if not path.lower().endswith(".txt")]
        parts = [_table_fields(path, ID_COLUMNS, ()) for path in tables]
        names = {*WEB_FIELDS, *LIST_FIELDS, *(name for part in parts for name in part.names)}
        return Fields(frozenset(names), all(part.complete for part in parts))
    if isinstance(source, DatabaseSource):  # the columns of the query are known to the server
        return Fields(frozenset(WEB_FIELDS), complete=False)
    return Fields(frozenset(), complete=False)


def _context_fields(entry: Context) -> Fields:
    if isinstance(entry, TableContext):
        return _table_fields(entry.table, ("id",), ())
    if isinstance(entry, EventContext | EspnContext):
        return Fields(frozenset(entry.GIVES), complete=not entry.extractor)
    return Fields(frozenset(), complete=False)


def _table_fields(path: str, without: Iterable[str], more: Iterable[str]) -> Fields:
    head = _head(path)
    if head is None:
        return Fields(frozenset(), complete=False)
    return Fields(frozenset({*head.columns, *more}) - {*without}, head.knows_columns)


def _head(path: str) -> TableHead | None:
    """The head of a table; None where it cannot be read, which `find_input_problems` tells."""
    try:
        return read_head(Path(path))
    except UserError:
        return None
