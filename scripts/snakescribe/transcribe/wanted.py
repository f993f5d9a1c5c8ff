"""Which chunk of a shard is to be decoded with which prompt and decode options."""

from typing import Any, NamedTuple

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.experiments import Experiment
from snakescribe.config.groups import assign_groups
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
    planned = planned_chunk_ids(plans)
    for grouped in settings["grouped"]:
        experiment = Experiment.from_settings(grouped)
        by_name = {one.name: one for one in experiment.conditions}
        for chunk, name in assign_groups(experiment, shard, planned).items():
            condition = by_name[name]
            here = (condition.model, condition.audio) == (settings["model_name"], settings["audio"])
            if here and chunk in wanted:
                wanted[chunk][Pair(condition.prompt, condition.decoding)] = None
    return {chunk: tuple(pairs) for chunk, pairs in wanted.items()}
