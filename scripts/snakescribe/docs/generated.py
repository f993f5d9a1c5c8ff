"""The parts of the documentation that are made from the code, each between two marks."""

from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.store import write_text
from snakescribe.tables import TABLES as STAGE_TABLES
from snakescribe.tables import Column
from snakescribe.tables.metadata import METADATA_TABLES

OPTIONS = "options"
TABLES = "tables"
COLUMNS = "columns"


def tables_text() -> str:
    """All tables that pass between the stages, as Markdown."""
    parts = []
    for table in (*STAGE_TABLES, *METADATA_TABLES):
        parts += [
            f"#### `{table.path}`",
            "",
            f"{table.description} Key: `{', '.join(table.key)}`.",
            "",
        ]
        parts += ["| column | type | unit | what |", "| --- | --- | --- | --- |"]
        for column in table.columns:
            parts.append(_table_row(column, column.name))
            parts += [_table_row(one, f"{column.name}.{one.name}") for one in column.fields]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _table_row(column: Column, name: str) -> str:
    kind = column.kind + (" or empty" if column.optional else "")
    text = column.description.replace("|", "\\|")
    return f"| `{name}` | {kind} | {column.unit} | {text} |"


def replace_generated(path: Path, part: str, content: str) -> None:
    """Put `content` between the marks of `part` in a Markdown file."""
    write_text(path, with_generated(path.read_text(encoding="utf-8"), part, content))


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
