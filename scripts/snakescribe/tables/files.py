"""Reading and writing tables: their columns are checked on write and on read.

A table is a file of rows under one header: tab-separated (``.tsv``) where the rows are flat, one
JSON object a line (``.jsonl``) where they are nested. Both have their header even when they are
empty, sorted keys and no time stamps, so that equal content is an equal file.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from snakescribe.errors import UserError
from snakescribe.store import replacing

Row = dict[str, Any]
Fields = TypeVar("Fields")

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Column:
    """One column: `kind` is str, int, float, bool or json (a list or an object)."""

    name: str
    kind: str
    description: str
    unit: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A table's name, its natural key and its columns in file order."""

    name: str
    description: str
    path: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_KINDS: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "json": (list, dict),
}


def write_table(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Check rows against the table and write them at once; return how many there were.

    Raises:
        ValueError: a row lacks a column, has one too many or a value of the wrong kind (our bug).
    """
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".jsonl":
            header = {"table": table.name, "key": list(table.key)}
            stream.write(json.dumps(header, sort_keys=True) + "\n")
            for row in rows:
                _check(table, row)
                stream.write(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n")
                count += 1
            return count
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        for row in rows:
            _check(table, row)
            writer.writerow([_to_cell(column, row[column.name]) for column in table.columns])
            count += 1
    return count


def read_table(table: Table, path: Path, **wanted: str) -> Iterator[Row]:
    """Yield the rows of a file that `write_table` wrote, with the values' own types.

    Args:
        table: which it is.
        path: the file.
        wanted: columns of text and what stands in them, for some of the rows only. To pass over a
            row of a ``.tsv`` takes a fifth of the time of reading it.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    if path.suffix == ".jsonl":
        for row in read_fields(table, path, dict):
            if all(row[name] == value for name, value in wanted.items()):
                yield row
        return
    _must_exist(table, path)
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
            }


def read_fields(table: Table, path: Path, kind: type[Fields]) -> Iterator[Fields]:
    """Yield the rows of a ``.jsonl`` file as objects of a kind: dict, or some of the fields only.

    Args:
        table: which it is.
        path: the file.
        kind: a `msgspec.Struct` with the fields wanted: what it has not is passed over, which
            takes a fifth of the time of reading it.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    import msgspec

    _must_exist(table, path)
    decode = msgspec.json.Decoder(kind).decode
    with path.open("rb") as stream:
        try:
            if msgspec.json.decode(stream.readline() or b"{}").get("table") != table.name:
                raise _not_this_table(table, path)
            yield from map(decode, stream)
        except msgspec.DecodeError as error:
            raise _not_this_table(table, path) from error


def _must_exist(table: Table, path: Path) -> None:
    if not path.exists():
        raise UserError(f"{path}: no such file; run the stage that makes the {table.name} table")


def _not_this_table(table: Table, path: Path) -> UserError:
    return UserError(
        f"{path}: this is not a {table.name} table of this version of snakescribe; "
        "remove the file and run the workflow again"
    )


def _check(table: Table, row: Row) -> None:
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
