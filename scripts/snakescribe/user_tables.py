"""Tables that people write (CSV, TSV, JSONL) -> rows with their line numbers."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError

HEAD_BYTES = 64 * 1024
JSON_SUFFIXES = frozenset({".jsonl", ".ndjson"})
DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}


@dataclass(frozen=True)
class UserRow:
    """One row of a user's table: its cells by column name and where it stands."""

    path: Path
    line: int
    cells: dict[str, Any]
    unit: str = "line"

    def fail(self, what: str) -> UserError:
        """What is wrong with this row -> the error to raise, with file and line."""
        return UserError(f"{self.path}: {self.unit} {self.line}: {what}")

    def first(self, *columns: str) -> str:
        """The first of these columns that the row has and that is not empty, else ``""``."""
        for column in columns:
            value = self.cells.get(column)
            if value is not None and str(value).strip():
                return str(value).strip()
        return ""


@dataclass(frozen=True)
class TableHead:
    """The beginning of a user's table: its columns, its first rows, and whether these are all."""

    columns: tuple[str, ...]
    rows: list[UserRow]
    whole: bool

    @property
    def knows_columns(self) -> bool:
        """Whether there can be no other columns: JSONL names them row by row."""
        return self.whole or all(row.path.suffix.lower() in DELIMITERS for row in self.rows)


def read_rows(path: Path) -> list[UserRow]:
    """A ``.csv``, ``.tsv`` or ``.jsonl`` file -> its rows, in order.

    A byte-order mark, CRLF line ends, blank lines and lines that start with ``#`` are fine. Cells
    of a TSV may be quoted or not: a lone quotation mark is then a character like any other.

    Raises:
        UserError: no such file, another kind of file, or a malformed line (with its number).
    """
    return _parse(path, read_user_text(path))


def read_head(path: Path) -> TableHead:
    """The columns and first rows of a table, however long it is.

    Raises:
        UserError: as `read_rows`, for the part that is read.
    """
    raw = _read_bytes(path, HEAD_BYTES + 1)
    whole = len(raw) <= HEAD_BYTES
    if not whole:
        raw = raw[: raw.rfind(b"\n") + 1]
    text = _decode(path, raw)
    try:
        rows = _parse(path, text)
    except UserError:
        if whole:
            raise
        rows = []  # a cell with line breaks in it may have been cut in two
    columns = dict.fromkeys(name for row in rows for name in row.cells)
    if not rows and path.suffix.lower() in DELIMITERS:
        columns = dict.fromkeys(_read_header(path, text))
    return TableHead(tuple(columns), rows, whole)


def _parse(path: Path, text: str) -> list[UserRow]:
    if path.suffix.lower() in JSON_SUFFIXES:
        return list(_parse_jsonl(path, text))
    delimiter = DELIMITERS.get(path.suffix.lower())
    if delimiter is None:
        raise UserError(f"{path}: a table is a .csv, .tsv or .jsonl file")
    if delimiter == "\t" and (rows := _parse_unquoted(path, text)) is not None:
        return rows
    return list(_parse_quoted(path, text, delimiter))


def _read_header(path: Path, text: str) -> list[str]:
    """A table without rows, or whose rows cannot be told apart -> the names of its columns."""
    for number, content in enumerate(text.split("\n"), start=1):
        if not _is_noise(content):
            delimiter = DELIMITERS[path.suffix.lower()]
            cells = next(csv.reader([content], delimiter=delimiter, skipinitialspace=True))
            return _column_names(path, number, cells)
    return []


def read_user_text(path: Path) -> str:
    """A text file -> its content, without a byte-order mark and with ``\\n`` line ends.

    Raises:
        UserError: it cannot be read, or is not UTF-8 (with the line number).
    """
    return _decode(path, _read_bytes(path))


def _read_bytes(path: Path, most: int = -1) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{path}: cannot read it: {reason}") from error


def _decode(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}: line {line}: not UTF-8 text; save the file as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse_jsonl(path: Path, text: str) -> Iterator[UserRow]:
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except json.JSONDecodeError as error:
            raise UserError(f"{path}: line {line}: this is not JSON: {error.msg}") from error
        if not isinstance(value, dict):
            raise UserError(f"{path}: line {line}: not a JSON object with the columns as keys")
        yield UserRow(path, line, {str(key): plain_cell(cell) for key, cell in value.items()})


def plain_cell(cell: Any) -> Any:
    """A cell of JSON or a database -> one for a table: lists of plain values as text, ``a, b``."""
    if isinstance(cell, list) and not any(isinstance(part, list | dict) for part in cell):
        return ", ".join(map(str, cell))
    return "" if cell is None else cell


def _is_noise(content: str) -> bool:
    return not content.strip() or content.lstrip().startswith("#")


def _parse_unquoted(path: Path, text: str) -> list[UserRow] | None:
    """Read a TSV line by line; None where lines do not fit the header (quoted line breaks?)."""
    lines = [
        (number, content.split("\t"))
        for number, content in enumerate(text.split("\n"), start=1)
        if not _is_noise(content)
    ]
    if not lines:
        raise UserError(f"{path}: line 1: an empty table; its first line names the columns")
    (first, header), *body = lines
    if any(len(cells) != len(header) for _, cells in body):
        return None
    names = _column_names(path, first, [_unquote(name) for name in header])
    return [
        UserRow(path, number, dict(zip(names, map(_unquote, cells), strict=True)))
        for number, cells in body
    ]


def _unquote(cell: str) -> str:
    inner = cell.strip()[1:-1]
    if (
        len(cell.strip()) >= 2
        and cell.strip() == f'"{inner}"'
        and '"' not in inner.replace('""', "")
    ):
        return inner.replace('""', '"')
    return cell.strip()


def _parse_quoted(path: Path, text: str, delimiter: str) -> Iterator[UserRow]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    names: list[str] = []
    while True:
        before = reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UserError(f"{path}: line {before + 1}: {error}") from error
        if cells is None:
            break
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if not names:
            names = _column_names(path, before + 1, cells)
            continue
        if len(cells) != len(names):
            raise UserError(
                f"{path}: line {before + 1}: {len(cells)} cells where the header has "
                f"{len(names)} columns; is a cell with the delimiter in it not quoted?"
            )
        yield UserRow(path, before + 1, dict(zip(names, map(str.strip, cells), strict=True)))
    if not names:
        raise UserError(f"{path}: line 1: an empty table; its first line names the columns")


def _column_names(path: Path, line: int, header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    if "" in names:
        raise UserError(f"{path}: line {line}: column {names.index('') + 1} has no name")
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{path}: line {line}: two columns are named '{name}'")
    return names
