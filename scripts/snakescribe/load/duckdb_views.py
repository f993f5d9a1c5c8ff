"""The tables of a results folder as views for DuckDB, which needs no server."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.tables import ITEMS, TABLES, TRANSCRIPTS, Table
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES
from snakescribe.tables.schema import Column, Kind
from snakescribe.tables.scores import SCORE_TABLES

# Other kinds of a text file are JSON.
_TYPES: dict[Kind, str] = {
    "str": "VARCHAR",
    "label": "VARCHAR",
    "int": "BIGINT",
    "int32": "BIGINT",
    "float": "DOUBLE",
    "bool": "BOOLEAN",
}
# What a wildcard in the path of a table can be, and what stands for it in a pattern of files.
_WILDCARDS = {"cut": ("(?:([^/]+)/)?", "**/"), "place": ("(.+)", "**/*")}
_ONE = ("([^/]+)", "*")
_NAMES = {"cut": "chunking"}
# A cell that a spreadsheet would run has an apostrophe before it (`snakescribe.formulas`).
_AS_MEANT = r"regexp_replace({}, '^''(''*[=+\-@\t\r])', '\1')"


def duckdb_views(results: Results) -> str:
    """A results folder -> SQL for DuckDB that makes a view of each table that is there.

    A view has the columns of its table with their types, and one for each wildcard of its path:
    `experiment`, `passname`, `variant`, `chunking`, ...

    Raises:
        UserError: there is no run in the folder.
    """
    if not results.path(ITEMS).exists():
        raise UserError(f"{results.folder}: no recordings were listed here; run snakemake first")
    folder = results.folder.resolve()
    return "\n".join(_statements(folder)) + "\n"


def _statements(folder: Path) -> Iterator[str]:
    yield f"-- The tables of {folder.name}, for DuckDB; made by `snakescribe db duckdb`."
    for table in (*TABLES, *METADATA_TABLES, *GAME_TABLES, *SCORE_TABLES):
        pattern = re.sub(r"{(\w+)}", lambda match: _kind(match[1])[1], table.path)
        files = sorted(folder.glob(pattern))
        if not files:
            yield f"-- {table.name}: there is none yet"
        else:
            yield _view(table, folder, pattern, files)
            if table is TRANSCRIPTS:
                yield from map(_unnested, ("segments", "words"))


def _kind(wildcard: str) -> tuple[str, str]:
    """What a wildcard can be, as a regular expression, and a pattern of files for it."""
    return _WILDCARDS.get(wildcard, _ONE)


def _view(table: Table, folder: Path, pattern: str, files: list[Path]) -> str:
    place = _literal(re.sub(r"[][*?]", r"[\g<0>]", folder.as_posix()) + "/" + pattern)
    if table.is_parquet:
        source = f"read_parquet({place}, filename = true, union_by_name = true)"
        shown = "* exclude (filename)"
    else:
        columns = _columns_of(table, files)
        types = ", ".join(
            f"{_literal(column.name)}: {_literal(_TYPES.get(column.kind, 'JSON'))}"
            for column in columns
        )
        separator = "," if table.suffix == ".csv" else r"\t"
        source = (
            f"read_csv({place}, delim = '{separator}', header = true, quote = '\"', escape = '\"', "
            f"types = {{{types}}}, filename = true, union_by_name = true, "
            "max_line_size = 100_000_000)"
        )
        shown = "* exclude (filename)" + _replacements(table, columns)
    expression, names = _path_expression(table.path)
    wildcards = [
        f"coalesce(regexp_extract(filename, {_literal(f'/{expression}$')}, {number}), '') "
        f"as {_quoted(name)}"
        for number, name in enumerate(names, start=1)
        if name not in table.names
    ]
    columns_shown = ", ".join([*wildcards, shown])
    return f"create or replace view {_quoted(table.name)} as select {columns_shown} from {source};"


def _columns_of(table: Table, files: list[Path]) -> list[Column]:
    """The columns of a table's files, those that a configuration adds among them."""
    columns: dict[str, Column] = {}
    for path in files:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream, delimiter="," if table.suffix == ".csv" else "\t")
            header = next(reader, [])
        known = table.from_header(header)
        if known is None:
            raise UserError(f"{path}: this is not what was written; the next run makes it anew")
        columns |= {column.name: column for column in known.columns}
    return list(columns.values())


def _replacements(table: Table, columns: list[Column]) -> str:
    """Texts as they are meant: those that may not be empty have at least no letters."""
    parts = []
    for column in columns:
        if column.kind in ("str", "label"):
            text = _quoted(column.name)
            meant = _AS_MEANT.format(text) if table.suffix == ".csv" else text
            meant = meant if column.optional else f"coalesce({meant}, '')"
            if meant != text:
                parts.append(f"{meant} as {text}")
    return f" replace ({', '.join(parts)})" if parts else ""


def _path_expression(path: str) -> tuple[str, list[str]]:
    """The path of a table -> a regular expression for its wildcards, and their names."""
    expression, names, end = "", [], 0
    for match in re.finditer(r"{(\w+)}", path):
        name = match[1]
        expression += re.escape(path[end : match.start()])
        expression += _kind(name)[0]
        names.append(_NAMES.get(name, name))
        end = match.end()
    return expression + re.escape(path[end:]), names


def _unnested(column: str) -> str:
    """A view of the segments or the words of all transcripts, a row each."""
    return (
        f"create or replace view {column} as select * exclude (part), unnest(part) from ("
        f"select passname, shard, recording, chunk, prompt, decoding, "
        f"generate_subscripts({column}, 1) - 1 as number, unnest({column}) as part "
        "from transcripts);"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
