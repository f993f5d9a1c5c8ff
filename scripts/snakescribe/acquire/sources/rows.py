"""Rows of a user's table or query -> recordings."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from snakescribe.acquire.sources.listing import Found
from snakescribe.paths import is_web_url
from snakescribe.user_tables import UserRow

LOCATOR_COLUMNS = ("audio", "path", "file", "url")
FIELDS = ("title", "language", "speaker", "reference", "reference_file")
OWN_COLUMNS = frozenset({"id", *LOCATOR_COLUMNS, *FIELDS})


def found_in_rows(rows: Iterable[UserRow]) -> Iterator[Found]:
    """Rows of a user's table or query -> recordings.

    Raises:
        UserError: a row without audio, an id given twice, a reference file that is not there.
    """
    seen: dict[str, int] = {}
    for row in rows:
        audio = row.first(*LOCATOR_COLUMNS)
        if not audio:
            raise row.fail(
                "no audio: give a path or a URL in one of the columns " + ", ".join(LOCATOR_COLUMNS)
            )
        remote = is_url(audio)
        if remote and not is_web_url(audio):
            raise row.fail(f"'{audio}' is no http(s) URL")
        locator = audio if remote else str(find_file(audio, row.path))
        given = row.first("id")
        if given and given in seen:
            raise row.fail(f"the id '{given}' stands in line {seen[given]} already")
        seen[given] = row.line
        reference_file = row.first("reference_file")
        if reference_file:
            path = find_file(reference_file, row.path)
            if not path.is_file():
                raise row.fail(f"reference_file: no such file: {reference_file}")
            reference_file = str(path)
        yield Found(
            identity=f"id:{given}" if given else f"{'url' if remote else 'file'}:{locator}",
            id=given or Path(urlsplit(audio).path if remote else audio).stem,
            exact=bool(given),
            kind="url" if remote else "file",
            locator=locator,
            title=row.first("title"),
            language=row.first("language"),
            speaker=row.first("speaker"),
            reference=row.first("reference"),
            reference_file=reference_file,
            context={key: value for key, value in row.cells.items() if key not in OWN_COLUMNS},
        )


def is_url(text: str) -> bool:
    """Whether a cell is a URL, not a path."""
    return text.lower().startswith(("http://", "https://"))


def find_file(text: str, table: Path) -> Path:
    """A path in a table -> relative to the working directory, else to the table's own folder."""
    path = Path(text)
    beside = table.parent / path
    return beside if not path.exists() and beside.exists() else path
