"""Which chunk of a shard is to be decoded with which prompt and decode options."""

from typing import Any, NamedTuple

from snakescribe.config.groups import assign_groups
from snakescribe.config.sweep import Condition, Experiment
from snakescribe.tables import Row


class Pair(NamedTuple):
    """Names of a prompt and of decode options."""

    prompt: str
    decoding: str


def wanted_pairs(
    settings: dict[str, Any], shard: str, plans: list[Row], chunks: list[Row]
) -> dict[str, tuple[Pair, ...]]:
    """A pass's settings -> the pairs wanted of each chunk.

    Factorial and listed experiments want all their pairs of every chunk; experiments in random
    groups want of a chunk only the condition that it was assigned to, if that is of this pass.
    """
    everywhere = dict.fromkeys(Pair(*pair) for pair in settings["pairs"])
    wanted = {chunk["chunk"]: dict(everywhere) for chunk in chunks}
    planned = chunk_ids(plans)
    for grouped in settings["grouped"]:
        conditions = tuple(Condition(**one) for one in grouped["conditions"])
        experiment = Experiment(**{**grouped, "conditions": conditions})
        by_name = {one.name: one for one in conditions}
        for chunk, name in assign_groups(experiment, shard, planned).items():
            condition = by_name[name]
            here = (condition.model, condition.audio) == (settings["model_name"], settings["audio"])
            if here and chunk in wanted:
                wanted[chunk][Pair(condition.prompt, condition.decoding)] = None
    return {chunk: tuple(pairs) for chunk, pairs in wanted.items()}


def chunk_ids(plans: list[Row]) -> list[str]:
    """The chunk plan of a shard -> the ids of its chunks, in order."""
    return [
        f"{plan['recording']}-{number:04d}"
        for plan in plans
        for number in range(len(plan["chunks"]))
    ]
