"""Comparisons of prompts with lists of terms -> where they stand in an order that cannot be right.

Terms that were really said help at least as much as those that are known beforehand, and these as
much as another recording's. Where it is really the other way round, prompts change something else
than the words that they name, or the lists are not what they seem.
"""

from collections.abc import Iterable, Iterator, Mapping

from snakescribe.config.conditions import Experiment
from snakescribe.config.controls import ORACLE, OTHER, OWN, RUNGS
from snakescribe.evaluate.wording import format_p
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row

_WHOSE = {
    ORACLE: "the terms that were said",
    OWN: "the recording's own terms",
    OTHER: "another recording's terms",
}


def find_broken_rungs(
    rows: Iterable[Row], experiment: Experiment, rungs: Mapping[str, str]
) -> Iterator[Row]:
    """Rows of ``comparisons.csv`` -> those of pairs really the wrong way round, the worse first.

    They differ in the prompt alone.

    Args:
        rows: judged, of all families.
        experiment: whose conditions they compare.
        rungs: whose terms a prompt has, by its name; see `find_rungs`.
    """
    levels = {condition.name: condition.levels for condition in experiment.conditions}
    for row in rows:
        left, right = (levels[row[side]] for side in ("condition", "other"))
        differ = [factor for factor in left if left[factor] != right[factor]]
        ours, theirs = (rungs.get(side["prompt"], "") for side in (left, right))
        if row["family"] != "pairs" or not row["real"] or differ != ["prompt"]:
            continue
        if ours and theirs and ours != theirs:
            expected = RUNGS.index(ours) - RUNGS.index(theirs)  # more errors on a lower rung
            if row["delta"] * expected < 0:
                yield row


def notify_of_broken_rungs(
    rows: Iterable[Row], experiment: Experiment, rungs: Mapping[str, str], level: float
) -> None:
    """Give notice of the pairs of `find_broken_rungs`; p counts below `level`."""
    prompts = {condition.name: condition.prompt for condition in experiment.conditions}
    for row in find_broken_rungs(rows, experiment, rungs):
        pair = (row["condition"], row["other"])
        better, worse = pair if row["delta"] < 0 else pair[::-1]
        told, than = (
            f"'{prompts[name]}' ({_WHOSE[rungs[prompts[name]]]})" for name in (better, worse)
        )
        text = (
            f"the prompt {told} has fewer errors than {than}: {better} against {worse}, "
            f"adjusted p {format_p(row['p_adjusted'], level)}"
        )
        notify(Kind.PROMPT_LADDER, text, source=f"experiments.{experiment.name}")
