"""Which chunk of a shard is to be decoded with which prompt and decode options."""

from typing import NamedTuple

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.groups import assign_groups
from snakescribe.tables import Row
from snakescribe.transcribe.params import PassParams


class Pair(NamedTuple):
    """Names of a prompt and of decode options, and which of its repeats it is, from 1."""

    prompt: str
    decoding: str
    repeat: int = 1


def wanted_pairs(
    params: PassParams, shard: str, plans: list[Row], chunks: list[Row]
) -> dict[str, tuple[Pair, ...]]:
    """A pass and a shard -> the pairs wanted of each chunk, by its id.

    Factorial and listed experiments want all their pairs of every chunk; experiments in random
    groups want of a chunk only the condition that it was assigned to, if that is of this pass.
    Each is wanted as often as its decode options say (`repeats`).
    """
    everywhere = dict.fromkeys(
        repeated for pair in params.pairs for repeated in _repeat(params, *pair)
    )
    wanted = {chunk["chunk"]: dict(everywhere) for chunk in chunks}
    planned = planned_chunk_ids(plans)
    for experiment in params.grouped:
        by_name = {condition.name: condition for condition in experiment.conditions}
        for chunk, name in assign_groups(experiment, shard, planned).items():
            condition = by_name[name]
            if condition.passname == params.name and chunk in wanted:
                repeats = _repeat(params, condition.prompt, condition.decoding)
                wanted[chunk] |= dict.fromkeys(repeats)
    return {chunk: tuple(pairs) for chunk, pairs in wanted.items()}


def _repeat(params: PassParams, prompt: str, decoding: str) -> list[Pair]:
    """A prompt and decode options -> a pair for each of their repeats."""
    repeats = range(1, params.decoding[decoding].repeats + 1)
    return [Pair(prompt, decoding, repeat) for repeat in repeats]
