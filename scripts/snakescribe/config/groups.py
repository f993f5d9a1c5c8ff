"""Random groups: every chunk under one condition, balanced and reproducible from the seed."""

from collections.abc import Sequence
from random import Random

from snakescribe.config.conditions import Experiment


def assign_groups(experiment: Experiment, shard: str, chunks: Sequence[str]) -> dict[str, str]:
    """Chunk ids of a shard, in order -> the condition each one is assigned to.

    Permuted blocks: each run of as many chunks as there are conditions holds every condition
    once, in random order, so that group sizes differ by at most one in a shard. Chunks that are
    added at the end leave the assignment of those before as it was.
    """
    random = Random(f"{experiment.seed}/{experiment.name}/{shard}")
    names = [condition.name for condition in experiment.conditions]
    assigned: dict[str, str] = {}
    block: list[str] = []
    for chunk in chunks:
        if not block:
            block = random.sample(names, len(names))
        assigned[chunk] = block.pop()
    return assigned
