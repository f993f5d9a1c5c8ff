"""Reading and writing tables: their columns are checked on write and on read.

A table is a file of rows under one header: tab-separated (``.tsv``), or Parquet (``.parquet``)
where rows are many and nested. Both have their header even when they are empty and no time
stamps, so that equal content is an equal file.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.errors import UserError
from snakescribe.store import replacing
from snakescribe.tables import parquet
from snakescribe.tables.schema import Column, Row, Table

if TYPE_CHECKING:
    import pyarrow as pa

csv.field_size_limit(sys.maxsize)


_KINDS: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "json": (list, dict),
    "list of str": list,
    "list of objects": list,
}


def write_table(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Check rows against the table and write them at once; return how many there were.

    Raises:
        ValueError: a row lacks a column, has one too many or a value of the wrong kind (our bug).
    """
    with replacing(path) as part:
        if table.is_parquet:
            return parquet.write_rows(table, part, map(partial(_checked, table), rows))
        return _write_tsv(table, part, rows)


def _write_tsv(table: Table, path: Path, rows: Iterable[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        for row in rows:
            _checked(table, row)
            writer.writerow([_to_cell(column, row[column.name]) for column in table.columns])
            count += 1
    return count


def read_table(
    table: Table, path: Path, only: Sequence[str] | None = None, **wanted: str
) -> Iterator[Row]:
    """Yield the rows of a file that `write_table` wrote, with the values' own types.

    Args:
        table: which it is.
        path: the file.
        only: the names of the columns to read; of ``.parquet`` files the others take no time.
        wanted: columns of text and what stands in them, for some of the rows only. To pass over a
            row of a ``.tsv`` takes a fifth of the time of reading it.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    _must_exist(table, path)
    columns = [one for one in table.columns if only is None or one.name in (*only, *wanted)]
    if table.is_parquet:
        try:
            for row in parquet.read_rows(table, path, columns):
                if all(row[name] == value for name, value in wanted.items()):
                    yield row
        except parquet.NotThisTableError as error:
            raise _not_this_table(table, path) from error
        return
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter="\t")
        if next(reader, []) != [column.name for column in table.columns]:
            raise _not_this_table(table, path)
        names = [column.name for column in table.columns]
        places = [(names.index(name), value) for name, value in wanted.items()]
        for cells in reader:
            if any(cells[place] != value for place, value in places):
                continue
            yield {
                column.name: _from_cell(column, cell)
                for column, cell in zip(table.columns, cells, strict=True)
                if column in columns
            }


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
    except parquet.NotThisTableError as error:
        raise _not_this_table(table, path) from error


def _must_exist(table: Table, path: Path) -> None:
    if not path.exists():
        raise UserError(f"{path}: no such file; run the stage that makes the {table.name} table")


def _not_this_table(table: Table, path: Path) -> UserError:
    return UserError(
        f"{path}: this is not a {table.name} table of this version of snakescribe; "
        "remove the file and run the workflow again"
    )


def _checked(table: Table, row: Row) -> Row:
    names = {column.name for column in table.columns}
    if row.keys() != names:
        raise ValueError(f"{table.name}: columns differ: {sorted(row.keys() ^ names)}")
    for column in table.columns:
        value = row[column.name]
        if value is None:
            if not column.optional:
                raise ValueError(f"{table.name}.{column.name}: a value is needed: {row}")
        elif not isinstance(value, _KINDS[column.kind]):
            raise ValueError(f"{table.name}.{column.name}: not {column.kind}: {value!r}")
    return row


def _to_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "json":
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if column.kind == "bool":
        return "true" if value else "false"
    return str(value)


def _from_cell(column: Column, cell: str) -> Any:
    if cell == "" and (column.optional or column.kind != "str"):
        return None
    match column.kind:
        case "int":
            return int(cell)
        case "float":
            return float(cell)
        case "bool":
            return cell == "true"
        case "json":
            return json.loads(cell)
    return cell
