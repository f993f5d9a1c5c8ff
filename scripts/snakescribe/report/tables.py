"""The tables of `scores/{experiment}` and the report's settings -> one `Study`."""

import csv
from collections.abc import Iterator
from pathlib import Path

from snakescribe.config.experiments import FACTORS
from snakescribe.errors import UserError
from snakescribe.report.study import (
    Comparison,
    ConditionResult,
    Effect,
    Estimate,
    Settings,
    Study,
)


def read_study(scores: Path, settings: Settings) -> Study:
    """The folder `scores/{experiment}` and the report's settings -> the study.

    Raises:
        UserError: a table is missing or knows other conditions than the settings do.
    """
    path = scores / "conditions.csv"
    rows = {row["condition"]: row for row in read_rows(path)}
    planned = settings["experiment"]["conditions"]
    missing = [one["name"] for one in planned if one["name"] not in rows]
    if missing:
        raise UserError(
            f"{path}: no row for {', '.join(missing[:3])}; "
            "the scores are of another version of the experiment, run `snakemake evaluate` again"
        )
    baseline = settings["experiment"]["baseline"]
    return Study(
        settings=settings,
        conditions=tuple(_condition(one, rows[one["name"]], baseline) for one in planned),
        comparisons=tuple(map(_comparison, read_rows(scores / "comparisons.csv"))),
        effects=tuple(map(_effect, read_rows(scores / "factors.csv"))),
        normalizers=_normalizers(read_rows(scores / "metrics.csv")),
    )


def _condition(planned: dict[str, str], row: dict[str, str], baseline: str) -> ConditionResult:
    return ConditionResult(
        name=planned["name"],
        levels={factor: planned[factor] for factor in FACTORS},
        is_baseline=planned["name"] == baseline,
        recordings=to_count(row["recordings"]) or 0,
        chunks=to_count(row["chunks"]) or 0,
        words=to_count(row["words"]) or 0,
        wer=to_number(row["wer"]),
        wer_low=to_number(row["wer_low"]),
        wer_high=to_number(row["wer_high"]),
        cer=to_number(row["cer"]),
        substitutions=to_count(row["substitutions"]),
        deletions=to_count(row["deletions"]),
        insertions=to_count(row["insertions"]),
        rtfx=to_number(row["rtfx"]),
        flagged=to_count(row["flagged_chunks"]),
        avg_logprob=to_number(row["avg_logprob"]),
        mean_confidence=to_number(row["mean_confidence"]),
        resampled_by=row["resampled_by"],
        word_unit=row["word_unit"],
        more={"wer_macro": (to_number(row["wer_macro"]), None, None)}
        | {
            name: _estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])
            for name in row
            if f"{name}_low" in row and name not in {"wer", "cer"}
        },
    )


def _comparison(row: dict[str, str]) -> Comparison:
    return Comparison(
        family=row["family"],
        condition=row["condition"],
        other=row["other"],
        recordings=to_count(row["recordings"]) or 0,
        delta=to_number(row["delta"]),
        low=to_number(row["delta_low"]),
        high=to_number(row["delta_high"]),
        improvement=to_number(row["probability_of_improvement"]),
        p=to_number(row["p_bootstrap"]),
        p_adjusted=to_number(row["p_adjusted"]),
        verdict=row["verdict"],
        real=row["real"] == "true",
        smallest_detectable=to_number(row["smallest_detectable"]),
        p_mapsswe=to_number(row["p_mapsswe"]),
        agreement=to_number(row["agreement"]),
        resampled_by=row["resampled_by"],
    )


def _effect(row: dict[str, str]) -> Effect:
    return Effect(
        factor=row["factor"],
        level=row["level"],
        instead_of=row["other_level"],
        by_factor=row["by_factor"],
        matched=to_count(row["matched"]) or 0,
        delta=to_number(row["delta"]) or 0.0,
        low=to_number(row["delta_low"]),
        high=to_number(row["delta_high"]),
        p_adjusted=to_number(row["p_adjusted"]),
        real=row["real"] == "true",
        by_level=row["by_level"],
        verdict=row["verdict"],
        resampled_by=row["resampled_by"],
    )


def _normalizers(rows: Iterator[dict[str, str]]) -> dict[str, dict[str, float]]:
    rates: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["figure"] == "wer" and (value := to_number(row["value"])) is not None:
            rates.setdefault(row["normalizer"], {})[row["condition"]] = value
    return rates


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """A CSV file of scores -> its rows, all cells as text."""
    if not path.exists():
        raise UserError(f"{path}: no such file; run `snakemake evaluate` first")
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def to_number(cell: str) -> float | None:
    """A cell -> its number; None where it is empty."""
    value = float(cell) if cell else None
    return None if value != value else value


def to_count(cell: str) -> int | None:
    """A cell -> its whole number; None where it is empty."""
    value = to_number(cell)
    return None if value is None else round(value)


def _estimate(value: str, low: str, high: str) -> Estimate:
    return to_number(value), to_number(low), to_number(high)
