"""The conditions of an experiment that vote where engines are asked together: one of each engine.

An engine is a model. Two models that wrote the same words in all chunks are one engine twice (one
set of weights on two devices, transcripts taken from files under two names): a second vote of its
own would make the vote another one's echo.
"""

from collections.abc import Sequence

import numpy as np

from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.notices import Kind, notify

# Good engines may write the same few words by chance.
FEWEST_WORDS = 50


def choose_voters(experiment: Experiment) -> list[int]:
    """An experiment -> the position of one condition for each of its models.

    It is the one that shares most levels with the baseline.
    """
    levels = experiment.base_condition.levels
    chosen: dict[str, tuple[int, int]] = {}
    for place, condition in enumerate(experiment.conditions):
        shared = sum(condition.levels[name] == level for name, level in levels.items())
        if condition.model not in chosen or shared > chosen[condition.model][0]:
            chosen[condition.model] = shared, place
    return [place for _, place in chosen.values()]


def leave_out_copies(table: ScoreTable, voters: Sequence[int]) -> list[int]:
    """Scores and conditions -> those that are no copy of one before, with a notice of the others.

    A copy has the same normalised words in every chunk that both have, `FEWEST_WORDS` or more.
    """
    kept: list[int] = []
    for voter in voters:
        first = next((other for other in kept if _is_copy(table, other, voter)), None)
        if first is None:
            kept.append(voter)
        else:
            names = f"{table.conditions[voter]} and {table.conditions[first]}"
            text = f"{names} wrote the same words in every chunk: they have one vote, not two"
            notify(Kind.VOTERS_ALIKE, text, source=table.conditions[voter])
    return kept


def _is_copy(table: ScoreTable, one: int, other: int) -> bool:
    common = table.present[one] & table.present[other]
    _, texts = table.words("hypothesis_normalized")
    first, second = (
        texts[voter].take(np.flatnonzero(common[table.chunk_of[table.rows_of[voter]]]))
        for voter in (one, other)
    )
    return (
        len(first.values) >= FEWEST_WORDS
        and np.array_equal(first.lengths, second.lengths)
        and np.array_equal(first.values, second.values)
    )
