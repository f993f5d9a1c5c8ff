"""Scores -> summaries of the conditions, comparisons between them, and tables to look into."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakescribe.config.experiments import Experiment
from snakescribe.evaluate.compare import calibration, factors
from snakescribe.evaluate.compare import errors as error_table
from snakescribe.evaluate.compare import metrics as figures_table
from snakescribe.evaluate.compare import pairs as comparisons
from snakescribe.evaluate.compare import terms as term_table
from snakescribe.evaluate.compare.agreement import measure_agreement
from snakescribe.evaluate.compare.conditions import condition_columns, summarise_conditions
from snakescribe.evaluate.compare.scores import ScoreTable, read_scores
from snakescribe.evaluate.metrics import find_metrics
from snakescribe.evaluate.metrics.error_rates import BASE_COUNTS, CER, WER
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.resample import Intervals, Resampled
from snakescribe.tables.csv_file import write_csv

STEP_VERSION = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ComparisonFiles:
    """The CSV files that comparing writes; docs/evaluate.md says what each has."""

    conditions: Path
    comparisons: Path
    metrics: Path
    factors: Path
    strata: Path
    calibration: Path
    terms: Path
    errors: Path


def compare_conditions(
    scores: Path, settings: dict[str, Any], files: ComparisonFiles, threads: int = 1
) -> None:
    """A file of scores -> all tables of an experiment's results.

    Args:
        scores: what `snakescribe.evaluate.score.run` wrote.
        settings: `snakescribe.evaluate.params.CompareParams` as plain data.
        files: what to write.
        threads: tables made at the same time.

    Raises:
        UserError: the scores were made under other settings.
    """
    experiment = Experiment.from_settings(settings["experiment"])
    scoring = settings["scoring"]
    metrics = [WER, CER, *find_metrics(scoring["metrics"])]
    figures = list({one.name: one for metric in metrics for one in metric.figures}.values())
    counts = [*BASE_COUNTS, *(name for metric in metrics for name in metric.counts)]
    names = [condition.name for condition in experiment.conditions]
    place = names.index(experiment.baseline)
    bootstrap = Bootstrap.from_settings(scoring)
    paired = experiment.design != "random_groups"

    def read(normalizer: str) -> tuple[ScoreTable, Resampled]:
        table = read_scores(scores, normalizer, names, counts)
        scored = table.counts, table.scored, table.recording_of
        return table, Resampled(*scored, bootstrap, paired=paired)

    table, resampled = read(scoring["normalizers"][0])
    if paired:
        _warn_of_missing(table)

    def find_intervals() -> dict[str, Intervals]:
        return {figure.name: resampled.intervals(figure) for figure in figures}

    def summarise() -> None:
        summaries, reliability = calibration.calibrate(table)
        rows = summarise_conditions(table, experiment, intervals.result(), summaries)
        table.forget("confidences")
        write_csv(files.conditions, condition_columns(figures), rows)
        write_csv(files.calibration, calibration.COLUMNS, reliability)

    def compare() -> dict[comparisons.Pair, dict[str, Any]]:
        comparer = comparisons.Comparer(table, resampled, paired)
        compared = comparisons.compare_all(comparer, names, place)
        effects = []
        if table.scored.any():
            effects = factors.estimate_effects(experiment, resampled, table.present, bootstrap)
        write_csv(files.factors, factors.COLUMNS, effects)
        return compared

    def all_metrics() -> Iterator[dict[str, Any]]:
        mine = intervals.result()
        yield from figures_table.tabulate_metrics(table, figures, resampled, mine, place)
        for name in scoring["normalizers"][1:]:
            other, more = read(name)
            mine = {figure.name: more.intervals(figure) for figure in figures}
            yield from figures_table.tabulate_metrics(other, figures, more, mine, place)

    def tabulate_strata() -> None:
        strata = scoring["strata"]
        rows = figures_table.tabulate_strata(table, figures, resampled, strata, place)
        write_csv(files.strata, figures_table.STRATA_COLUMNS, rows)

    def look_at_words() -> dict[frozenset[str], float | None]:
        write_csv(files.terms, term_table.COLUMNS, term_table.tabulate_terms(table))
        listed = scoring["errors_listed"]
        errors = error_table.tabulate_errors(table, place, listed, paired=paired)
        write_csv(files.errors, error_table.COLUMNS, errors)
        agreement = measure_agreement(table, place) if paired else {}
        table.forget("hypothesis_normalized")
        return agreement

    def tabulate_metrics() -> None:
        write_csv(files.metrics, figures_table.METRIC_COLUMNS, all_metrics())

    with ThreadPoolExecutor(threads) as pool:  # most of the work is numpy's, which lets others run
        words, compared = pool.submit(look_at_words), pool.submit(compare)
        intervals = pool.submit(find_intervals)  # begun before the jobs that wait for it
        others = (tabulate_strata, summarise, tabulate_metrics)  # longest first
        for done in [pool.submit(job) for job in others]:
            done.result()
        rows = comparisons.judge_all(compared.result(), words.result(), names, place, bootstrap)
        write_csv(files.comparisons, comparisons.COLUMNS, rows)


def _warn_of_missing(table: ScoreTable) -> None:
    """Say how many chunks some conditions lack: comparisons with these leave them out."""
    used = table.scored[table.scored.any(axis=1)]
    if missing := int((used.any(axis=0) & ~used.all(axis=0)).sum()):
        logger.warning(
            "%d of %d chunks are left out of some comparisons: not every condition has them",
            missing,
            int(used.any(axis=0).sum()),
        )
