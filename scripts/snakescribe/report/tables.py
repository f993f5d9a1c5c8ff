"""The tables of `scores/{experiment}` and the report's parameters -> one `Study`."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.config.conditions import Condition
from snakescribe.config.params import ExperimentParams
from snakescribe.errors import UserError
from snakescribe.evaluate.compare.answer import find_answer
from snakescribe.evaluate.compare.factor_lines import tell_factors
from snakescribe.evaluate.compare.heard import tell_heard
from snakescribe.evaluate.compare.sample import count_sample
from snakescribe.report.study import (
    Comparison,
    ConditionResult,
    Effect,
    Estimate,
    Outcome,
    Study,
)
from snakescribe.tables import Row, Table, read_table
from snakescribe.tables import scores as score_tables


def read_study(scores: Path, params: ExperimentParams) -> Study:
    """The folder `scores/{experiment}` and the report's parameters -> the study.

    Raises:
        UserError: a table is missing or knows other conditions than the parameters do.
    """

    def read(table: Table) -> Iterator[Row]:
        return read_table(table, scores / table.file_name)

    rows = {row["condition"]: row for row in read(score_tables.CONDITIONS)}
    effects = list(read(score_tables.FACTORS))
    planned = params.experiment.conditions
    missing = [condition.name for condition in planned if condition.name not in rows]
    if missing:
        raise UserError(
            f"{scores / score_tables.CONDITIONS.file_name}: no row for {', '.join(missing[:3])}; "
            "the scores are of another version of the experiment, run `snakemake evaluate` again"
        )
    baseline = params.experiment.baseline
    compared = list(read(score_tables.COMPARISONS))
    sample = count_sample(scores / score_tables.SCORES.file_name, params.scoring.normalizers[0])
    ordered = [rows[condition.name] for condition in planned]
    return Study(
        params=params,
        conditions=tuple(
            _condition(condition, rows[condition.name], baseline) for condition in planned
        ),
        comparisons=tuple(map(_comparison, compared)),
        effects=tuple(_effect(row) for row in effects if row["figure"] == "wer"),
        outcomes=tuple(_outcome(row) for row in effects if row["figure"] != "wer"),
        normalizers=_normalizers(read(score_tables.METRICS)),
        answer=find_answer(ordered, compared, sample),
        heard=tell_heard(ordered, compared),
        factor_lines=tuple(tell_factors(effects)),
    )


def _condition(planned: Condition, row: Row, baseline: str) -> ConditionResult:
    return ConditionResult(
        name=planned.name,
        levels=planned.levels,
        is_baseline=planned.name == baseline,
        recordings=row["recordings"],
        chunks=row["chunks"],
        words=row["words"],
        wer=row["wer"],
        wer_low=row["wer_low"],
        wer_high=row["wer_high"],
        cer=row["cer"],
        substitutions=row["substitutions"],
        deletions=row["deletions"],
        insertions=row["insertions"],
        rtfx=row["rtfx"],
        flagged=row["flagged_chunks"],
        avg_logprob=row["avg_logprob"],
        mean_confidence=row["mean_confidence"],
        resampled_by=row["resampled_by"],
        word_unit=row["word_unit"],
        wer_without_suspects=row["wer_without_suspects"],
        heard_words=row["hypothesis_words"],
        normalizer_version=row["normalizer_version"],
        normalizer_digest=row["normalizer_digest"],
        more={"wer_macro": (row["wer_macro"], None, None), **_figures(row)},
    )


def _figures(row: Row) -> dict[str, Estimate]:
    """A row of conditions.csv -> by name what metrics report, with intervals, but for WER, CER."""
    return {
        name: (row[name], row[f"{name}_low"], row[f"{name}_high"])
        for name in row
        if f"{name}_low" in row and name not in {"wer", "cer"}
    }


def _comparison(row: Row) -> Comparison:
    return Comparison(
        family=row["family"],
        condition=row["condition"],
        other=row["other"],
        recordings=row["recordings"],
        delta=row["delta"],
        low=row["delta_low"],
        high=row["delta_high"],
        improvement=row["probability_of_improvement"],
        p=row["p_bootstrap"],
        p_adjusted=row["p_adjusted"],
        verdict=row["verdict"],
        real=row["real"],
        smallest_detectable=row["smallest_detectable"],
        p_mapsswe=row["p_mapsswe"],
        agreement=row["agreement"],
        resampled_by=row["resampled_by"],
        units=row["units"],
        figure=row["figure"],
    )


def _effect(row: Row) -> Effect:
    return Effect(
        factor=row["factor"],
        level=row["level"],
        instead_of=row["other_level"],
        by_factor=row["by_factor"],
        matched=row["matched"],
        delta=row["delta"] or 0.0,
        low=row["delta_low"],
        high=row["delta_high"],
        p_adjusted=row["p_adjusted"],
        real=row["real"],
        by_level=row["by_level"],
        verdict=row["verdict"],
        resampled_by=row["resampled_by"],
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(
        figure=row["figure"],
        factor=row["factor"],
        level=row["level"],
        instead_of=row["other_level"],
        by_factor=row["by_factor"],
        by_level=row["by_level"],
        verdict=row["verdict"],
    )


def _normalizers(rows: Iterator[Row]) -> dict[str, dict[str, float]]:
    rates: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["figure"] == "wer" and (value := row["value"]) is not None:
            rates.setdefault(row["normalizer"], {})[row["condition"]] = value
    return rates
