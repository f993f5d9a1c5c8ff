"""Tables and views of the database -> Parquet or CSV files, for programs that reach no server."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Composable, Identifier
from pyarrow.parquet import ParquetWriter

from snakescribe.config.database import Database
from snakescribe.database.access import open_loaded
from snakescribe.errors import UserError, did_you_mean
from snakescribe.formulas import defused
from snakescribe.load.identity import corpus_name
from snakescribe.load.staging import SCOPES
from snakescribe.paths import check_part
from snakescribe.results import Results
from snakescribe.store import replacing

FORMS = ("parquet", "csv")
ROWS_AT_A_TIME = 20_000
_TIME = pa.timestamp("us", tz="UTC")
# All other types (jsonb, uuid, arrays) are written as text.
_KINDS = {
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp with time zone": _TIME,
}
_CASTS = {"real": "double precision", "numeric": "double precision", "smallint": "integer"}
_COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, null), a.attnum = any(i.indkey)
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'v', 'm')
    order by c.relname, a.attnum
"""
Write = Callable[[Sequence[Sequence[Any]]], None]
Relation = dict[str, tuple[str, bool]]  # by column its type, and whether it is in the key


def export_tables(
    results: Results,
    configured: Database,
    folder: Path,
    form: str,
    names: Sequence[str] = (),
    *,
    all_corpora: bool = False,
) -> dict[str, int]:
    """Write tables and views, a file each, as they are at one moment -> rows by name.

    Args:
        results: the results folder; its rows are written.
        configured: the section `database` of its config.
        folder: where to; it is made.
        form: `parquet` or `csv`.
        names: of tables and views; none are all tables of results.
        all_corpora: write the rows of all results folders.

    Raises:
        UserError: there is no such table or view, or the database does not answer.
    """
    corpus = None if all_corpora else corpus_name(results)
    with open_loaded(results.folder, configured) as (connection, database):
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with connection.cursor() as cursor:
            relations = _relations(cursor)
        chosen = list(names or (name for name in SCOPES if name in relations))
        for name in chosen:
            if name not in relations:
                raise UserError(
                    f"{database}: there is no table or view '{name}'; "
                    f"{did_you_mean(name, relations)}"
                )
        if not chosen:
            raise UserError(f"{database}: nothing was loaded yet; `snakemake load` does it")
        written = {}
        for name in chosen:
            path = folder / f"{check_part(name, 'the table')}.{form}"
            with replacing(path) as part, _WRITERS[form](part, relations[name]) as write:
                written[name] = _copy(connection, name, relations[name], corpus, write)
    return written


def _relations(cursor: Cursor) -> dict[str, Relation]:
    cursor.execute(_COLUMNS)
    relations: dict[str, Relation] = {}
    for name, column, kind, in_key in cursor.fetchall():
        relations.setdefault(name, {})[column] = (_CASTS.get(kind, kind), bool(in_key))
    return relations


def _copy(
    connection: Connection, name: str, columns: Relation, corpus: str | None, write: Write
) -> int:
    """Read a relation in the order of its key and write it; return how many rows it has."""
    count = 0
    # A cursor of the server's: it sends a part at a time.
    with connection.cursor(name="export") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute(_query(name, columns, corpus), {"corpus": corpus})
        while rows := cursor.fetchmany(ROWS_AT_A_TIME):
            write(rows)
            count += len(rows)
    return count


def _query(name: str, columns: Relation, corpus: str | None) -> Composable:
    def shown(column: str, kind: str) -> Composable:
        if "[]" in kind:
            return SQL("to_json({})::text").format(Identifier(column))
        cast = kind if kind in _KINDS else "text"
        return SQL("{}::" + cast).format(Identifier(column))

    query = SQL("select {} from {}").format(
        SQL(", ").join(shown(column, kind) for column, (kind, _) in columns.items()),
        Identifier(name),
    )
    if corpus is not None and "corpus" in columns:
        query += SQL(" where corpus = %(corpus)s")
    elif corpus is not None and "transcription" in columns:
        query += SQL(
            " where transcription in (select transcription from transcriptions "
            "where corpus = %(corpus)s)"
        )
    if key := [Identifier(column) for column, (_, in_key) in columns.items() if in_key]:
        query += SQL(" order by {}").format(SQL(", ").join(key))
    return query


@contextmanager
def _parquet(path: Path, columns: Relation) -> Iterator[Write]:
    kinds = [_KINDS.get(kind, pa.string()) for kind, _ in columns.values()]
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    with ParquetWriter(path, schema, compression="zstd") as writer:

        def write(rows: Sequence[Sequence[Any]]) -> None:
            arrays = [
                pa.array(values, kind)
                for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

        yield write


@contextmanager
def _csv(path: Path, columns: Relation) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)

        def write(rows: Iterable[Sequence[Any]]) -> None:
            writer.writerows(map(_cells, rows))

        yield write


def _cells(row: Sequence[Any]) -> list[Any]:
    """A row -> cells as the other `.csv` tables have them; what is empty is nothing."""
    return [
        defused(value)
        if isinstance(value, str)
        else json.dumps(value)
        if isinstance(value, bool)
        else value.isoformat()
        if isinstance(value, datetime)
        else value
        for value in row
    ]


_WRITERS = {"parquet": _parquet, "csv": _csv}
