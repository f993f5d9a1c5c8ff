"""Errors, terms and strata of an experiment -> what of them is worth a place on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snakescribe.report.study import Study
from snakescribe.tables import Row, read_table
from snakescribe.tables.scores import ERRORS, STRATA, TERMS

MAX_COLUMNS = 6
MAX_ERRORS = 10
MAX_TERMS = 20
MAX_LEVELS = 12
# A change by one word may be anything.
LEAST_CHANGE = 2


@dataclass(frozen=True)
class WordError:
    """One error of a condition: what was said and written, and how often, also by the baseline."""

    kind: str
    said: str
    written: str
    count: int
    before: int


@dataclass(frozen=True)
class Changes:
    """The errors that a condition mends most often, and those that it makes more often."""

    condition: str
    mended: tuple[WordError, ...]
    made: tuple[WordError, ...]


@dataclass(frozen=True)
class TermRow:
    """A term: how often it was said, and recognised by each of the conditions shown."""

    term: str
    said: int
    hits: tuple[int, ...]


@dataclass(frozen=True)
class Level:
    """A level of a stratum: its words, and WER with interval of each of the conditions shown."""

    name: str
    recordings: int
    words: int
    rates: tuple[tuple[float | None, float | None, float | None], ...]


@dataclass(frozen=True)
class Insights:
    """What stands below the comparisons; anything may be empty.

    `shown` are the conditions that tables have columns for: the baseline and the best ones.
    `terms_said` counts different terms that were said at all.
    """

    shown: tuple[str, ...]
    frequent: tuple[WordError, ...]
    changes: tuple[Changes, ...]
    terms: tuple[TermRow, ...]
    terms_said: int
    strata: dict[str, tuple[Level, ...]]


def read_insights(scores: Path, study: Study) -> Insights:
    """The folder of an experiment's scores and its study -> what is worth showing.

    Raises:
        UserError: a table is missing.
    """
    shown = choose_columns(study)
    errors: dict[str, list[WordError]] = {}
    for row in read_table(ERRORS, scores / ERRORS.file_name):
        errors.setdefault(row["condition"], []).append(_word_error(row))
    often = sorted(errors.get(study.baseline.name, ()), key=lambda error: -error.count)
    paired = study.design != "random_groups"  # else the counts are of different chunks
    compared = study.ranked if paired else []
    changes = (_changes(condition.name, errors.get(condition.name, ())) for condition in compared)
    terms = _terms(scores, shown)
    return Insights(
        shown=tuple(shown),
        frequent=tuple(often[:MAX_ERRORS]),
        changes=tuple(change for change in changes if change.mended or change.made),
        terms=tuple(terms[:MAX_TERMS]),
        terms_said=len(terms),
        strata=_strata(scores, shown),
    )


def choose_columns(study: Study) -> list[str]:
    """A study -> the conditions that a table has room for: the baseline, then the best ones."""
    names = [condition.name for condition in study.ranked if not condition.is_baseline]
    return [study.baseline.name, *names[: MAX_COLUMNS - 1]]


def _word_error(row: Row) -> WordError:
    before = row["baseline_count"]
    count = before + row["change"]  # in the chunks that both have
    return WordError(row["kind"], row["reference"], row["hypothesis"], count, before)


def _changes(condition: str, errors: Sequence[WordError]) -> Changes:
    changed = [error for error in errors if abs(error.count - error.before) >= LEAST_CHANGE]
    ranked = sorted(
        changed, key=lambda error: (-abs(error.count - error.before), error.said, error.written)
    )
    return Changes(
        condition,
        tuple([error for error in ranked if error.count < error.before][:MAX_ERRORS]),
        tuple([error for error in ranked if error.count > error.before][:MAX_ERRORS]),
    )


def _terms(scores: Path, shown: Sequence[str]) -> list[TermRow]:
    """Terms that were said: first those that conditions differ in, then the most often said."""
    said: dict[str, int] = {}
    hits: dict[str, dict[str, int]] = {}
    for row in read_table(TERMS, scores / TERMS.file_name):
        if row["condition"] in shown and (count := row["said"]):
            said[row["term"]] = max(count, said.get(row["term"], 0))
            hits.setdefault(row["term"], {})[row["condition"]] = row["hit"]
    rows = [
        TermRow(term, count, tuple(hits[term].get(name, 0) for name in shown))
        for term, count in said.items()
    ]
    return sorted(rows, key=lambda row: (min(row.hits) - max(row.hits), -row.said, row.term))


def _strata(scores: Path, shown: Sequence[str]) -> dict[str, tuple[Level, ...]]:
    """WER by stratum, where a field divides the corpus into two levels or more."""
    fields: dict[str, dict[str, dict[str, Row]]] = {}
    for row in read_table(STRATA, scores / STRATA.file_name):
        if row["figure"] == "wer" and row["condition"] in shown:
            levels = fields.setdefault(row["field"], {})
            levels.setdefault(row["level"], {})[row["condition"]] = row
    return {
        field: tuple(_level(name, rows, shown) for name, rows in levels.items())[:MAX_LEVELS]
        for field, levels in fields.items()
        if len(levels) > 1
    }


def _level(name: str, rows: dict[str, Row], shown: Sequence[str]) -> Level:
    def estimate(condition: str) -> tuple[float | None, float | None, float | None]:
        row = rows.get(condition, {})
        return row.get("value"), row.get("low"), row.get("high")

    return Level(
        name,
        recordings=max(row["recordings"] for row in rows.values()),
        words=max(row["words"] for row in rows.values()),
        rates=tuple(map(estimate, shown)),
    )
