"""What two runs say: settings that differ, and for each condition its rates and its texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.config.conditions import FACTORS
from snakescribe.config.database import Database
from snakescribe.errors import UserError
from snakescribe.load.runs import Run, find_run, remembered
from snakescribe.results import Results


@dataclass(frozen=True)
class Setting:
    """A setting that differs: its place, with points, and what each run has; None is nothing."""

    place: str
    first: Any
    second: Any


@dataclass(frozen=True)
class ConditionPair:
    """A condition in two runs, known by its levels; a run that lacks it has None.

    Attributes:
        first: its name in the first run.
        second: its name in the second run.
        first_wer: WER under the leading normaliser.
        second_wer: the same.
        common: transcripts that both runs have.
        differing: those of them whose texts differ.
    """

    first: str | None
    second: str | None
    first_wer: float | None
    second_wer: float | None
    common: int
    differing: int


@dataclass(frozen=True)
class RunComparison:
    """Two runs side by side."""

    first: Run
    second: Run
    settings: list[Setting]
    conditions: list[ConditionPair]


_LEVELS = ", ".join(FACTORS)


def _conditions(side: str) -> str:
    return f"""
        select c.condition, c.position, {_LEVELS}, s.wer
        from as_of(null::conditions, %({side})s) c
        left join as_of(null::condition_scores, %({side})s) s using (corpus, experiment, condition)
        where (corpus, experiment) = (%({side}_corpus)s, %({side}_experiment)s)
    """


def _texts(side: str) -> str:
    return f"""
        select condition, chunk, text from as_of(null::transcriptions, %({side})s)
        where (corpus, experiment) = (%({side}_corpus)s, %({side}_experiment)s)
    """


_PAIRS = f"""
    with a as ({_conditions("first")}), b as ({_conditions("second")}),
    told as (
        select a.condition, count(*) as common,
            count(*) filter (where x.text <> y.text) as differing
        from a
        join b using ({_LEVELS})
        join ({_texts("first")}) x on x.condition = a.condition
        join ({_texts("second")}) y on y.condition = b.condition and y.chunk = x.chunk
        group by a.condition
    )
    select a.condition, b.condition, a.wer, b.wer, coalesce(t.common, 0), coalesce(t.differing, 0)
    from a
    full join b using ({_LEVELS})
    left join told t on t.condition = a.condition
    order by b.position, a.position
"""


def compare_runs(results: Results, configured: Database, first: int, second: int) -> RunComparison:
    """Two runs -> what differs between them.

    Args:
        results: a results folder whose database has both; they may be of any corpus.
        configured: the section `database` of its config.
        first: the number of a run.
        second: that of another one.

    Raises:
        UserError: one of them is unknown, or deleted.
    """
    with remembered(results, configured) as (connection, _), connection.cursor() as cursor:
        before, after = find_run(cursor, first), find_run(cursor, second)
        for run in (before, after):
            if run.state == "deleted":
                raise UserError(f"run {run.run} is deleted; `db restore {run.run}` brings it back")
        sides: dict[str, Any] = {}
        for side, run in (("first", before), ("second", after)):
            sides |= {
                side: run.run, f"{side}_corpus": run.corpus, f"{side}_experiment": run.experiment
            }  # fmt: skip
        cursor.execute(_PAIRS, sides)
        pairs = [ConditionPair(*row) for row in cursor.fetchall()]
        settings = differing_settings(_settings(cursor, before), _settings(cursor, after))
        return RunComparison(before, after, list(settings), pairs)


def differing_settings(first: Any, second: Any, place: str = "") -> Iterator[Setting]:
    """Two settings as JSON has them -> the values that differ; lists are compared as a whole."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in dict.fromkeys([*first, *second]):
            inner = f"{place}.{key}" if place else key
            yield from differing_settings(first.get(key), second.get(key), inner)
    elif first != second:
        yield Setting(place, first, second)


def _settings(cursor: Cursor, run: Run) -> dict[str, Any]:
    cursor.execute(
        "select settings from as_of(null::experiments, %s) where (corpus, experiment) = (%s, %s)",
        (run.run, run.corpus, run.experiment),
    )
    (settings,) = cursor.fetchone() or ({},)
    return dict(settings)
