"""Scores -> the summary of each condition."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.compare import usage
from snakescribe.evaluate.compare.calibration import Calibration
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.compare.silence import leading_figure
from snakescribe.evaluate.metrics.error_rates import errors
from snakescribe.evaluate.normalize.languages import word_unit
from snakescribe.evaluate.statistics.figure import divide
from snakescribe.evaluate.statistics.resample import Intervals
from snakescribe.tables import Row


def summarise_conditions(
    table: ScoreTable,
    experiment: Experiment,
    intervals: Mapping[str, Intervals],
    calibration: Sequence[Calibration | None],
) -> list[Row]:
    """Scores -> the rows of ``conditions.csv``.

    Args:
        table: scores under the leading normaliser.
        experiment: its conditions.
        intervals: the figures that the metrics report, by name; each gives a column with the
            corpus figure and two with its interval.
        calibration: what is known of each condition's confidences.
    """
    names = ("words", "substitutions", "deletions", "insertions")
    sums = {name: table.counts[name].sum(axis=1) for name in names}
    macro = macro_wer(table)
    used = usage.summarise_usage(table)
    units = np.array([word_unit(code or "") for code in table.by_chunk("language")], object)
    leading = leading_figure(table).name
    rows = []
    for index, condition in enumerate(experiment.conditions):
        any_scored = bool(table.scored[index].any())
        chosen = table.scored[index] if any_scored else table.present[index]
        sureness = calibration[index]
        row: Row = {
            "condition": condition.name,
            "recordings": len(set(table.recording_of[chosen])),
            "chunks": int(chosen.sum()),
            "words": round(float(sums["words"][index])),
            **condition.levels,
            "is_baseline": condition.name == experiment.baseline,
            "wer_macro": macro[index],
            **(asdict(sureness) if sureness else {}),
            **used[index],
            "word_unit": _join_units(set(units[table.scored[index]])),
            **table.stamp,
            "resampled_by": intervals[leading].unit[index] if any_scored else None,
        }
        for name in names[1:]:
            row[name] = round(float(sums[name][index])) if any_scored else None
        for name, figure in intervals.items():
            row[name] = figure.value[index]
            row[f"{name}_low"], row[f"{name}_high"] = figure.low[index], figure.high[index]
        rows.append(row)
    return rows


def _join_units(units: set[str]) -> str | None:
    """What words are in the chunks of a condition -> the same for all of them."""
    if len(units) > 1:
        return "mixed"
    return next(iter(units), None)


def macro_wer(table: ScoreTable) -> np.ndarray:
    """Scores -> for each condition the mean of its recordings' WER, each weighing the same.

    Recordings without reference words have no WER and are left out.
    """
    size = len(table.recordings)
    rates = []
    for row, words in zip(errors(table.counts), table.counts["words"], strict=True):
        by_recording = divide(
            np.bincount(table.recording_of, weights=row, minlength=size),
            np.bincount(table.recording_of, weights=words, minlength=size),
        )
        known = by_recording[np.isfinite(by_recording)]
        rates.append(known.mean() if len(known) else np.nan)
    return np.array(rates)
