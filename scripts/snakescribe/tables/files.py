"""Reading and writing tables: their columns are checked on write and on read.

A table is a file of rows under one header: tab-separated (``.tsv``), comma-separated (``.csv``), or
Parquet (``.parquet``) where rows are many and nested. All have their header even when they are
empty and no time stamps, so that equal content is an equal file.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe.errors import UserError
from snakescribe.store import replacing
from snakescribe.tables import delimited, parquet
from snakescribe.tables.schema import NotThisTableError, Row, Table, check_row

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile


def write_table(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Check rows against the table and write them at once; return how many there were.

    Raises:
        ValueError: a row lacks a column, has one too many or a value of the wrong kind (our bug).
            Rows of ``.csv`` may lack what is optional.
    """
    with replacing(path) as part:
        if table.is_parquet:
            return parquet.write_rows(table, part, map(partial(check_row, table), rows))
        return delimited.write_rows(table, part, rows)


def read_table(
    table: Table, path: Path, only: Sequence[str] | None = None, **wanted: str
) -> Iterator[Row]:
    """Yield the rows of a file that `write_table` wrote, with the values' own types.

    Args:
        table: which it is; of open columns those that the file has are read.
        path: the file.
        only: the names of the columns to read; of ``.parquet`` files the others take no time.
        wanted: columns of text and what stands in them, for some of the rows only. To pass over a
            row of a ``.tsv`` takes a fifth of the time of reading it.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    _must_exist(table, path)
    try:
        if not table.is_parquet:
            yield from delimited.read_rows(table, path, only, wanted)
            return
        names = None if only is None else [*only, *wanted]
        for row in parquet.read_rows(table, path, names):
            if all(row[name] == value for name, value in wanted.items()):
                yield row
    except NotThisTableError as error:
        raise _not_this_table(table, path, error) from error


def read_columns(table: Table, path: Path, names: Iterable[str]) -> "pa.Table":
    """Some columns of a ``.parquet`` table, in a fraction of the time of reading its rows.

    Args:
        table: which it is.
        path: the file.
        names: of columns, or of fields of objects, such as `words.text`.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    _must_exist(table, path)
    try:
        return parquet.read_columns(table, path, names)
    except NotThisTableError as error:
        raise _not_this_table(table, path, error) from error


@contextmanager
def open_table(table: Table, path: Path) -> "Iterator[ParquetFile]":
    """A ``.parquet`` table -> its file, for readers that choose rows and columns themselves.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    _must_exist(table, path)
    try:
        with parquet.open_file(table, path) as (file, _):
            yield file
    except NotThisTableError as error:
        raise _not_this_table(table, path, error) from error


def _must_exist(table: Table, path: Path) -> None:
    if not path.exists():
        what = f"run `snakemake {table.stage}` first"
        if not table.stage:
            what = f"run the stage that makes the {table.name} table"
        raise UserError(f"{path}: no such file; {what}")


def _not_this_table(table: Table, path: Path, error: NotThisTableError) -> UserError:
    details = f" ({error})" if str(error) else ""
    return UserError(
        f"{path}: this is not a {table.name} table of this version of snakescribe{details}; "
        "remove the file and run the workflow again"
    )
