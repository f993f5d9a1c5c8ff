"""A table of terms and a score -> the terms, most valuable first."""

import re
from functools import cache
from pathlib import Path
from typing import cast

from snakescribe.errors import UserError, did_you_mean

_ARITHMETIC = re.compile(r"[\w\s.+\-*/()]+")


@cache
def ranked_terms(table: Path, score: str) -> tuple[str, ...]:
    """Rank the column `term` by `score`, an arithmetic expression over the other columns.

    Equal scores keep the table's order, and so does an empty expression.

    Raises:
        UserError: no column `term`, an expression that is not arithmetic, or an unknown column.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(table, sep=None, engine="python", comment="#", encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UserError(f"{table}: cannot read the terms: {error}") from error
    if "term" not in frame.columns:
        raise UserError(
            f"{table}: a table of terms needs a column 'term'; it has "
            f"{', '.join(map(str, frame.columns))}"
        )
    frame = frame[frame["term"].notna()]
    if not score:
        return tuple(frame["term"].astype(str))
    if not _ARITHMETIC.fullmatch(score) or "__" in score:
        raise UserError(f"score '{score}': use columns of {table}, numbers, + - * / and brackets")
    names = set(re.findall(r"[A-Za-z_]\w*", score))
    for name in sorted(names - set(map(str, frame.columns))):
        raise UserError(
            f"score '{score}': {table} has no column '{name}'; "
            f"{did_you_mean(name, map(str, frame.columns))}"
        )
    try:
        frame = cast(pd.DataFrame, frame.eval(f"_score = {score}", engine="python"))
    except Exception as error:  # pandas passes on whatever the arithmetic raised
        raise UserError(f"score '{score}': {error}") from error
    ranked = frame.sort_values("_score", ascending=False, kind="stable")
    return tuple(ranked["term"].astype(str))
