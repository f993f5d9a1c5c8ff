"""Tables as text: tab-separated (``.tsv``) between the stages, ``.csv`` for people.

Numbers in ``.tsv`` are written so that they read back as they were. In ``.csv`` they have ten
digits, and what a row lacks, and what is no finite number, is an empty cell; a text that a
spreadsheet would run as a formula stands behind an apostrophe there, and not in what is read.
"""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from snakescribe.formulas import as_meant, defused
from snakescribe.tables.schema import Column, NotThisTableError, Row, Table, check_row

csv.field_size_limit(sys.maxsize)


def write_rows(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Write rows; return how many there were.

    Raises:
        ValueError: a row is not one of the table's.
    """
    count = 0
    is_csv = table.suffix == ".csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        # Before Python 3.13 a carriage return is put in quotation marks only where lines end with
        # one; in a title without, it would read back as the end of the row.
        lines = _UnixLines(stream)
        writer = csv.writer(lines, delimiter="," if is_csv else "\t", lineterminator="\r\n")
        writer.writerow(table.names)
        for row in rows:
            checked = check_row(table, _complete(table, row) if is_csv else row)
            writer.writerow(
                [_to_cell(column, checked[column.name], is_csv) for column in table.columns]
            )
            count += 1
    return count


@dataclass(frozen=True)
class _UnixLines:
    """A stream to which each row is written with another end."""

    stream: TextIO

    def write(self, line: str) -> int:
        return self.stream.write(line.removesuffix("\r\n") + "\n")


def read_rows(
    table: Table, path: Path, only: Sequence[str] | None, wanted: Mapping[str, str]
) -> Iterator[Row]:
    """Yield the rows of a file that `write_rows` wrote, with the columns of `only` and `wanted`.

    Raises:
        NotThisTableError: it is something else, or has a cell of another type.
    """
    is_csv = table.suffix == ".csv"
    parsers = {**_PARSERS, "str": as_meant} if is_csv else _PARSERS
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter="," if is_csv else "\t")
        whole = table.from_header(next(reader, []))
        if whole is None:
            raise NotThisTableError
        chosen = [
            (place, column.name, parsers[column.kind], column.optional)
            for place, column in enumerate(whole.columns)
            if only is None or column.name in only or column.name in wanted
        ]
        places = [
            (whole.names.index(name), defused(value) if is_csv else value)
            for name, value in wanted.items()
        ]
        _check_end(stream.fileno())
        width = len(whole.columns)
        for cells in reader:
            if len(cells) != width:
                what = f"line {reader.line_num} has {len(cells)} cells, not {width}"
                raise NotThisTableError(what)
            if any(cells[place] != value for place, value in places):
                continue
            try:
                yield {
                    name: None if optional and cells[place] == "" else parse(cells[place])
                    for place, name, parse, optional in chosen
                }
            except ValueError as error:
                raise NotThisTableError(f"line {reader.line_num}: {error}") from error


def _check_end(handle: int) -> None:
    """A file's last line has an end, or it was cut off."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        raise NotThisTableError("it is cut off in its last line")


def _complete(table: Table, row: Row) -> Row:
    """A row for ``.csv`` -> the same with all columns; numbers of numpy become Python's."""
    cells = dict.fromkeys(table.names) | row
    return {name: _plain(value) for name, value in cells.items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not isfinite(value) else value


def _to_cell(column: Column, value: Any, is_csv: bool) -> Any:
    if value is None:
        return ""
    if column.kind == "json":
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if column.kind == "bool":
        return "true" if value else "false"
    if is_csv and isinstance(value, float):
        return f"{value:.10g}"
    return defused(str(value)) if is_csv and column.kind == "str" else str(value)


def _to_bool(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise ValueError(f"neither true nor false: {cell!r}")
    return cell == "true"


_PARSERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": _to_bool,
    "json": json.loads,
}
