"""``conditions.csv`` of an experiment with silenced terms -> what was written all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from snakescribe.evaluate.metrics.copied import COPIED
from snakescribe.tables import Row

FIGURE = COPIED.figures[0].name


@dataclass(frozen=True)
class Copied:
    """What a condition wrote of terms that it could not hear.

    Attributes:
        condition: its name.
        prompt: its prompt's name.
        terms: how many were silenced.
        share: of those how many it wrote, from 0 to 1.
        low: lower end of the share's interval, None where there is none.
        high: upper end.
    """

    condition: str
    prompt: str
    terms: int
    share: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        limits = (
            f" ({100 * self.low:.1f} to {100 * self.high:.1f} %)"
            if self.low is not None and self.high is not None and self.low < self.high
            else ", in all recordings alike"
        )
        return (
            f"heard or copied? {self.condition}: of {self.terms} silenced terms "
            f"{100 * self.share:.1f} %{limits} are written all the same"
        )


def find_copied(conditions: Sequence[Row], scores: Path) -> list[Copied]:
    """The rows of ``conditions.csv`` and ``chunks.parquet`` -> the conditions with silenced terms.

    Empty where no audio has any.
    """
    rows = [row for row in conditions if row.get(FIGURE) is not None]
    counts = _count_terms(scores, rows[0]["normalizer"]) if rows else {}
    return [
        Copied(
            condition=row["condition"],
            prompt=row["prompt"],
            terms=counts.get(row["condition"], 0),
            share=row[FIGURE],
            low=row[f"{FIGURE}_low"],
            high=row[f"{FIGURE}_high"],
        )
        for row in rows
    ]


def _count_terms(scores: Path, normalizer: str) -> dict[str, int]:
    """``chunks.parquet`` -> how many terms were silenced for each condition (first repeat)."""
    with ParquetFile(scores) as file:
        table = file.read(["condition", "normalizer", "repeat", "silenced_terms"])
    chosen = pc.and_(pc.equal(table["normalizer"], normalizer), pc.equal(table["repeat"], 1))
    table = table.unify_dictionaries().filter(chosen)
    sums = table.group_by("condition").aggregate([("silenced_terms", "sum")]).to_pylist()
    return {row["condition"]: int(row["silenced_terms_sum"] or 0) for row in sums}
