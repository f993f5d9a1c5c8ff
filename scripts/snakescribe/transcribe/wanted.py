"""Which chunk of a shard is to be decoded with which prompt and decode options."""

from typing import NamedTuple

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.groups import assign_groups
from snakescribe.tables import Row
from snakescribe.transcribe.params import PassParams


class Pair(NamedTuple):
    """Names of a prompt and of decode options."""

    prompt: str
    decoding: str


def wanted_pairs(
    params: PassParams, shard: str, plans: list[Row], chunks: list[Row]
) -> dict[str, tuple[Pair, ...]]:
    """A pass and a shard -> the pairs wanted of each chunk, by its id.

    Factorial and listed experiments want all their pairs of every chunk; experiments in random
    groups want of a chunk only the condition that it was assigned to, if that is of this pass.
    """
    everywhere = dict.fromkeys(Pair(*pair) for pair in params.pairs)
    wanted = {chunk["chunk"]: dict(everywhere) for chunk in chunks}
    planned = planned_chunk_ids(plans)
    for experiment in params.grouped:
        by_name = {condition.name: condition for condition in experiment.conditions}
        for chunk, name in assign_groups(experiment, shard, planned).items():
            condition = by_name[name]
            if condition.passname == params.name and chunk in wanted:
                wanted[chunk][Pair(condition.prompt, condition.decoding)] = None
    return {chunk: tuple(pairs) for chunk, pairs in wanted.items()}
