"""A table of terms and a score -> the terms, most valuable first."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import is_file
from snakescribe.user_tables import column_key, read_table_text, read_user_text

Columns = dict[str, list[str]]

_ARITHMETIC = re.compile(r"[\w\s.+\-*/()]+")


@cache
def ranked_terms(table: Path, score: str) -> tuple[str, ...]:
    """Rank the column `term` by `score`, an arithmetic expression over the other columns.

    Equal scores keep the table's order, and so does an empty expression.

    Raises:
        UserError: no such file, no column `term`, a damaged line, an expression that is not
            arithmetic, an unknown column, or one that holds no numbers.
    """
    columns = _read_columns(table)
    if "term" not in columns:
        raise UserError(
            f"{table}: a table of terms needs a column 'term'; it has {', '.join(columns)}; "
            "name the columns in the first line"
        )
    terms = columns["term"]
    order = _rank(columns, score, table) if score else range(len(terms))
    return tuple(terms[place] for place in order if terms[place])


def _read_columns(table: Path) -> Columns:
    """A table -> its columns; cells are texts as they stand there, quoted or not."""
    read = read_table_text(table, read_user_text(table), ragged=True)
    columns = {"term" if column_key(name) == "term" else name: name for name in read.columns}
    return {
        name: [str(row.cells.get(written, "")) for row in read.rows]
        for name, written in columns.items()
    }


def _rank(columns: Columns, score: str, table: Path) -> Iterable[int]:
    """Columns and an expression over them -> the places of the rows, best first."""
    import pandas as pd

    if not _ARITHMETIC.fullmatch(score) or "__" in score:
        raise UserError(f"score '{score}': use columns of {table}, numbers, + - * / and brackets")
    used: dict[str, list[float]] = {}
    for name in sorted(set(re.findall(r"[A-Za-z_]\w*", score))):
        if name not in columns:
            raise UserError(
                f"score '{score}': {table} has no column '{name}'; {did_you_mean(name, columns)}"
            )
        try:
            used[name] = [float(cell or "nan") for cell in columns[name]]
        except ValueError as error:
            raise UserError(f"{table}: column '{name}' stands in a score, but {error}") from error
    try:
        scores = pd.DataFrame(used, index=range(len(columns["term"]))).eval(score, engine="python")
        ranked = pd.Series(scores, index=range(len(columns["term"])), dtype=float)
    except Exception as error:  # pandas passes on whatever the arithmetic raised
        raise UserError(f"score '{score}': {error}") from error
    return ranked.sort_values(ascending=False, kind="stable").index


def find_table_problems(table: str, score: str, key: str) -> Iterator[str]:
    """A table of terms, its score and its key in the config -> what is wrong with it, if anything.

    The table is read whole, so that a mistake is found before hours of transcription.
    """
    if not is_file(table):
        yield (
            f"{key}: no such file: {table}; "
            f"paths are relative to the working directory, {Path.cwd()}"
        )
        return
    try:
        ranked_terms(Path(table), score)
    except UserError as error:
        yield f"{key}: {error}"
