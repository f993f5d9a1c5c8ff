"""Differences of error rates -> their figures, and what those mean in a family of comparisons."""

from collections.abc import Callable, Sequence

import numpy as np

from snakescribe.evaluate.compare.verdict import Finding, describe
from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.power import (
    largest_left,
    smallest_detectable,
    units_needed,
)
from snakescribe.evaluate.statistics.resample import Contrast, Differences, Resampled
from snakescribe.evaluate.statistics.units import CHUNK, ENOUGH_UNITS, RECORDING
from snakescribe.evaluate.wording import is_below
from snakescribe.tables import Row


def difference_rows(differences: Differences, figure: Figure) -> list[Row]:
    """Differences of a figure -> the cells of each, as far as it stands alone."""
    lower = differences.improvement
    columns = {
        "delta": differences.delta,
        "delta_low": differences.low,
        "delta_high": differences.high,
        "probability_of_improvement": lower if figure.lower_is_better else 1 - lower,
        "p_bootstrap": differences.p,
        "standard_error": differences.error,
        "units": differences.units,
        "resampled_by": differences.unit,
    }
    return [
        dict(zip(columns, cells, strict=True))
        for cells in zip(*(column.tolist() for column in columns.values()), strict=True)
    ]


def find_missing(
    conditions: Sequence[str], present: np.ndarray, resampled: Resampled, contrast: Contrast
) -> str:
    """Why a contrast has no difference, where it is not for want of references.

    Args:
        conditions: their names.
        present: (conditions, chunks) whether there is a transcript.
        resampled: their scores.
        contrast: the conditions compared.
    """
    if absent := [conditions[index] for index in contrast if not present[index].any()]:
        return f"no transcripts of {', '.join(absent)}"
    if not all(resampled.chunks_of({index: 1}).any() for index in contrast):
        return ""
    if resampled.chunks_of(contrast).any():
        return "no words in the references"
    return f"no chunk with a reference that {'both' if len(contrast) == 2 else 'all'} have"


def judge_family(
    rows: Sequence[Row],
    adjust: Callable[[Sequence[float]], list[float]],
    bootstrap: Bootstrap,
    figure: Figure = WER.figures[0],
) -> list[Row]:
    """Rows of one family -> the same with adjusted p, what more data would tell, and a verdict.

    All are about one figure.

    What would be needed is reckoned at the level of a Bonferroni correction for the family, so
    that it is always more than what could not tell. A difference is real only where recordings, or
    what they belong to, were resampled: chunks say how sure it is for the recordings at hand, and
    no more.
    """
    alpha = round(1 - bootstrap.confidence, 9)
    adjusted = adjust([row["p_bootstrap"] for row in rows])
    level = alpha / max(sum(p == p for p in adjusted), 1)
    judged = []
    for row, p_adjusted in zip(rows, adjusted, strict=True):
        delta, error, units = row["delta"], row["standard_error"], row["units"]
        needed = units_needed(delta, error, units, level)
        detectable = smallest_detectable(error, units, level)
        limits = (abs(row["delta_low"]), abs(row["delta_high"]))
        no_larger = max(largest_left(delta, error, units, level), *limits)
        finding = Finding(
            delta=delta,
            low=row["delta_low"],
            high=row["delta_high"],
            p_adjusted=p_adjusted,
            unit=row["resampled_by"],
            recordings=row["recordings"],
            detectable=detectable,
            needed=needed,
            at_floor=row["p_bootstrap"] <= bootstrap.smallest_p,
            few=units < ENOUGH_UNITS,
            missing=row.get("missing", ""),
            agreement=row.get("agreement"),
            unread=row.get("unread", False),
            figure=figure,
            no_larger=no_larger,
            margin=bootstrap.margin,
        )
        judged.append(
            {
                **row,
                "p_adjusted": p_adjusted,
                "real": row["resampled_by"] != CHUNK and is_below(p_adjusted, alpha),
                "smallest_detectable": detectable,
                "recordings_needed": needed if row["resampled_by"] == RECORDING else None,
                "no_larger_than": no_larger,
                "conclusion": finding.conclude(alpha),
                "verdict": describe(finding, alpha),
            }
        )
    return judged
