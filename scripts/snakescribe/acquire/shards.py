"""How many recordings a shard takes, and which shard new ones get: those once given stay.

A job for each recording drowns Snakemake, and a job for a whole corpus cannot be shared out. `auto`
cuts a corpus into a hundred shards, or into fewer that have 25 each.
"""

from collections.abc import Sequence
from math import ceil

AUTO = "auto"
_LEAST = 25  # recordings; a job takes a second to start, however few it has; half of it will do
_SHARDS = 100


def place_new(before: Sequence[str], new: int, per_shard: int | str) -> list[str]:
    """The shards of the recordings that have one, in order -> those of the new ones, in order.

    A number fills the last shard up. `auto` opens new shards, all about as full, so that what was
    there is left alone; only a last shard with too few for a job of its own takes more.

    Args:
        before: the shard of each recording that has one.
        new: how many have none.
        per_shard: how many a shard takes, or `auto`.
    """
    number = int(before[-1][1:]) if before else -1
    filled = before.count(_name(number))
    total = len(before) + new
    if isinstance(per_shard, int):
        size, room = per_shard, per_shard - filled
    else:
        least = max(_LEAST, total // (10 * _SHARDS))
        size = max(_LEAST, ceil(total / _SHARDS))
        room = least - filled if 2 * filled < least else 0
    kept = min(max(room, 0), new) if before else 0
    opened = new - kept
    shards = ceil(opened / size)
    if per_shard == AUTO:
        later = [place * shards // opened for place in range(opened)]
    else:
        later = [place // size for place in range(opened)]
    return [_name(number)] * kept + [_name(number + 1 + shard) for shard in later]


def _name(number: int) -> str:
    return f"s{number:05d}"
