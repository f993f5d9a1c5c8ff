"""Scores -> conditions that differ in their prompt alone and wrote the same, to the letter.

An engine that reads its prompt hardly writes every text as it does under another; one that does
not (servers drop prompts and say nothing) always does. To such a pair no test has anything to say.
"""

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pyarrow.compute as pc

from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.wording import UNREAD
from snakescribe.notices import Kind, notify

# Positions of two conditions, the later one first.
Pair = tuple[int, int]


def find_unread(table: ScoreTable, experiment: Experiment) -> set[Pair]:
    """Scores and their experiment -> the pairs whose prompts seem not to have been read.

    They differ in the prompt alone, and in all chunks that both have the text is the same, and not
    empty in all of them. So it must be of all such pairs of a model: one that writes something else
    under a third prompt has read it.
    """
    pairs = [
        (later, earlier)
        for earlier, later in combinations(range(len(table.conditions)), 2)
        if _differ_in_prompt_alone(experiment, earlier, later)
    ]
    reading = {_model(experiment, pair) for pair in pairs if not _count_alike(table, pair)}
    doubtful = [pair for pair in pairs if _model(experiment, pair) not in reading]
    reading |= {_model(experiment, pair) for pair in doubtful if not _write_alike(table, pair)}
    table.forget("hypothesis")
    return {pair for pair in doubtful if _model(experiment, pair) not in reading}


def notify_of_unread(pairs: Collection[Pair], experiment: Experiment) -> None:
    """Give notice of the models that seem not to read prompts."""
    prompts: dict[str, dict[str, None]] = {}
    for pair in sorted(pairs):
        for place in sorted(pair):
            condition = experiment.conditions[place]
            prompts.setdefault(condition.model, {})[condition.prompt] = None
    for model, names in prompts.items():
        text = f"{UNREAD} (under the prompts {', '.join(names)})"
        notify(Kind.PROMPT_UNREAD, text, source=f"models.{model}")


def _model(experiment: Experiment, pair: Pair) -> str:
    return experiment.conditions[pair[0]].model


def _differ_in_prompt_alone(experiment: Experiment, first: int, second: int) -> bool:
    left, right = (experiment.conditions[place].levels for place in (first, second))
    return [factor for factor in left if left[factor] != right[factor]] == ["prompt"]


def _count_alike(table: ScoreTable, pair: Pair) -> bool:
    """Whether all counts are the same, which is quickly seen, and rarely so by chance."""
    left, right = pair
    both = table.present[left] & table.present[right]
    return bool(both.any()) and all(
        np.array_equal(values[left, both], values[right, both]) for values in table.counts.values()
    )


def _write_alike(table: ScoreTable, pair: Pair) -> bool:
    ours, theirs = (table.chunk_of[table.rows_of[place]] for place in pair)
    _, *rows = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    texts = table.column("hypothesis")
    left, right = (texts[place].take(of) for place, of in zip(pair, rows, strict=True))
    return bool(left.equals(right)) and (pc.sum(pc.utf8_length(left)).as_py() or 0) > 0
