"""A table of terms and a score -> the terms, most valuable first."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import is_file
from snakescribe.user_tables import read_user_text

Columns = dict[str, list[str]]

_ARITHMETIC = re.compile(r"[\w\s.+\-*/()]+")
_DELIMITERS = "\t;,"


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
    """Read a table whose first line names the columns, with tab, `;` or `,` between them.

    Cells are texts as they stand there, quoted or not. Lines that begin with ``#`` are comments.
    """
    numbered = [
        (number, line)
        for number, line in enumerate(read_user_text(table).split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not numbered:
        raise UserError(f"{table}: an empty table; its first line names the columns")
    header = numbered[0][1]
    delimiter = max(_DELIMITERS, key=header.count)  # a tab where there is a single column
    names, *rows = (
        [cell.strip() for cell in cells]
        for cells in csv.reader((line for _, line in numbered), delimiter=delimiter)
    )
    for (number, _), cells in zip(numbered[1:], rows, strict=False):
        if len(cells) > len(names):
            raise UserError(
                f"{table}: line {number}: {len(cells)} cells where the header has {len(names)} "
                f"columns; put a cell with {_name(delimiter)} in it in quotation marks"
            )
    padded = [cells + [""] * (len(names) - len(cells)) for cells in rows]
    return {name: [cells[place] for cells in padded] for place, name in enumerate(names)}


def _name(delimiter: str) -> str:
    return "a tab" if delimiter == "\t" else f"'{delimiter}'"


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
