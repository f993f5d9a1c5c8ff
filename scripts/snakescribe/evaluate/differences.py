"""Differences of error rates -> their figures, and what those mean in a family of comparisons."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.bootstrap import Bootstrap, improvement
from snakescribe.evaluate.verdict import describe, smallest_detectable, units_needed

if TYPE_CHECKING:
    import numpy as np

Row = dict[str, Any]


def measure_difference(delta: float, replicates: "np.ndarray", bootstrap: Bootstrap) -> Row:
    """A difference and its replicates -> its cells, as far as it stands alone."""
    found = bootstrap.difference(delta, replicates)
    return {
        "delta": delta,
        "delta_low": float(found.low),
        "delta_high": float(found.high),
        "probability_of_improvement": float(improvement(replicates)),
        "p_bootstrap": float(found.p),
        "standard_error": float(found.error),
        "resampled_by": bootstrap.unit,
    }


def judge_family(
    rows: Sequence[Row], adjust: Callable[[Sequence[float]], list[float]], bootstrap: Bootstrap
) -> list[Row]:
    """Rows of one family -> the same with adjusted p, what more data would tell, and a verdict.

    What would be needed is reckoned at the level of a Bonferroni correction for the family, so
    that it is always more than what could not tell.
    """
    alpha = round(1 - bootstrap.confidence, 9)
    level = alpha / max(len(rows), 1)
    judged = []
    adjusted = adjust([row["p_bootstrap"] for row in rows])
    for row, p_adjusted in zip(rows, adjusted, strict=True):
        error = row["standard_error"]
        needed = units_needed(row["delta"], error, bootstrap.units, level)
        judged.append(
            {
                **row,
                "p_adjusted": p_adjusted,
                "real": p_adjusted < alpha,
                "smallest_detectable": smallest_detectable(error, bootstrap.units, level),
                "recordings_needed": needed if bootstrap.unit == "recording" else None,
                "verdict": describe(
                    row["delta"],
                    row["delta_low"],
                    row["delta_high"],
                    p_adjusted,
                    alpha=alpha,
                    needed=needed,
                    unit=bootstrap.unit,
                    at_floor=row["p_bootstrap"] <= bootstrap.smallest_p,
                    agreement=row.get("agreement"),
                ),
            }
        )
    return judged
