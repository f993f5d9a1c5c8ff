"""An experiment's settings and its two summary tables -> one `Study`, values typed."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp
from pathlib import Path
from typing import Any

from snakescribe.config.sweep import FACTORS, Levels
from snakescribe.errors import UserError

Settings = dict[str, Any]
# A figure with the limits of its interval; None where there is none.
Estimate = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class ConditionResult:
    """One row of conditions.csv. Rates are fractions; None where there is no reference."""

    name: str
    levels: Levels
    is_baseline: bool
    recordings: int
    chunks: int
    words: int
    wer: float | None
    wer_low: float | None
    wer_high: float | None
    cer: float | None
    substitutions: int | None
    deletions: int | None
    insertions: int | None
    rtfx: float | None
    flagged: int | None
    avg_logprob: float | None
    resampled_by: str
    word_unit: str
    more: dict[str, Estimate]

    @property
    def probability(self) -> float | None:
        """Geometric mean of the tokens' probabilities: how sure the model was of its words."""
        return None if self.avg_logprob is None else exp(self.avg_logprob)

    @property
    def pass_name(self) -> str:
        """The pass that transcribed it."""
        return f"{self.levels['model']}.{self.levels['audio']}"


@dataclass(frozen=True)
class Comparison:
    """One row of comparisons.csv: `delta` is the WER of `condition` minus that of `other`."""

    family: str
    condition: str
    other: str
    recordings: int
    delta: float | None
    low: float | None
    high: float | None
    improvement: float | None
    p: float | None
    p_adjusted: float | None
    verdict: str
    real: bool
    smallest_detectable: float | None = None
    p_mapsswe: float | None = None
    agreement: float | None = None
    resampled_by: str = "recording"

    @property
    def tone(self) -> str:
        """`better` or `worse` beyond chance, else `unclear`."""
        if self.delta is None or not self.real:
            return "unclear"
        return "better" if self.delta < 0 else "worse"


@dataclass(frozen=True)
class Effect:
    """One row of factors.csv: what a level of a factor did against the baseline's level.

    `delta` is the mean difference of WER over `matched` pairs of conditions that differ in this
    factor alone. An interaction has `by_factor` too: how much that changes with another factor.
    """

    factor: str
    level: str
    instead_of: str
    by_factor: str
    matched: int
    delta: float
    low: float | None
    high: float | None
    p_adjusted: float | None
    real: bool
    by_level: str = ""
    verdict: str = ""
    resampled_by: str = "recording"

    @property
    def tone(self) -> str:
        """`better` or `worse` beyond chance, else `unclear`."""
        if not self.real:
            return "unclear"
        return "better" if self.delta < 0 else "worse"


@dataclass(frozen=True)
class Study:
    """What an experiment asked and what came out; conditions in the order of the config.

    `normalizers` has WER by normaliser and condition.
    """

    settings: Settings
    conditions: tuple[ConditionResult, ...]
    comparisons: tuple[Comparison, ...]
    effects: tuple[Effect, ...]
    normalizers: dict[str, dict[str, float]]

    @property
    def name(self) -> str:
        return self.settings["experiment"]["name"]

    @property
    def question(self) -> str:
        return self.settings["experiment"]["question"].strip()

    @property
    def design(self) -> str:
        return self.settings["experiment"]["design"]

    @property
    def factors(self) -> dict[str, list[str]]:
        """The factors that vary, with their levels."""
        return self.settings["experiment"]["factors"]

    @property
    def normalizer(self) -> str:
        """The leading normaliser."""
        return self.settings["scoring"]["normalizers"][0]

    @property
    def confidence(self) -> float:
        return self.settings["scoring"]["confidence"]

    @property
    def rate(self) -> str:
        """What the error rate is called: CER where all words are characters, else WER."""
        return "CER" if self.word_units == {"character"} else "WER"

    @property
    def rate_name(self) -> str:
        """The same in words."""
        return "character error rate" if self.rate == "CER" else "word error rate"

    @property
    def word_units(self) -> set[str]:
        """What the words of the conditions are: `word`, `character`, `mixed`."""
        return {one.word_unit for one in self.ranked}

    @cached_property
    def baseline(self) -> ConditionResult:
        return next(one for one in self.conditions if one.is_baseline)

    @cached_property
    def ranked(self) -> list[ConditionResult]:
        """The conditions that have a WER, best first; the baseline leads where it ties."""
        scored = [one for one in self.conditions if one.wer is not None]
        return sorted(scored, key=lambda one: (one.wer, not one.is_baseline))

    def compare(self, condition: str, other: str) -> Comparison | None:
        """The comparison of two conditions, from either family, turned the right way round."""
        found = self._pairs.get((condition, other))
        if found or not (found := self._pairs.get((other, condition))):
            return found
        return replace(
            found,
            condition=condition,
            other=other,
            delta=_minus(found.delta),
            low=_minus(found.high),
            high=_minus(found.low),
            improvement=None if found.improvement is None else 1 - found.improvement,
            verdict="",
        )

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Comparison]:
        # The family `baseline` has fewer members, so its adjusted p-values are the sharper ones.
        rows = sorted(self.comparisons, key=lambda row: row.family == "baseline")
        return {(row.condition, row.other): row for row in rows}


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


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
