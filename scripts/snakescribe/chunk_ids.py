"""The names of chunks: the recording's id and a four-digit number."""

from collections.abc import Iterable

from snakescribe.tables import Row


def chunk_id(recording: str, number: int) -> str:
    """A recording and a position in its plan, from 0 -> the chunk's id."""
    return f"{recording}-{number:04d}"


def planned_chunk_ids(plans: Iterable[Row]) -> list[str]:
    """The chunk plan of a shard -> the ids of its chunks, in order."""
    return [
        chunk_id(plan["recording"], number)
        for plan in plans
        for number in range(len(plan["chunks"]))
    ]
