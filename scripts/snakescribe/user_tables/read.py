"""Read a user's table, or the head of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.user_tables.delimited import DELIMITERS, parse_delimited, read_names
from snakescribe.user_tables.row import UserRow, plain_cell
from snakescribe.user_tables.text import decode_text, read_bytes

HEAD_BYTES = 64 * 1024
_JSON = frozenset({".jsonl", ".ndjson", ".json"})
ENDINGS = "a .csv, .tsv, .jsonl or .json file, or one of these with .gz"


@dataclass(frozen=True)
class UserTable:
    """A user's table: its columns, its rows, and the lines that were taken for comments."""

    columns: tuple[str, ...]
    rows: list[UserRow]
    comments: list[int]


@dataclass(frozen=True)
class TableHead:
    """The beginning of a user's table: its columns, its first rows, and whether these are all."""

    columns: tuple[str, ...]
    rows: list[UserRow]
    whole: bool

    @property
    def knows_columns(self) -> bool:
        """Whether there can be no other columns: JSON lines name them row by row."""
        return self.whole or all(not is_json(row.path) for row in self.rows)


def is_json(path: Path) -> bool:
    """Whether a table is JSON, by its ending."""
    return _ending(path) in _JSON


def is_table(path: Path) -> bool:
    """Whether a file is a table, by its ending."""
    return _ending(path) in _JSON or _ending(path) in DELIMITERS


def read_rows(path: Path) -> list[UserRow]:
    """A table -> its rows, in order; see `read_user_table`."""
    return read_user_table(path).rows


def read_user_table(path: Path, ragged: bool = False) -> UserTable:
    """A table that a user wrote -> its rows, in order.

    A byte-order mark, CRLF line ends, blank lines and comments are fine: `parse_delimited` says
    what else. JSON is an object a line, or a list of objects.

    Args:
        path: the file.
        ragged: cells at the end of a row may be missing.

    Raises:
        UserError: no such file, another kind of file, or a malformed line (with its number).
    """
    _check_ending(path)
    return read_table_text(path, decode_text(path, read_bytes(path)), ragged)


def read_table_text(path: Path, text: str, ragged: bool = False) -> UserTable:
    """The text of a table -> the table; `path` says which kind it is, other endings are CSV.

    Raises:
        UserError: a malformed line (with its number).
    """
    if is_json(path):
        rows = list(_parse_json(path, text))
        return UserTable(tuple(dict.fromkeys(name for row in rows for name in row.cells)), rows, [])
    names, rows, comments = parse_delimited(path, text, ragged)
    return UserTable(tuple(names), rows, comments)


def read_head(path: Path) -> TableHead:
    """The columns and first rows of a table, however long it is.

    Raises:
        UserError: as `read_user_table`, for the part that is read.
    """
    _check_ending(path)
    raw = read_bytes(path, HEAD_BYTES + 1)
    whole = len(raw) <= HEAD_BYTES
    if not whole and _ending(path) == ".json" and raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"[":
        return _read_whole(path)
    if not whole:
        raw = raw[: raw.rfind(b"\n") + 1]
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # half a character may stand at its end
            raw = raw + b"\0" if len(raw) % 2 else raw
    text = decode_text(path, raw)
    try:
        table = read_table_text(path, text)
    except UserError:
        if whole:
            raise
        # A cell with line breaks in it may have been cut in two.
        names = () if is_json(path) else read_names(path, text)
        return TableHead(tuple(names), [], whole)
    return TableHead(table.columns, table.rows, whole)


def _read_whole(path: Path) -> TableHead:
    """A list of objects, which has no lines to be cut at -> all of it."""
    table = read_user_table(path)
    return TableHead(table.columns, table.rows, whole=True)


def _ending(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _check_ending(path: Path) -> None:
    if not is_table(path):
        raise UserError(f"{path}: a table is {ENDINGS}")


def _parse_json(path: Path, text: str) -> Iterator[UserRow]:
    if _ending(path) == ".json" and text.lstrip().startswith("["):
        yield from _parse_list(path, text)
        return
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            value = json.loads(content, parse_constant=lambda _: None)
        except (json.JSONDecodeError, RecursionError) as error:
            what = f"this is not JSON: {_problem(error)}"
            if _is_json(text):
                what = "one JSON value over several lines; a table is an object a line, or a list"
            raise UserError(f"{path}: line {line}: {what}") from error
        yield _json_row(path, line, value, "line")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _problem(error: json.JSONDecodeError | RecursionError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"


def _parse_list(path: Path, text: str) -> Iterator[UserRow]:
    try:
        values = json.loads(text, parse_constant=lambda _: None)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UserError(f"{path}: line {line}: this is not JSON: {_problem(error)}") from error
    for number, value in enumerate(values, start=1):
        yield _json_row(path, number, value, "entry")


def _json_row(path: Path, line: int, value: object, unit: str) -> UserRow:
    if not isinstance(value, dict):
        raise UserError(f"{path}: {unit} {line}: not a JSON object with the columns as keys")
    cells = {str(key): plain_cell(cell) for key, cell in value.items()}
    return UserRow(path, line, cells, unit)
