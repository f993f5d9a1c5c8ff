"""A file of scores -> all tables of an experiment's results."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snakescribe.evaluate.compare.agreement import Agreement, measure_agreement
from snakescribe.evaluate.compare.calibration import calibrate
from snakescribe.evaluate.compare.combinations import combine_conditions
from snakescribe.evaluate.compare.conditions import summarise_conditions
from snakescribe.evaluate.compare.errors import tabulate_errors
from snakescribe.evaluate.compare.factors import estimate_effects
from snakescribe.evaluate.compare.ladder import notify_of_broken_rungs
from snakescribe.evaluate.compare.metrics import (
    find_intervals,
    tabulate_metrics,
    tabulate_strata,
)
from snakescribe.evaluate.compare.pairs import Comparer, Pair, compare_all, judge_all
from snakescribe.evaluate.compare.repeats import RepeatStudy
from snakescribe.evaluate.compare.samplings import Samplings
from snakescribe.evaluate.compare.scores import ScoreTable, read_scores
from snakescribe.evaluate.compare.silence import SILENT_COUNTS, count_silence, leading_figure
from snakescribe.evaluate.compare.suspect_rows import suspect_rows, wer_without
from snakescribe.evaluate.compare.suspects import find_suspects
from snakescribe.evaluate.compare.tasks import Task, run_tasks
from snakescribe.evaluate.compare.terms import tabulate_terms
from snakescribe.evaluate.compare.units import find_units
from snakescribe.evaluate.compare.unlike import notify_of_unlike
from snakescribe.evaluate.compare.unread import find_unread, notify_of_unread
from snakescribe.evaluate.compare.voters import choose_voters, leave_out_copies
from snakescribe.evaluate.metrics import counted_metrics
from snakescribe.evaluate.metrics.error_rates import BASE_COUNTS, CER, WER
from snakescribe.evaluate.params import CompareParams
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.resample import Intervals
from snakescribe.evaluate.statistics.units import Units
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row, write_table
from snakescribe.tables import scores as score_tables

STEP_VERSION = 15


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
    suspects: Path
    combinations: Path
    repeats: Path


def compare_conditions(
    scores: Path, params: CompareParams, files: ComparisonFiles, threads: int = 1
) -> None:
    """A file of scores -> all tables of an experiment's results.

    Args:
        scores: what `snakescribe.evaluate.score.run` wrote.
        params: the experiment and how it is scored.
        files: what to write.
        threads: tables made at the same time; most of the work is numpy's, which lets others run.

    Raises:
        UserError: the scores were made under other settings.
    """
    writer = TableWriter(scores, params, files)
    tasks = {
        "words": Task(writer.write_words),
        "pairs": Task(writer.compare_pairs),
        "intervals": Task(writer.find_intervals),
        "strata": Task(writer.write_strata),
        "repeats": Task(writer.write_repeats),
        "suspects": Task(writer.write_suspects, needs=("words",)),
        "conditions": Task(writer.write_conditions, needs=("intervals", "suspects")),
        "metrics": Task(writer.write_metrics, needs=("intervals",)),
        "comparisons": Task(writer.write_comparisons, needs=("pairs", "words")),
    }
    run_tasks(tasks, threads)


class TableWriter:
    """Writes the tables of an experiment's results, each by a method that can run beside others."""

    def __init__(self, scores: Path, params: CompareParams, files: ComparisonFiles) -> None:
        """Read the scores under the leading normaliser.

        Raises:
            UserError: the scores were made under other settings.
        """
        experiment, scoring = params.experiment, params.scoring
        asked = [WER, CER, *counted_metrics(params.metrics)]
        self._scores = scores
        self._experiment = experiment
        self._scoring = scoring
        self._rungs = params.rungs
        self._files = files
        self._counts = [*BASE_COUNTS, *(name for metric in asked for name in metric.counts)]
        self._names = [condition.name for condition in experiment.conditions]
        self._baseline = self._names.index(experiment.baseline)
        self._bootstrap = Bootstrap.from_config(scoring)
        self._paired = experiment.design != "random_groups"
        self._units: Units | None = None
        self._table, self._samplings = self._read(scoring.normalizers[0])
        figures = [*(figure for m in asked for figure in m.figures), leading_figure(self._table)]
        self._figures = list({figure.name: figure for figure in figures}.values())
        notify_of_unlike(self._table)
        if self._paired:
            _warn_of_missing(self._table)

    def _read(self, normalizer: str) -> tuple[ScoreTable, Samplings]:
        has_silence = set(SILENT_COUNTS).issubset(self._counts)
        counts = self._counts if has_silence else [*self._counts, "audio_seconds"]
        table = read_scores(self._scores, normalizer, self._names, counts)
        if not has_silence:
            count_silence(table)
        if self._units is None:  # the same under all normalisers: one notice is enough
            self._units = find_units(table, self._scoring.bootstrap_unit)
        made = Samplings.of_table(table, self._units, self._bootstrap, paired=self._paired)
        return table, made

    def find_intervals(self) -> dict[str, Intervals]:
        """Each figure with its interval, by name, under the leading normaliser."""
        return find_intervals(self._samplings, self._figures)

    def write_words(self) -> Agreement:
        """Write ``terms.csv`` and ``errors.csv``; return how far conditions agree.

        All of them need the words of references and hypotheses, which are large.
        """
        table, listed = self._table, self._scoring.errors_listed
        write_table(score_tables.TERMS, self._files.terms, tabulate_terms(table))
        rows = tabulate_errors(table, self._baseline, listed, paired=self._paired)
        write_table(score_tables.ERRORS, self._files.errors, rows)
        return measure_agreement(table, self._baseline) if self._paired else {}

    def write_suspects(self, _: Agreement) -> np.ndarray:
        """Write what engines tell together; return WER of each condition without suspect words.

        After `write_words`: both need the words of references and hypotheses.
        """
        voters = choose_voters(self._experiment)
        if len(voters) > 1:
            voters = leave_out_copies(self._table, voters)
        suspects = find_suspects(self._table, voters)
        rows = suspect_rows(self._table, suspects)
        write_table(score_tables.SUSPECTS, self._files.suspects, rows)
        assert self._units is not None
        combined = (
            combine_conditions(self._table, voters, self._units, self._bootstrap)
            if self._paired
            else []
        )
        write_table(score_tables.COMBINATIONS, self._files.combinations, combined)
        self._table.forget("hypothesis_normalized")
        return wer_without(self._table, suspects)

    def compare_pairs(self) -> dict[Pair, Row]:
        """Compare each condition with the baseline and all pairs; write ``factors.csv``.

        One after the other, since both are made of the same replicates, which are kept.
        """
        unread = find_unread(self._table, self._experiment) if self._paired else set()
        notify_of_unread(unread, self._experiment)
        comparer = Comparer(self._table, self._samplings.resampled, self._paired, unread)
        compared = compare_all(comparer, self._names, self._baseline)
        outcomes = [figure for figure in self._figures if not figure.needs_reference]
        figures = [leading_figure(self._table), *outcomes]
        effects = estimate_effects(
            self._experiment, self._samplings, figures, self._bootstrap, unread
        )
        write_table(score_tables.FACTORS, self._files.factors, effects)
        return compared

    def write_comparisons(self, compared: dict[Pair, Row], agreement: Agreement) -> None:
        """What `compare_pairs` and `write_words` found -> ``comparisons.csv``."""
        figure = leading_figure(self._table)
        rows = judge_all(compared, agreement, self._names, self._baseline, self._bootstrap, figure)
        level = round(1 - self._bootstrap.confidence, 9)
        notify_of_broken_rungs(rows, self._experiment, self._rungs, level)
        write_table(score_tables.COMPARISONS, self._files.comparisons, rows)

    def write_conditions(self, intervals: dict[str, Intervals], without: np.ndarray) -> None:
        """What `find_intervals` found -> ``conditions.csv`` and ``calibration.csv``."""
        summaries, reliability = calibrate(self._table)
        rows = summarise_conditions(self._table, self._experiment, intervals, summaries)
        for row, rate in zip(rows, without.tolist(), strict=True):
            row["wer_without_suspects"] = rate
        self._table.forget("confidences")
        reported = [figure.name for figure in self._figures]
        whole = score_tables.CONDITIONS.expand(figure=reported)
        write_table(whole, self._files.conditions, rows)
        write_table(score_tables.CALIBRATION, self._files.calibration, reliability)

    def write_strata(self) -> None:
        """Write ``strata.csv``."""
        strata = self._scoring.strata
        rows = tabulate_strata(self._table, self._figures, self._samplings, strata, self._baseline)
        write_table(score_tables.STRATA, self._files.strata, rows)

    def write_repeats(self) -> None:
        """Write ``repeats.csv``; it has no rows where nothing was decoded several times."""
        assert self._units is not None
        study = RepeatStudy(self._table, self._samplings, self._units, self._paired)
        outcomes = [figure for figure in self._figures if not figure.needs_reference]
        figures = {figure.name: figure for figure in [leading_figure(self._table), *outcomes]}
        rows = study.tabulate(list(figures.values()), self._baseline)
        write_table(score_tables.REPEATS, self._files.repeats, rows)

    def write_metrics(self, intervals: dict[str, Intervals]) -> None:
        """What `find_intervals` found, and the other normalisers' scores -> ``metrics.csv``."""
        rows = self._metric_rows(intervals)
        write_table(score_tables.METRICS, self._files.metrics, rows)

    def _metric_rows(self, intervals: dict[str, Intervals]) -> Iterator[Row]:
        figures, baseline = self._figures, self._baseline
        yield from tabulate_metrics(self._table, figures, self._samplings, intervals, baseline)
        for name in self._scoring.rules[1:]:
            table, samplings = self._read(name)
            of_others = find_intervals(samplings, figures)
            yield from tabulate_metrics(table, figures, samplings, of_others, baseline)


def _warn_of_missing(table: ScoreTable) -> None:
    """Say how many chunks some conditions lack: comparisons with these leave them out."""
    used = table.scored[table.scored.any(axis=1)]
    if missing := int((used.any(axis=0) & ~used.all(axis=0)).sum()):
        notify(
            Kind.CHUNKS_UNPAIRED,
            f"{missing} of {int(used.any(axis=0).sum())} chunks are left out of some comparisons: "
            "not every condition has them",
        )
