"""Lists of ids or URLs in text files and tables."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.user_tables import (
    UserRow,
    column_key,
    is_json,
    read_names,
    read_rows,
    read_user_text,
)

# The columns that name something, with what it is where the column's name tells that.
_KINDS = {
    "id": "", "url": "", "video": "video", "video_id": "video", "playlist": "playlist",
    "playlist_id": "playlist", "channel": "channel", "channel_id": "channel", "handle": "channel",
    "user": "channel", "username": "channel",
}  # fmt: skip
ID_COLUMNS = tuple(_KINDS)
KINDS = frozenset(_KINDS.values())


def read_id_file(path: Path) -> Iterator[tuple[UserRow, str]]:
    """A ``.txt`` (one id or URL a line) or a table -> rows with the cell `id`, and what each is.

    Blank lines, lines that start with ``#`` and what follows `` #`` are comments. A table needs
    one of the columns `ID_COLUMNS`; one without such a header is read as a list of first cells.
    What an id is (`video`, `playlist`, `channel`) the name of its column says, or a column `kind`;
    else it is empty.

    Raises:
        UserError: the file cannot be read, or a line is malformed (with its number).
    """
    text = read_user_text(path)
    delimiter = {".csv": ",", ".tsv": "\t"}.get(path.suffix.lower())
    if is_json(path) or (delimiter and _has_header(path, text)):
        for row in read_rows(path):
            column = next((column for column in ID_COLUMNS if row.first(column)), "")
            if not column:
                raise row.fail(f"no id in any of the columns {', '.join(ID_COLUMNS)}")
            rest = row.without(*ID_COLUMNS)
            kind = row.first("kind").lower().removesuffix("s")
            kind = kind if kind in KINDS and kind else _KINDS[column]
            yield UserRow(path, row.line, {**rest, "id": row.first(column)}), kind
        return
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.split(" #")[0].strip()
        if not content or content.startswith("#"):
            continue
        first = content.split(delimiter)[0].strip('" ') if delimiter else content
        row = UserRow(path, number, {"id": first})
        if not delimiter and len(first.split()) > 1:
            raise row.fail(f"one id or URL a line, not '{first[:60]}'")
        yield row, ""


def _has_header(path: Path, text: str) -> bool:
    names = read_names(path, text) if text.strip() else []
    return any(column_key(name) in ID_COLUMNS for name in names)
