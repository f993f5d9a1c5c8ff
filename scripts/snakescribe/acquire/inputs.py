"""What the files that a config names say before anything is run: mistakes, fields, languages.

Of tables only the head is read, of folders only as much as it takes to find a file: this is done at
every start of the workflow.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from snakescribe.acquire.sources.files import find_audio, has_audio
from snakescribe.acquire.sources.layouts import UNSURE_TRANSCRIPTS
from snakescribe.acquire.sources.manifests import describe_manifest, open_manifest
from snakescribe.acquire.sources.rows import LOCATOR_COLUMNS, found_in_rows
from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.config.context import Context, EventContext, TableContext
from snakescribe.config.sources import (
    BESIDE,
    DatabaseSource,
    FolderSource,
    OwnSource,
    Source,
    TableSource,
)
from snakescribe.errors import UserError
from snakescribe.paths import is_there, path_hint, team_table
from snakescribe.user_tables import TableHead, column_key, read_head, read_user_text

Check = Callable[[Path], Iterator[str]]


def find_input_problems(
    recordings: Mapping[int, Source], context: Mapping[int, Context]
) -> Iterator[str]:
    """Entries of both sections by their place -> a line for each file with which a run would end.

    Files that are not there are told of by `acquire.check`.
    """
    for number, source in recordings.items():
        place = f"recordings.{number}"
        if isinstance(source, FolderSource) and not has_audio(source.path):
            yield (f"{place}.path: no audio file matches '{source.path}'; {path_hint(source.path)}")
        if isinstance(source, TableSource):
            yield from _problems(_check_recordings, source.path, f"{place}.path")
        if isinstance(source, DatabaseSource) and source.query.endswith(".sql"):
            yield from _problems(_check_query, source.query, f"{place}.query")
        if isinstance(source, OwnSource):
            continue
        if source.references == BESIDE:
            yield from _check_beside(source, f"{place}.references")
        elif source.references:
            yield from _problems(_check_references, source.references, f"{place}.references")
    for number, entry in context.items():
        if isinstance(entry, TableContext):
            yield from _problems(_check_context, entry.table, f"context.{number}.table")
        elif isinstance(entry, EventContext) and entry.teams:
            yield from _problems(
                _check_teams, str(team_table(entry.teams)), f"context.{number}.teams"
            )


def _problems(check: Check, path: str, place: str) -> Iterator[str]:
    """What a check finds in a file that is there, or raises -> lines with the place."""
    if not is_there(path):
        return
    try:
        for problem in check(Path(path)):
            yield f"{place}: {path}: {problem}"
    except UserError as error:
        yield f"{place}: {error}"


def _check_recordings(path: Path) -> Iterator[str]:
    manifest = open_manifest(path)
    head, layout = manifest.head, manifest.layout
    if head and layout and not _has(head, layout.locator):
        yield (
            "a table of recordings says where the audio lies (path or URL) in one of the columns "
            f"{', '.join(LOCATOR_COLUMNS)}; {_instead('audio', head)}"
        )
        return
    manifest.check()


def describe_tables(recordings: Iterable[Source]) -> Iterator[str]:
    """Sources of a checked config -> for each table a line that says what it will be taken for."""
    for number, source in enumerate(recordings):
        if isinstance(source, TableSource):
            described = describe_manifest(open_manifest(Path(source.path)))
            yield f"recordings.{number}.path: {source.path}: {described}"


def find_input_warnings(recordings: Iterable[Source]) -> Iterator[str]:
    """Sources of a checked config -> what their tables hardly can mean.

    Told are tables of whose first files none is there, and transcripts that may count as context.
    """
    for number, source in enumerate(recordings):
        if not isinstance(source, TableSource):
            continue
        manifest = open_manifest(Path(source.path))
        if manifest.head and manifest.layout:
            columns = {column_key(name): name for name in manifest.head.columns}
            taken = {*manifest.layout.fields["reference"], "reference_file"}
            if not source.references and taken.isdisjoint(columns):
                for name in (columns[key] for key in UNSURE_TRANSCRIPTS if key in columns):
                    yield (
                        f"recordings.{number}.path: {source.path}: the column `{name}` is context, "
                        "and there is no reference; if it is what was said, call it `reference`"
                    )
            rows = found_in_rows(manifest.head.rows, manifest.layout)
            files = [found.locator for found in rows if found.kind == "file"]
            if files and not any(Path(file).is_file() for file in files):
                yield (
                    f"recordings.{number}.path: {source.path}: no file is there of the first "
                    f"{len(files)} that it names, such as {files[0]}; paths are relative to the "
                    "working directory or to the table"
                )


def _check_context(path: Path) -> Iterator[str]:
    yield from _check_column("id", "a context table names the recordings", read_head(path))


def _check_teams(path: Path) -> Iterator[str]:
    yield from _check_column("name", "a table of teams names them", read_head(path))


def _check_column(column: str, what: str, head: TableHead) -> Iterator[str]:
    if not _has(head, [column]):
        yield f"{what} in a column `{column}`; {_instead(column, head)}"
        return
    for row in head.rows:
        if not row.first(column):
            raise row.fail(f"no {column}; {what} in a column `{column}`")


def _has(head: TableHead, columns: Iterable[str]) -> bool:
    """Whether a table has one of these columns, whatever its case."""
    return not set(columns).isdisjoint(map(column_key, head.columns))


def _instead(column: str, head: TableHead) -> str:
    """A column that lacks -> which ones there are, or a near one."""
    if not head.columns:
        return "the table is empty"
    near = get_close_matches(column, head.columns, n=1)
    return f"it has {', '.join(head.columns)}" + "".join(f"; is '{name}' meant?" for name in near)


def _check_query(path: Path) -> Iterator[str]:
    if not read_user_text(path).strip():
        yield "the file is empty; it holds the SQL of a query"


def _check_beside(source: Source, place: str) -> Iterator[str]:
    """A line if no recording of a source, as far as its head tells, has a reference beside it."""
    if isinstance(source, FolderSource):
        folders = {path.parent for path in find_audio(source.path)}
    elif isinstance(source, TableSource):
        try:
            folders = set(_folders_of_head(Path(source.path)))
        except UserError:  # told already
            return
    else:
        yield f"{place}: '{BESIDE}' is for folders and tables of local files"
        return
    beside = (path for folder in folders for path in folder.iterdir())
    if folders and not any(path.suffix.lower() in REFERENCE_SUFFIXES for path in beside):
        endings = ", ".join(REFERENCE_SUFFIXES)
        yield f"{place}: no file that ends in {endings} lies beside the recordings"


def _folders_of_head(table: Path) -> Iterator[Path]:
    """A table -> the folders of the local files that its first rows name; of manifests none."""
    manifest = open_manifest(table)
    if manifest.head and manifest.layout:
        for found in found_in_rows(manifest.head.rows, manifest.layout):
            if Path(found.locator).is_file():
                yield Path(found.locator).parent


def _check_references(path: Path) -> Iterator[str]:
    if path.is_dir():
        if not any(file.suffix.lower() in REFERENCE_SUFFIXES for file in path.rglob("*")):
            yield (
                "no reference in this folder; references are files named by id that end in "
                + ", ".join(REFERENCE_SUFFIXES)
            )
        return
    if path.suffix.lower() in {".stm", ".ctm"}:
        if not any(True for _ in content_lines(read_user_text(path))):
            yield "no line with a reference in this file"
        return
    head = read_head(path)
    for wanted in (("id", *LOCATOR_COLUMNS), ("reference", "text", "reference_file")):
        if not _has(head, wanted):
            yield (
                "a table of references has `id` and `reference` (or `reference_file`); "
                + _instead(wanted[0], head)
            )
            return
