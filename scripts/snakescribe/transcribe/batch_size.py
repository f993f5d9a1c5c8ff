"""`batch_size: auto`: how many chunks at once are fastest on this machine, found by trying.

The text of a chunk does not depend on it, for engines that say so (`Engine.PROBES`): each is padded
to the same window, and batches are planned without it. So what is found may differ from machine to
machine, and is kept in the store for the next job.
"""

import logging
import resource
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from snakescribe.config.transcribe import Decoding
from snakescribe.devices import gpu_memory_mb
from snakescribe.store import DamagedError, read_facts, write_facts
from snakescribe.transcribe.engines import Engine, Request
from snakescribe.transcribe.room import Room

logger = logging.getLogger(__name__)

SIZES = (1, 2, 4, 8, 16, 32, 64)  # as many chunks as a planned batch has, see `batches`
LEAST_GAIN = 1.05  # a larger batch must be so much faster
PROBE_SECONDS = 15.0  # that all tries may take


def settle_batch_size(
    engine: Engine, audio: Sequence[np.ndarray], device: str, room: Room, kept: Path
) -> int:
    """Find the fastest batch size of an engine, or read what an earlier job found, and set it.

    Args:
        engine: one that `PROBES`.
        audio: chunks to try with (float32 mono, 16 kHz).
        device: `cpu` or `cuda`.
        room: what must not be exceeded.
        kept: a file of the store, named by all that the size depends on.
    """
    try:
        size: int = read_facts(kept)["batch_size"]
    except (FileNotFoundError, DamagedError):
        size = find_batch_size(engine, audio, device, room)
        write_facts(kept, {"batch_size": size})
    engine.batch_size = size
    return size


def find_batch_size(engine: Engine, audio: Sequence[np.ndarray], device: str, room: Room) -> int:
    """The batch size with which an engine decodes the most chunks a second, within the room.

    Sizes are doubled while that pays, while memory would still suffice if it grew as it did, and
    while there is time; memory that runs out ends the search too.
    """
    ordered = sorted(audio, key=len, reverse=True)
    best, best_rate, used, begin = SIZES[0], 0.0, _used_mb(device), time.perf_counter()
    _try(engine, ordered, SIZES[0])  # what is made at the first call is not counted
    for size in SIZES:
        engine.batch_size = size
        seconds, chunks = _try(engine, ordered, size)
        if engine.batch_size < size:  # memory ran out
            break
        now = _used_mb(device)
        logger.info("batch size %d: %.2f s for %d chunks, %d MB", size, seconds, chunks, now)
        if chunks / seconds < best_rate * LEAST_GAIN:
            break
        best, best_rate = size, chunks / seconds
        growth, used = max(now - used, 0), now
        limit = room.gpu_memory_mb if device == "cuda" else room.memory_mb
        left = PROBE_SECONDS - (time.perf_counter() - begin)
        if 2 * seconds > left or (limit and now + 2 * growth > limit):
            break
    return min(best, engine.batch_size)


def _try(engine: Engine, audio: Sequence[np.ndarray], size: int) -> tuple[float, int]:
    """Encode and decode a batch of so many chunks -> seconds spent, chunks decoded."""
    chunks = list(islice(cycle(audio), size * engine.parts_at_once))
    requests = [Request(member, [], "", "en") for member in range(len(chunks))]
    options = Decoding(language="en", word_timestamps=False)
    begin = time.perf_counter()
    engine.decode(engine.encode(chunks, 30.0), requests, options)
    return time.perf_counter() - begin, len(chunks)


def _used_mb(device: str) -> int:
    """Memory (MB) in use on the GPU, or the most that this process has had."""
    if device == "cuda":
        return gpu_memory_mb() or 0
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
