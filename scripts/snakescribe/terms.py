"""A table of terms and a score -> the terms, most valuable first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, isnan
from pathlib import Path
from typing import Any, Protocol

from snakescribe.arithmetic import parse_arithmetic, plain_name
from snakescribe.errors import UserError, did_you_mean, shorten
from snakescribe.paths import is_file, no_such_file
from snakescribe.user_tables import column_key, read_table_text, read_user_text

Columns = dict[str, list[str]]


@dataclass(frozen=True)
class RankedTerm:
    """A term, its score (None where no score is asked for), and all cells of its row."""

    term: str
    score: float | None
    cells: Mapping[str, str]


class TermSources(Protocol):
    """Where a recording's terms come from: the section `scoring.terms` of the config."""

    @property
    def tables(self) -> Sequence[str]:
        """Tables of terms, for all recordings."""

    @property
    def fields(self) -> Sequence[str]:
        """Fields of recordings that list terms."""


def ranked_terms(table: Path, score: str) -> tuple[str, ...]:
    """Rank the column `term` by `score`; raises what `ranked_rows` does."""
    return tuple(row.term for row in ranked_rows(table, score))


@cache
def ranked_rows(table: Path, score: str) -> tuple[RankedTerm, ...]:
    """Rank the rows that have a `term` by `score`, an arithmetic expression over other columns.

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
    scores = _score(columns, score, table) if score else [None] * len(columns["term"])
    rows = [
        RankedTerm(term, value, {name: cells[place] for name, cells in columns.items()})
        for place, (term, value) in enumerate(zip(columns["term"], scores, strict=True))
        if term
    ]
    return tuple(sorted(rows, key=_by_score))


def recording_terms(item: Mapping[str, Any], settings: TermSources) -> list[str]:
    """An item and `scoring.terms` -> its terms: those of the tables and of its own fields.

    A field's text is a list with commas or semicolons between the terms.

    Raises:
        UserError: a table of terms that cannot be read.
    """
    terms = [term for table in settings.tables for term in ranked_terms(Path(table), "")]
    for name in settings.fields:
        value = item["context"].get(name) or item.get(name) or ()
        parts = value.replace(";", ",").split(",") if isinstance(value, str) else map(str, value)
        terms += [part.strip() for part in parts]
    return [term for term in dict.fromkeys(terms) if term]


def _by_score(row: RankedTerm) -> float:
    """What rows are sorted by: the highest score first; those without a number come last."""
    return inf if row.score is None or isnan(row.score) else -row.score


def _read_columns(table: Path) -> Columns:
    """A table -> its columns; cells are texts as they stand there, quoted or not."""
    read = read_table_text(table, read_user_text(table), ragged=True)
    columns = {"term" if column_key(name) == "term" else name: name for name in read.columns}
    return {
        name: [str(row.cells.get(written, "")) for row in read.rows]
        for name, written in columns.items()
    }


def _score(columns: Columns, score: str, table: Path) -> list[float]:
    """Columns and an expression over them -> the score of each row, nan where it has none."""
    try:
        expression = parse_arithmetic(score)
    except UserError as error:
        raise UserError(f"score {error} ({table} has: {shorten(', '.join(columns))})") from None
    written = {plain_name(name): name for name in columns}
    used: dict[str, list[float]] = {}
    for name in sorted(expression.names):
        if name not in written:
            raise UserError(
                f"score '{score}': {table} has no column '{name}'; {did_you_mean(name, columns)}"
            )
        try:
            used[name] = [float(cell or "nan") for cell in columns[written[name]]]
        except ValueError as error:
            raise UserError(
                f"{table}: column '{name}' stands in a score, but {shorten(error)}"
            ) from None
    return [
        expression.value({name: cells[row] for name, cells in used.items()})
        for row in range(len(columns["term"]))
    ]


def find_table_problems(table: str, score: str, key: str) -> Iterator[str]:
    """A table of terms, its score and its key in the config -> what is wrong with it, if anything.

    The table is read whole, so that a mistake is found before hours of transcription.
    """
    if not is_file(table):
        yield no_such_file(table, key)
        return
    try:
        ranked_terms(Path(table), score)
    except UserError as error:
        yield f"{key}: {error}"
