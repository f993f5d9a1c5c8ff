"""Which fields the recordings of a config will have, and which languages its tables name.

Both are told from the config and the heads of tables, before anything is listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.filters import context_filters
from snakescribe.acquire.sources.earlier import earlier_fields
from snakescribe.acquire.sources.id_files import ID_COLUMNS
from snakescribe.acquire.sources.manifests import Manifest, open_manifest
from snakescribe.acquire.sources.rows import OWN_COLUMNS, is_url
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
from snakescribe.user_tables import TableHead, column_key, read_head

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
    """A language that a config or a table gives: where, as the user finds it, and what it says.

    Filters may leave out the recordings of those that are not `sure`.
    """

    place: str
    code: str
    sure: bool = True


def listed_fields(recordings: Iterable[Source], context: Iterable[Context]) -> Fields:
    """Both sections -> the fields that they give beside a recording's own columns."""
    parts = [*map(_source_fields, recordings), *map(_context_fields, context)]
    names = frozenset(name for part in parts for name in part.names)
    return Fields(names, all(part.complete for part in parts))


def given_languages(
    recordings: Iterable[Source], context: Iterable[Context]
) -> Iterator[GivenLanguage]:
    """Both sections -> the languages that they name, each once for a place."""
    recordings = list(recordings)
    for source in recordings:
        if isinstance(source, FolderSource) and source.language:
            yield GivenLanguage(f"the source {source.path}", source.language)
        elif isinstance(source, TableSource):
            manifest = _manifest(source)
            if manifest and manifest.head and manifest.layout:
                columns = manifest.layout.fields["language"]
                sure = not source.match_filters.model_fields_set
                yield from _languages_in(source.path, manifest.head, columns, sure)
        elif isinstance(source, YouTubeSource | UrlSource):
            sure = not source.match_filters.model_fields_set
            for path in source.files:
                if not path.lower().endswith(".txt"):
                    yield from _languages_in(path, _head(path), ("language",), sure)
    for entry in context:
        if isinstance(entry, TableContext):
            sure = not any(source.match_filters.model_fields_set for source in recordings)
            yield from _languages_in(entry.table, _head(entry.table), ("language",), sure)


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
    manifest = _manifest(source)
    if manifest is None or manifest.head is None or manifest.layout is None:
        return False
    rows, locator = manifest.head.rows, manifest.layout.locator
    return manifest.head.whole and not any(is_url(row.first(*locator)) for row in rows)


def has_references(source: Source, acquire: Acquire) -> bool:
    """Whether a source may give reference transcripts, captions of sites among them."""
    if not isinstance(source, FolderSource | TableSource | YouTubeSource | UrlSource):
        return True
    if source.references or (acquire.caption_languages and not is_local(source)):
        return True
    if isinstance(source, TableSource):
        manifest = _manifest(source)
        if manifest is None or manifest.head is None or manifest.layout is None:
            return manifest is not None  # corpora come with their transcripts
        columns = {*manifest.layout.fields["reference"], "reference_file"}
        return not columns.isdisjoint(map(column_key, manifest.head.columns))
    files = source.files if isinstance(source, YouTubeSource) else []
    heads = [_head(path) for path in files if not path.lower().endswith(".txt")]
    names = {column_key(name) for head in heads if head for name in head.columns}
    return bool({"reference", "reference_file"} & names)


def _languages_in(
    path: str, head: TableHead | None, columns: tuple[str, ...], sure: bool = True
) -> Iterator[GivenLanguage]:
    rows = {row.first(*columns): row for row in reversed(head.rows if head else [])}
    for code, row in rows.items():
        if code:
            name = row.first("id", "recording")
            named = f" ('{name}')" if name else ""
            yield GivenLanguage(f"{path}: {row.unit} {row.line}{named}", code, sure)


def _source_fields(source: Source) -> Fields:
    if isinstance(source, FolderSource):
        return Fields(frozenset(earlier_fields(source.path)), complete=True)
    if isinstance(source, RssSource):
        return Fields(frozenset(FEED_FIELDS), complete=True)
    if isinstance(source, TableSource):
        return _manifest_fields(source)
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


def _manifest_fields(source: TableSource) -> Fields:
    manifest = _manifest(source)
    if manifest is None or manifest.layout is None:
        return Fields(frozenset({"duration_seconds"}), complete=False)
    layout = manifest.layout
    taken = {*OWN_COLUMNS} if layout.is_plain else {*layout.locator, *(layout.parts or ())}
    taken |= {column for columns in layout.fields.values() for column in columns}
    more = () if is_local(source) else WEB_FIELDS
    return _fields_of(
        manifest.head, taken, (*more, *(["duration_seconds"] if layout.parts else []))
    )


def _table_fields(path: str, without: Iterable[str], more: Iterable[str]) -> Fields:
    return _fields_of(_head(path), without, more)


def _fields_of(head: TableHead | None, without: Iterable[str], more: Iterable[str]) -> Fields:
    if head is None:
        return Fields(frozenset(), complete=False)
    left_out = {*without}
    names = {name for name in head.columns if column_key(name) not in left_out}
    return Fields(frozenset(names | {*more}), head.knows_columns)


def _manifest(source: TableSource) -> Manifest | None:
    """What a table is; None where it cannot be read, which `find_input_problems` tells."""
    try:
        return open_manifest(Path(source.path))
    except UserError:
        return None


def _head(path: str) -> TableHead | None:
    """The head of a table; None where it cannot be read, which `find_input_problems` tells."""
    try:
        return read_head(Path(path))
    except UserError:
        return None
