"""Chunks -> batches across recordings, the same whatever is in the store already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from snakescribe.tables import Row

STEP_SECONDS = 3  # windows come in this step, so that neighbours in length share a batch
MARGIN_SECONDS = 2  # silence after the longest chunk: without it last words are lost
LEAST_WINDOW_SECONDS = 15.0  # in much shorter ones Whisper, trained on 30 s, falls into loops
FULL_WINDOW_SECONDS = 30.0
WHOLE_SECONDS = 3600.0  # of whole recordings read at once: 230 MB
BATCHES_AT_ONCE = 8  # encoded together: more chunks to find equal prompt lengths among


@dataclass(frozen=True)
class Batch:
    """Chunks that are encoded together, padded to one window."""

    chunks: tuple[Row, ...]
    window_seconds: float


def plan_batches(chunks: Iterable[Row], batch_size: int, trim_windows: bool) -> list[Batch]:
    """Chunks of a shard -> batches, longest windows first, recordings kept together in each.

    Args:
        chunks: rows of the chunks table.
        batch_size: chunks decoded at once; a batch here holds up to eight times as many.
        trim_windows: pad to the longest chunk of the batch and 2 s, at least 15 s, instead of 30 s.
    """

    def window(chunk: Row) -> float:
        if not trim_windows:
            return FULL_WINDOW_SECONDS
        seconds = chunk["end"] - chunk["start"] + MARGIN_SECONDS
        stepped = float(ceil(seconds / STEP_SECONDS) * STEP_SECONDS)
        return min(FULL_WINDOW_SECONDS, max(LEAST_WINDOW_SECONDS, stepped))

    ordered = sorted(
        chunks, key=lambda chunk: (-window(chunk), chunk["recording"], chunk["number"])
    )
    size = batch_size * BATCHES_AT_ONCE
    parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return [Batch(tuple(part), window(part[0])) for part in parts]


def plan_whole(recordings: Iterable[Row]) -> list[Batch]:
    """Whole recordings -> batches of at most an hour of sound, or of one that is longer.

    All of a batch is in memory at once; each recording is decoded by itself.
    """
    batches: list[list[Row]] = []
    room = 0.0
    for row in recordings:
        seconds = row["end"] - row["start"]
        if not batches or seconds > room:
            batches.append([])
            room = WHOLE_SECONDS
        batches[-1].append(row)
        room -= seconds
    return [Batch(tuple(batch), FULL_WINDOW_SECONDS) for batch in batches]


def plan_waves(chunks: Sequence[Row]) -> list[list[Row]]:
    """Chunks of a shard -> waves: the first chunk of every recording, then the second, ...

    A prompt with the previous transcription makes chunk t depend on t - 1; in waves the
    recordings still share batches.
    """
    waves: dict[int, list[Row]] = {}
    for chunk in chunks:
        waves.setdefault(chunk["number"], []).append(chunk)
    return [waves[number] for number in sorted(waves)]
