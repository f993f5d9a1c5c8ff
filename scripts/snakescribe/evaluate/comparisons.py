"""Scores -> each condition against the baseline, and all pairs: differences, intervals, tests."""

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.adjust import adjust_benjamini_hochberg, adjust_holm
from snakescribe.evaluate.agreement import Agreement
from snakescribe.evaluate.bootstrap import Bootstrap
from snakescribe.evaluate.differences import judge_family, measure_difference
from snakescribe.evaluate.mapsswe import (
    Mapsswe,
    compare_matched_pairs,
    locate_errors,
)
from snakescribe.evaluate.metrics.base import Sums
from snakescribe.evaluate.metrics.words import WER
from snakescribe.evaluate.score_table import ScoreTable

if TYPE_CHECKING:
    import numpy as np

COLUMNS = (
    "family",
    "condition",
    "other",
    "recordings",
    "delta",
    "delta_low",
    "delta_high",
    "probability_of_improvement",
    "p_bootstrap",
    "p_mapsswe",
    "p_adjusted",
    "verdict",
    "real",
    "design",
    "chunks",
    "words",
    "relative_delta",
    "standard_error",
    "smallest_detectable",
    "recordings_needed",
    "segments",
    "z_mapsswe",
    "agreement",
    "correction",
    "resampled_by",
)
# The agreement of all pairs takes long with many conditions; then it is that with the baseline.
MAX_CONDITIONS_AGREEMENT = 12
_WER = WER.figures[0].value


class Comparer:
    """Compares conditions two at a time.

    In a paired design all comparisons are made on the chunks that every condition has.
    """

    def __init__(
        self,
        table: ScoreTable,
        bootstrap: Bootstrap,
        replicates: Sums,
        paired: bool,
        baseline: int,
    ) -> None:
        """Take the scores, and the replicates of their sums: (replicates, conditions) by count."""
        self._table = table
        self._bootstrap = bootstrap
        self._paired = paired
        self._baseline = baseline
        self.chosen = table.scored & table.common if paired else table.scored
        self._agreement = Agreement(table)
        if paired and (self.chosen != table.scored).any():
            names = ("words", "hits", "substitutions", "deletions", "insertions")
            counts = {name: table.counts[name] * table.common for name in names}
            replicates = {name: bootstrap.sums(values) for name, values in counts.items()}
        else:
            counts = table.counts
        self.replicates = _WER(replicates)
        self.rates = _WER({name: values.sum(axis=1) for name, values in counts.items()})

    def compare(self, one: int, other: int) -> dict[str, Any]:
        """Two positions of conditions -> the figures of their comparison, p not yet adjusted."""
        table = self._table
        delta = float(self.rates[one] - self.rates[other])
        differences = self.replicates[:, one] - self.replicates[:, other]
        test = self._test(one, other)
        either = self.chosen[one] | self.chosen[other]
        words = table.counts["words"][[one, other]].max(axis=0)
        return {
            "condition": table.conditions[one],
            "other": table.conditions[other],
            "recordings": len(set(table.recording_of[either])),
            **measure_difference(delta, differences, self._bootstrap),
            "p_mapsswe": test.p,
            "design": "paired" if self._paired else "unpaired",
            "chunks": int(either.sum()),
            "words": int(words[either].sum()),
            "relative_delta": delta / self.rates[other] if self.rates[other] else float("nan"),
            "segments": test.segments,
            "z_mapsswe": test.z,
            "agreement": self._agreement.between(one, other) if self._agrees(other) else None,
        }

    def _agrees(self, other: int) -> bool:
        few = len(self._table.conditions) <= MAX_CONDITIONS_AGREEMENT
        return self._paired and (few or other == self._baseline)

    def _test(self, one: int, other: int) -> Mapsswe:
        if not self._paired or not (self.chosen[one] & self.chosen[other]).any():
            return Mapsswe(0, float("nan"), float("nan"), float("nan"))
        return compare_matched_pairs(self._errors[one], self._errors[other])

    @cached_property
    def _errors(self) -> "list[np.ndarray]":
        """Where each condition has its errors, on the axis of the chunks that all have."""
        table = self._table
        kept = (table.common[table.chunk_of[rows]] for rows in table.rows_of)
        return [
            locate_errors(mine.filter(mask).to_pylist())
            for mine, mask in zip(table.column("alignment"), kept, strict=True)
        ]


def compare_all(
    comparer: Comparer, conditions: Sequence[str], baseline: str, bootstrap: Bootstrap
) -> list[dict[str, Any]]:
    """Conditions -> the rows of ``comparisons.csv``.

    The family `baseline` (each condition with the baseline) is adjusted with Holm's method, the
    family `pairs` (all of them) with Benjamini and Hochberg's.
    """
    place = conditions.index(baseline)
    firsts = [(index, place) for index in range(len(conditions)) if index != place]
    pairs = [(other, one) for one, other in combinations(range(len(conditions)), 2)]
    done = {pair: comparer.compare(*pair) for pair in dict.fromkeys([*firsts, *pairs])}
    rows: list[dict[str, Any]] = []
    for family, members, adjust, correction in (
        ("baseline", firsts, adjust_holm, "holm"),
        ("pairs", pairs, adjust_benjamini_hochberg, "benjamini_hochberg"),
    ):
        family_rows = judge_family([done[pair] for pair in members], adjust, bootstrap)
        rows += [{**row, "family": family, "correction": correction} for row in family_rows]
    return rows
