"""How hard a job's machine worked meanwhile: what tells whether two speeds can be compared."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np

from snakescribe.transcribe.engines import Provenance

# The piece of work takes about a hundredth of a second; it is timed anew when so much has passed.
REPEAT_SECONDS = 20.0
_SIGNAL = np.sin(np.arange(2**15, dtype=np.float64))
_TRANSFORMS, _TRIES = 8, 3


def time_fixed_work() -> float:
    """Milliseconds for Fourier transforms that are always the same: the least of three tries.

    It needs one thread and no memory to speak of, so that it costs a job nothing, and takes longer
    where other programs want the same cores.
    """
    tries = []
    for _ in range(_TRIES):
        begin = time.perf_counter()
        for _ in range(_TRANSFORMS):
            np.fft.rfft(_SIGNAL)
        tries.append(time.perf_counter() - begin)
    return 1000 * min(tries)


class Effort:
    """The load when a job began, the fixed work timed again and again, and processor seconds."""

    def __init__(self) -> None:
        """Time the fixed work for the first time."""
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._load = os.getloadavg()[0]
        self._first = self._slowest = time_fixed_work()
        self._timed_at = time.perf_counter()
        self._wall = self._processor = 0.0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count what is done inside as work of the model."""
        wall, processor = time.perf_counter(), _processor_seconds()
        try:
            yield
        finally:
            self._wall += time.perf_counter() - wall
            self._processor += _processor_seconds() - processor

    def began(self) -> Provenance:
        """What was so when the job began: the same for all that it decodes."""
        return {
            "started": self._started,
            "load_average": round(self._load, 2),
            "calibration_ms": round(self._first, 3),
        }

    def so_far(self) -> dict[str, float]:
        """What only grows: the slowest time of the fixed work, and seconds of the model's work.

        Of processors all threads, and programs that have ended, count.
        """
        if time.perf_counter() - self._timed_at > REPEAT_SECONDS:
            self._slowest = max(self._slowest, time_fixed_work())
            self._timed_at = time.perf_counter()
        return {
            "calibration_slowest_ms": round(self._slowest, 3),
            "wall_seconds": round(self._wall, 3),
            "processor_seconds": round(self._processor, 3),
        }


def _processor_seconds() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
