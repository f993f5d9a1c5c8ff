"""Recordings that are all files here -> the fields that each will have, before anything is listed.

Only what can be told for sure and quickly is told: sources of files without filters, context from
tables, and no table so large that a check would wait for it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from snakescribe.acquire.fields import is_local
from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.sources import Found, make_source
from snakescribe.config.context import Context, TableContext
from snakescribe.config.sources import MatchFilters, Source, TableSource
from snakescribe.errors import UserError
from snakescribe.user_tables import UserRow, read_rows

MOST_BYTES = 5_000_000  # of a table: a fifth of a second
_OWN = ("title", "language", "speaker")

Fields = dict[str, str]


def local_fields(
    recordings: Iterable[Source], context: Iterable[Context]
) -> Mapping[str, Fields] | None:
    """Both sections -> the fields of each recording by its id; None where they cannot be told.

    What is wrong with a source or a table is told elsewhere.
    """
    sources, tables = list(recordings), [_table_of(entry) for entry in context]
    paths = [table for table in tables if table]
    paths += [Path(source.path) for source in sources if isinstance(source, TableSource)]
    if (
        None in tables
        or any(source.match_filters != MatchFilters() for source in sources)
        or any(path.is_file() and path.stat().st_size > MOST_BYTES for path in paths)
        or not all(map(is_local, sources))
    ):
        return None
    try:
        joined = [{row.first("id"): row for row in read_rows(table)} for table in tables if table]
        listed = [found for source in sources for found in list_local(source)]
    except (UserError, OSError):
        return None
    return {safe_id(found.id): _fields_of(found, joined) for found in listed}


def _table_of(entry: Context) -> Path | None:
    return Path(entry.table) if isinstance(entry, TableContext) else None


def list_local(source: Source) -> list[Found]:
    """A source of local files -> the recordings that it lists.

    Raises:
        UserError: it lists none, or a table is malformed.
    """
    web: Any = None  # these sources ask for nothing
    listings = make_source(source).listings()
    listed = (entry for listing in listings for entry in listing.find(web))
    return [entry for entry in listed if isinstance(entry, Found)]


def _fields_of(found: Found, tables: Iterable[Mapping[str, UserRow]]) -> Fields:
    """What a recording's source says of it, and then the tables, of which later ones win."""
    fields = {
        "recording": safe_id(found.id),
        "title": found.title,
        "language": found.language,
        "speaker": found.speaker,
    }
    fields |= {name: _as_text(value) for name, value in found.context.items()}
    for rows in tables:
        if row := rows.get(found.id) or rows.get(safe_id(found.id)):
            fields |= {name: row.first(name) or fields[name] for name in _OWN}
            fields |= {name: _as_text(cell) for name, cell in row.without("id", *_OWN).items()}
    return fields


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
