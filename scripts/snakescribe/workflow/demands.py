"""What jobs ask of a cluster: memory and time, by the audio that they work on.

A scheduler ends a job that takes more than it asked for. So what a job asks for grows with the
audio of its shard, as far as its containers tell how long it is, and again with each attempt: a job
that was ended for its memory or its time gets more when it is retried. On one machine nobody reads
these figures.
"""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from snakescribe.results import Results
from snakescribe.tables import RECORDINGS
from snakescribe.tables.delimited import read_rows
from snakescribe.tables.schema import NotThisTableError

SECONDS_AN_HOUR = 3600
UNKNOWN_SECONDS = 1800.0  # a recording that has not been fetched, or does not tell


@dataclass(frozen=True)
class Demand:
    """What the first attempt of a rule's jobs asks for; later ones ask for so many times as much.

    Attributes:
        mb: memory (MB) without any audio.
        mb_per_hour: more of it for each hour of the longest recording: one is in memory at a time.
        minutes: time without any audio.
        minutes_per_hour: more of it for each hour of all recordings.
    """

    mb: int
    mb_per_hour: int
    minutes: int
    minutes_per_hour: float

    def memory(self, longest: float, attempt: int) -> int:
        """The longest recording (s) and the attempt, from 1 -> MB."""
        return attempt * (self.mb + math.ceil(self.mb_per_hour * longest / SECONDS_AN_HOUR))

    def runtime(self, seconds: float, attempt: int) -> int:
        """All audio (s) and the attempt, from 1 -> minutes."""
        return attempt * (
            self.minutes + math.ceil(self.minutes_per_hour * seconds / SECONDS_AN_HOUR)
        )


# Generous: on the 2 cores of docs/benchmarks.md all but downloads and models take a tenth of it.
# A model is taken to be large and on a GPU. Scoring goes by batches, whatever a corpus has.
DEMANDS = {
    "fetch_recordings": Demand(2000, 0, 60, 10),
    "prepare_audio": Demand(3000, 1500, 20, 15),
    "plan_chunks": Demand(3000, 1000, 20, 10),
    "cut_chunks": Demand(2000, 1000, 20, 10),
    "transcribe_chunks": Demand(4000, 1000, 60, 20),
    "score_transcripts": Demand(4000, 0, 120, 0),
    "compare_conditions": Demand(4000, 0, 120, 0),
    "measure_chunkings": Demand(4000, 0, 60, 0),
    "build_report": Demand(4000, 0, 60, 0),
}


class Asking:
    """Gives rules the functions of their resources.

    Args:
        results: the folder that tells which recordings a shard has, and how long they are.
    """

    def __init__(self, results: Results) -> None:
        self._results = results

    def memory(self, rule: str) -> Callable[[Any, int], int]:
        """A rule -> the function of its `mem_mb`."""

        def mem_mb(wildcards: Any, attempt: int) -> int:
            return DEMANDS[rule].memory(max(self._lengths(wildcards), default=0.0), attempt)

        return mem_mb

    def runtime(
        self, rule: str, times: Callable[[Any], int] = lambda _: 1
    ) -> Callable[[Any, int], int]:
        """A rule -> the function of its `runtime`; `times` is how often it goes over the audio."""

        def runtime(wildcards: Any, attempt: int) -> int:
            seconds = sum(self._lengths(wildcards)) * times(wildcards)
            return DEMANDS[rule].runtime(seconds, attempt)

        return runtime

    def _lengths(self, wildcards: Any) -> Sequence[float]:
        """The seconds of the recordings that a job works on; none where it works on results."""
        shard = wildcards.get("shard")
        if not shard:
            return ()
        path = self._results.path(RECORDINGS, shard=shard)
        try:
            stat = path.stat()
        except OSError:  # nothing is fetched yet
            listed = self._results.items_file().exists()
            items = self._results.items_by_shard().get(shard, ()) if listed else ()
            return [UNKNOWN_SECONDS] * len(items)
        return read_lengths(path, (stat.st_mtime_ns, stat.st_size))


@cache
def read_lengths(path: Path, _stamp: tuple[int, int]) -> tuple[float, ...]:
    """A table of recordings -> the seconds of those that could be had.

    A damaged one has none: the job that reads it tells, and mends it.
    """
    try:  # not by `read_table`: within a run it removes what is spoilt
        rows = list(read_rows(RECORDINGS, path, ["seconds", "status"], {}))
    except (NotThisTableError, UnicodeDecodeError, csv.Error, OSError):
        return ()
    return tuple(
        UNKNOWN_SECONDS if row["seconds"] is None else row["seconds"]
        for row in rows
        if row["status"] == "ok"
    )
