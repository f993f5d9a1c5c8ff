"""Rows of a user's table or query -> recordings."""

from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from snakescribe.acquire.sources.layouts import PLAIN, Layout
from snakescribe.acquire.sources.listing import Found, Part
from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.paths import is_file, is_web_url
from snakescribe.user_tables import UserRow

LOCATOR_COLUMNS = PLAIN.locator
OWN_COLUMNS = frozenset({"id", *LOCATOR_COLUMNS, *PLAIN.fields})


def found_in_rows(rows: Iterable[UserRow], layout: Layout = PLAIN) -> Iterator[Found]:
    """Rows of a user's table or query, and its layout -> recordings.

    Raises:
        UserError: a row without audio, an id given twice, a reference file that is not there.
    """
    seen: dict[str, int] = {}
    for row in rows:
        audio = row.first(*layout.locator)
        if not audio:
            raise row.fail(
                "no audio: give a path or a URL in one of the columns " + ", ".join(layout.locator)
            )
        remote = is_url(audio)
        if remote and not is_web_url(audio):
            raise row.fail(f"'{audio}' is no http(s) URL")
        locator = audio if remote else str(find_file(audio, row.path, layout))
        fields: dict[str, Any] = {
            name: row.first(*columns) for name, columns in layout.fields.items()
        }
        given = fields.pop("id")
        if given and given in seen:
            raise row.fail(f"the id '{given}' stands in {row.unit} {seen[given]} already")
        seen[given] = row.line
        if file := fields["reference_file"]:
            path = find_file(file, row.path)
            if not path.is_file():
                raise row.fail(f"reference_file: no such file: {file}")
            fields["reference_file"] = str(path)
        elif named := reference_file_in(row, layout):
            fields |= {"reference": "", "reference_file": str(named)}
        part = _part(row, layout)
        name = Path(urlsplit(audio).path if remote else audio).stem
        yield Found(
            identity=f"id:{given}"
            if given
            else f"{'url' if remote else 'file'}:{locator}{part.mark if part else ''}",
            id=given or (f"{name}-{part.label}" if part else name),
            exact=bool(given),
            kind="url" if remote else "file",
            locator=locator,
            part=part,
            context=_context(row, layout),
            **fields,
        )


def reference_file_in(row: UserRow, layout: Layout) -> Path | None:
    """The file that the column of a row's transcript names in place of words, if it does.

    Raises:
        UserError: there is no such file.
    """
    text = row.first(*layout.fields["reference"])
    if not text.lower().endswith(REFERENCE_SUFFIXES) or len(text.split()) > 1:
        return None
    path = find_file(text, row.path)
    if not is_file(str(path)):
        raise row.fail(f"the reference is the name of a file that is not there: {text}")
    return path


def _context(row: UserRow, layout: Layout) -> dict[str, object]:
    """The cells that are no columns of an item; a duration under the name that filters know."""
    taken = {column for columns in layout.fields.values() for column in columns}
    context = row.without(*taken, *layout.locator, *(layout.parts or ()))
    if layout.parts and (seconds := _number(row, layout.parts[1])):
        context["duration_seconds"] = seconds
    return context


def _part(row: UserRow, layout: Layout) -> Part | None:
    """Where in its file a recording lies, if the table says so."""
    if not layout.parts or not row.first(layout.parts[0]):
        return None
    start, seconds = (_number(row, column) for column in layout.parts)
    if start is None or start < 0 or not seconds or seconds < 0:
        raise row.fail(
            f"{' and '.join(layout.parts)} are the seconds where it begins and that it is long, "
            f"not '{row.first(layout.parts[0])}' and '{row.first(layout.parts[1])}'"
        )
    return Part(start, start + seconds)


def _number(row: UserRow, column: str) -> float | None:
    try:
        number = float(row.first(column).replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) else None


def is_url(text: str) -> bool:
    """Whether a cell is a URL, not a path."""
    return text.lower().startswith(("http://", "https://"))


def find_file(text: str, table: Path, layout: Layout = PLAIN) -> Path:
    """A path in a table -> relative to the working directory, else to the table's own folder.

    In a manifest the table's folder comes first, and the folder below it that has the audio.
    """
    path = Path(text)
    beside = table.parent / path
    if not layout.is_plain:
        inner = table.parent / layout.folder / path
        return next((place for place in (inner, beside, path) if place.exists()), beside)
    return beside if not path.exists() and beside.exists() else path
