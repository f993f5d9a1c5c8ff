"""Reading and writing tables: their columns are checked on write and on read.

A table is a file of rows under one header: tab-separated (``.tsv``), comma-separated (``.csv``), or
Parquet (``.parquet``) where rows are many and nested. All have their header even when they are
empty and no time stamps, so that equal content is an equal file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from snakescribe.store import replacing
from snakescribe.tables import delimited
from snakescribe.tables.faults import (
    DamagedTableError,
    check_exists,
    explaining,
    is_passed_over,
)
from snakescribe.tables.schema import Row, Table, check_row

# `parquet` is imported where a file is one: steps and checks that read text alone start sooner.


def write_table(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Check rows against the table and write them at once; return how many there were.

    Raises:
        ValueError: a row lacks a column, has one too many or a value of the wrong kind (our bug).
            Rows of ``.csv`` may lack what is optional.
    """
    with replacing(path) as part:
        if table.is_parquet:
            from snakescribe.tables import parquet

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
    try:
        yield from _read_rows(table, path, only, wanted)
    except DamagedTableError as error:
        if not is_passed_over(path, error):
            raise


def _read_rows(
    table: Table, path: Path, only: Sequence[str] | None, wanted: Mapping[str, str]
) -> Iterator[Row]:
    check_exists(table, path)
    with explaining(table, path):
        if not table.is_parquet:
            yield from delimited.read_rows(table, path, only, wanted)
            return
        from snakescribe.tables import parquet

        names = None if only is None else [*only, *wanted]
        for row in parquet.read_rows(table, path, names):
            if all(row[name] == value for name, value in wanted.items()):
                yield row
