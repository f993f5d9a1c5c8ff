"""The parts of the documentation that are made from the code, each between two marks."""

from collections.abc import Iterable
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.evaluate.metrics import built_in_metrics
from snakescribe.store import write_text
from snakescribe.tables import TABLES as STAGE_TABLES
from snakescribe.tables import Column, Table
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES
from snakescribe.tables.scores import SCORE_TABLES

OPTIONS = "options"
TABLES = "tables"
COLUMNS = "columns"
NOTICES = "notices"
DATABASE = "database"


def tables_text() -> str:
    """All tables that pass between the stages, as Markdown for ``docs/architecture.md``."""
    return _describe((*STAGE_TABLES, *METADATA_TABLES, *GAME_TABLES))


def score_tables_text() -> str:
    """All tables of scores, and what each metric counts, as Markdown for ``docs/evaluate.md``."""
    lines = ["", "The counts of the metrics in `chunks.parquet`:", ""]
    lines += ["| metric | counts |", "| --- | --- |"]
    for metric in built_in_metrics().values():
        if metric.counts:
            names = ", ".join(f"`{name}`" for name in metric.counts)
            lines.append(f"| `{metric.name}` | {names} |")
    return _describe(SCORE_TABLES) + "\n".join([*lines, ""])


def _describe(tables: Iterable[Table]) -> str:
    parts = []
    for table in tables:
        parts += [
            f"#### `{table.path}`",
            "",
            f"{table.description} Key: `{', '.join(table.key)}`.",
            "",
        ]
        parts += ["| column | type | unit | what |", "| --- | --- | --- | --- |"]
        for column in _columns(table):
            parts.append(_table_row(column, column.name))
            parts += [_table_row(field, f"{column.name}.{field.name}") for field in column.fields]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _columns(table: Table) -> Iterable[Column]:
    """The columns in file order, open ones with the kind of name that they are made of."""
    names = {part.source: [f"{{{part.source}}}"] for part in table.open}
    return table.expand(**names).columns


def _table_row(column: Column, name: str) -> str:
    kind = _TYPES.get(column.kind, column.kind) + (" or empty" if column.optional else "")
    text = column.description.replace("|", "\\|")
    return f"| `{name}` | {kind} | {column.unit} | {text} |"


_TYPES = {"label": "str", "int32": "int", "list of float32": "list of float"}


def replace_generated(path: Path, part: str, content: str) -> None:
    """Put `content` between the marks of `part` in a Markdown file.

    Raises:
        UserError: it is no text, or has no such part.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: this is no Markdown file in UTF-8: {error}") from None
    write_text(path, with_generated(text, part, content))


def with_generated(text: str, part: str, content: str) -> str:
    """A Markdown text -> the same with what stands between the marks of `part` made anew.

    Raises:
        UserError: the text has no such marks.
    """
    begin, end = f"<!-- made by `make docs`: {part} -->", f"<!-- end of {part} -->"
    before, opened, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise UserError(f"the marks {begin} and {end} are not in this file")
    return f"{before}{begin}\n\n{content}\n{end}{after}"
