"""Tables with a delimiter between the cells, as people and spreadsheets save them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.user_tables.row import UserRow, column_key

DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
_NO_HEADER = "an empty header; the first line names the columns"
_ALL = "\t;,|"
_NAMES = {"\t": "a tab", ";": "';'", ",": "','", "|": "'|'"}
# What spreadsheets write to tell each other the delimiter.
_SEP_LINE = re.compile(r"\"?sep=(.)\"?[\s,;]*", re.IGNORECASE)


@dataclass(frozen=True)
class _Form:
    """What a table's first lines tell: its delimiter, and the line of its header."""

    delimiter: str
    header: int


def parse_delimited(
    path: Path, text: str, ragged: bool = False
) -> tuple[list[str], list[UserRow], list[int]]:
    """A table's text -> the names of its columns, its rows, and the lines that are comments.

    The delimiter is the ending's, or, where the header has none of these, the one that it has most
    of, or the one that a line ``sep=;`` before it names. Cells may be quoted. A line that begins
    with ``#`` is a comment before the header, and after it where the row has no other cells, or not
    as many as the header.
    Columns without a name at the end, and cells beyond the header, may be there if they are empty.

    Args:
        path: the file, for messages.
        text: its content.
        ragged: cells at the end of a row may be missing.

    Raises:
        UserError: a malformed line (with its number), two columns with one name, no header.
    """
    form = _form(path, text)
    if form is None:
        raise UserError(f"{path}: line 1: an empty table; its first line names the columns")
    lines = None
    if form.delimiter == "\t":
        lines = _split_plainly(text, form, ragged)
    if lines is None:
        lines = list(_split_quoted(path, text, form))
    if not lines:
        raise UserError(f"{path}: line {form.header}: {_NO_HEADER}")
    (number, header), *body = lines
    names = _column_names(path, number, header, [cells for _, cells in body])
    rows, comments = [], []
    written = text.split("\n")
    for line, cells in body:
        if written[line - 1].lstrip().startswith("#") and _is_comment(cells, len(names)):
            comments.append(line)
            continue
        rows.append(UserRow(path, line, _fit(path, line, cells, names, form, ragged)))
    return names, rows, comments


def read_names(path: Path, text: str) -> list[str]:
    """A table whose rows cannot be told apart -> the names of its columns."""
    form = _form(path, text)
    if form is None:
        return []
    line = text.split("\n")[form.header - 1]
    cells = next(csv.reader([line], delimiter=form.delimiter, skipinitialspace=True))
    return _column_names(path, form.header, cells, [])


def _form(path: Path, text: str) -> _Form | None:
    own = DELIMITERS.get(path.suffix.lower(), ",")
    said = ""
    for number, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        if not said and (match := _SEP_LINE.fullmatch(content.strip("\ufeff \r"))):
            said = match[1]
            continue
        if content.lstrip().startswith("#"):
            continue
        bare = re.sub(r'"[^"]*"', "", content)
        other = max(_ALL, key=bare.count)
        if other not in bare:  # a single column: its cells are whole lines
            return _Form(said or "\t", number)
        return _Form(said or (own if own in bare else other), number)
    return None


def _split_plainly(text: str, form: _Form, ragged: bool) -> list[tuple[int, list[str]]] | None:
    """Read a TSV line by line; None where lines do not fit the header (quoted line breaks?)."""
    contents = enumerate(text.split("\n"), start=1)
    lines = [
        (number, cells)
        for number, content in contents
        if number >= form.header and any(cells := [_unquote(cell) for cell in content.split("\t")])
    ]
    width = len(lines[0][1]) if lines else 0
    for _, cells in lines[1:]:
        fits = len(cells) == width or cells[0].startswith("#") or (ragged and len(cells) < width)
        if not fits and any(cells[width:] or ["x"]):
            return None
    return lines


def _unquote(cell: str) -> str:
    cell = cell.strip()
    inner = cell[1:-1]
    if len(cell) >= 2 and cell == f'"{inner}"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"').strip()
    return cell


def _split_quoted(path: Path, text: str, form: _Form) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO("\n".join(text.split("\n")[form.header - 1 :]), newline="")
    reader = csv.reader(lines, delimiter=form.delimiter, strict=True, skipinitialspace=True)
    while True:
        number = form.header + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UserError(f"{path}: line {number}: {error}") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, [cell.strip() for cell in cells]


def _is_comment(cells: list[str], width: int) -> bool:
    """Whether a line that begins with a ``#`` is no row: `width` is how many cells a row has."""
    return not any(cells[1:]) or len(cells) < width or any(cells[width:])


def _fit(
    path: Path, line: int, cells: list[str], names: list[str], form: _Form, ragged: bool
) -> dict[str, str]:
    """The cells of a row, by column."""
    width = len(names)
    if len(cells) > width and not any(cells[width:]):
        cells = cells[:width]
    if ragged and len(cells) < width:
        cells = cells + [""] * (width - len(cells))
    if len(cells) != width:
        mark = _NAMES.get(form.delimiter, f"'{form.delimiter}'")
        remedy = "add what is missing"
        if len(cells) > width:
            remedy = f"put a cell with {mark} in it in quotation marks"
        raise UserError(
            f"{path}: line {line}: {len(cells)} cells where the header has {width} columns, with "
            f"{mark} between them; {remedy}"
        )
    return dict(zip(names, cells, strict=True))


def _column_names(path: Path, line: int, header: list[str], rows: list[list[str]]) -> list[str]:
    """A header -> its names, without those at its end that are empty, as all cells below are."""
    names = [name.strip() for name in header]
    while names and not names[-1]:
        if any(any(cells[len(names) - 1 :]) for cells in rows):
            break
        names.pop()
    if not names:
        raise UserError(f"{path}: line {line}: {_NO_HEADER}")
    if "" in names:
        raise UserError(f"{path}: line {line}: column {names.index('') + 1} has no name")
    known: dict[str, str] = {}
    for name in names:
        if column_key(name) in known:
            raise UserError(f"{path}: line {line}: two columns are named '{name}'")
        known[column_key(name)] = name
    return names
