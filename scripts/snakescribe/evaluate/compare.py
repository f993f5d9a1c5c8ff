"""Scores -> summaries of the conditions, comparisons between them, and tables to look into."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.config.sweep import Experiment
from snakescribe.evaluate import (
    calibration,
    comparisons,
    error_table,
    factors,
    figures_table,
    term_table,
)
from snakescribe.evaluate.bootstrap import Bootstrap, make_bootstrap
from snakescribe.evaluate.conditions import condition_columns, summarise_conditions
from snakescribe.evaluate.csv_file import write_csv
from snakescribe.evaluate.metrics import find_metrics
from snakescribe.evaluate.metrics.words import BASE_COUNTS, CER, WER
from snakescribe.evaluate.normalizers import find_normalizer
from snakescribe.evaluate.score_table import ScoreTable, read_scores

if TYPE_CHECKING:
    import numpy as np

STEP_VERSION = 2

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


@dataclass(frozen=True)
class _Scored:
    """Scores under one normaliser, with the bootstrap's replicates of their sums."""

    table: ScoreTable
    bootstrap: Bootstrap
    replicates: "dict[str, np.ndarray]"
    stamp: dict[str, str]


def compare_conditions(
    scores: Path, settings: dict[str, Any], files: ComparisonFiles, threads: int = 1
) -> None:
    """A file of scores -> all tables of an experiment's results.

    Args:
        scores: what `snakescribe.evaluate.score` wrote.
        settings: `experiment` and `scoring`, the same as for scoring.
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
    leading = _draw(scores, scoring["normalizers"][0], names, counts, scoring)
    table = leading.table

    def summarise() -> None:
        summaries, reliability = calibration.calibrate(table)
        rows = summarise_conditions(
            table,
            experiment,
            figures,
            leading.bootstrap,
            leading.replicates,
            summaries,
            leading.stamp,
        )
        write_csv(files.conditions, condition_columns(figures), rows)
        write_csv(files.calibration, calibration.COLUMNS, reliability)

    def all_metrics() -> Iterator[dict[str, Any]]:
        for name in scoring["normalizers"]:
            one = leading
            if name != table.normalizer:
                one = _draw(scores, name, names, counts, scoring)
            yield from figures_table.tabulate_metrics(
                one.table, figures, one.bootstrap, one.replicates, place, one.stamp
            )

    def tabulate_strata() -> None:
        rows = figures_table.tabulate_strata(table, figures, scoring, place)
        write_csv(files.strata, figures_table.STRATA_COLUMNS, rows)

    def tabulate_words() -> None:
        write_csv(files.terms, term_table.COLUMNS, term_table.tabulate_terms(table))
        errors = error_table.tabulate_errors(table, place, scoring["errors_listed"])
        write_csv(files.errors, error_table.COLUMNS, errors)

    jobs: list[Callable[[], None]] = [
        lambda: _compare(experiment, leading, files),
        tabulate_strata,
        lambda: write_csv(files.metrics, figures_table.METRIC_COLUMNS, all_metrics()),
        summarise,
        tabulate_words,
    ]
    with ThreadPoolExecutor(threads) as pool:  # most of the work is numpy's, which lets others run
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def _draw(
    scores: Path, normalizer: str, names: list[str], counts: list[str], scoring: dict[str, Any]
) -> _Scored:
    table = read_scores(scores, normalizer, names, counts)
    bootstrap = make_bootstrap(table.recording_of, table.scored, scoring)
    found = find_normalizer(normalizer)
    return _Scored(
        table,
        bootstrap,
        {name: bootstrap.sums(values) for name, values in table.counts.items()},
        {
            "normalizer": found.name,
            "normalizer_version": found.version,
            "normalizer_digest": found.digest,
        },
    )


def _compare(experiment: Experiment, scored: _Scored, files: ComparisonFiles) -> None:
    """Write the comparisons of conditions and the effects of factors."""
    table, bootstrap = scored.table, scored.bootstrap
    paired = experiment.design != "random_groups"
    if paired and (missing := int((table.scored.any(axis=0) & ~table.common).sum())):
        logger.warning(
            "%d of %d chunks are left out of the comparisons: not every condition has them",
            missing,
            int(table.scored.any(axis=0).sum()),
        )
    place = table.conditions.index(experiment.baseline)
    comparer = comparisons.Comparer(table, bootstrap, scored.replicates, paired, place)
    rows = comparisons.compare_all(comparer, table.conditions, experiment.baseline, bootstrap)
    write_csv(files.comparisons, comparisons.COLUMNS, rows)
    effects = []
    if table.scored.any():
        effects = factors.estimate_effects(
            experiment, comparer.rates, comparer.replicates, bootstrap
        )
    write_csv(files.factors, factors.COLUMNS, effects)
