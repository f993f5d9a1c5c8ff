"""How much of its sound a run is through with: from the files that its jobs write.

It is cheap: folders are listed, tables of recordings are read once, and of the jobs at work the
last lines of their logs. So it can be asked for every few seconds, from any machine that sees them.
"""

import os
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snakescribe.logs import last_start
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS
from snakescribe.workflow.demands import read_lengths
from snakescribe.workflow.steps import OF_SOUND, Job, Jobs, Step

TAIL_BYTES = 4000
CLOCKS_APART = 1.0  # seconds between this machine's and its disk's
# "3/10 talk", "s00000: 3 of 10: talk: 1.2 MB", "...; 36 of 72 transcripts, with talk and 2 more"
_PLACES = (
    re.compile(r" INFO .*?: (\d+)/(\d+) (.+)$"),
    re.compile(r" INFO .*?: \S+: (\d+) of (\d+): (.+?): "),
    re.compile(r"; (\d+) of (\d+) transcripts, with (.+)$"),
)


@dataclass(frozen=True)
class Running:
    """A job at work: the recording that it told of last, and which part of its work is done."""

    job: Job
    recording: str
    part: float


@dataclass(frozen=True)
class StepCount:
    """A step: its jobs that are done, of all (None: not known yet), and its sound.

    Attributes:
        heard: seconds of sound that it is through with, of transcripts times conditions.
        sound: seconds of all of it; None where that is not known yet, or the step hears none.
    """

    step: Step
    done: int
    total: int | None
    heard: float = 0.0
    sound: float | None = None


@dataclass(frozen=True)
class Reading:
    """A run at one moment."""

    steps: list[StepCount]
    running: list[Running]

    def step(self, rule: str) -> StepCount | None:
        """The count of a rule's step, if the config asks for it."""
        return next((count for count in self.steps if count.step.rule == rule), None)


class SoundMeter:
    """Reads how far the jobs of a run are."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def read(
        self,
        running: Callable[[Job], float | None],
        outdated: Callable[[Job], bool] = lambda _: False,
    ) -> Reading:
        """Look at all jobs.

        Args:
            running: since when a job without its output is at work (s since 1970), if it is.
            outdated: whether a job is to be done once more, though its output is there.
        """
        listing = cache(list_names)
        steps: list[StepCount] = []
        at_work: list[Running] = []
        lengths = self._lengths()
        for step in self._jobs.steps:
            done = 0
            heard = sound = 0.0
            jobs = list(self._jobs.of(step))
            for job in jobs:
                seconds = self._seconds(job, lengths)
                sound += seconds
                if job.output.name in listing(job.output.parent) and not outdated(job):
                    done += 1
                    heard += seconds
                elif (since := running(job)) is not None:
                    found = read_place(job, since)
                    at_work.append(found)
                    heard += found.part * seconds
            unknown = "shard" in step.wildcards and not jobs
            known = step.rule in OF_SOUND and lengths
            steps.append(
                StepCount(
                    step, done, None if unknown else len(jobs), heard, sound if known else None
                )
            )
        return Reading(steps, at_work)

    def _lengths(self) -> dict[str, float]:
        """Seconds of each shard; of those not fetched yet as many as of the others, on average."""
        known: dict[str, float] = {}
        shards = self._jobs.shards
        for shard in shards:
            if (lengths := recording_seconds(self._jobs.results, shard)) is not None:
                known[shard] = sum(lengths)
        mean = sum(known.values()) / len(known) if known else 0.0
        return {shard: known.get(shard, mean) for shard in shards} if known else {}

    def _seconds(self, job: Job, lengths: dict[str, float]) -> float:
        if job.step.rule not in OF_SOUND:
            return 0.0
        seconds = lengths.get(job.wildcards["shard"], 0.0)
        if passname := job.wildcards.get("passname"):
            return seconds * self._jobs.decodings_of(self._jobs.passes[passname])
        return seconds


def recording_seconds(results: Results, shard: str) -> tuple[float, ...] | None:
    """A shard -> the seconds of its recordings that could be had; None before they are fetched."""
    path = results.path(RECORDINGS, shard=shard)
    try:
        stat = path.stat()
    except OSError:
        return None
    return read_lengths(path, (stat.st_mtime_ns, stat.st_size))


class Speed:
    """Seconds of sound per second, of what was heard in the last minutes.

    Args:
        clock: tells the time in seconds.
    """

    WINDOW_SECONDS = 600.0
    FEWEST_SECONDS = 3.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, float]] = deque()

    def see(self, heard: float) -> None:
        """Take note of how much is heard by now; before the first of it, time does not count."""
        now = self._clock()
        if self._seen and heard < self._seen[-1][1]:  # outputs were taken away: begin anew
            self._seen.clear()
        if len(self._seen) == 1 and self._seen[0][1] == heard:
            self._seen.clear()
        self._seen.append((now, heard))
        while len(self._seen) > 2 and now - self._seen[0][0] > self.WINDOW_SECONDS:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Seconds of sound per second; None while there is too little to tell it from."""
        if len(self._seen) < 2:
            return None
        (began, before), (now, heard) = self._seen[0], self._seen[-1]
        if now - began < self.FEWEST_SECONDS or heard <= before:
            return None
        return (heard - before) / (now - began)

    def left(self, count: StepCount) -> float | None:
        """How many seconds the rest of a step's sound takes at this speed, if that can be said."""
        if not self.rate or count.sound is None:
            return None
        return max(count.sound - count.heard, 0.0) / self.rate


def read_place(job: Job, since: float) -> Running:
    """A job at work -> where it is, by what its log says since it began."""
    lines = read_tail(job.log, since=since).splitlines()
    for line in reversed(last_start(lines)):
        for pattern in _PLACES:
            if told := pattern.search(line):
                done, total, recording = told.groups()
                return Running(job, recording, min(int(done) / max(int(total), 1), 1.0))
    return Running(job, "", 0.0)


def read_tail(path: Path, size: int = TAIL_BYTES, since: float = 0.0) -> str:
    """The last bytes of a file as text; empty where it is not there, or is older than `since`."""
    try:
        with path.open("rb") as stream:
            stat = os.fstat(stream.fileno())
            if stat.st_mtime < since:
                return ""
            stream.seek(max(0, stat.st_size - size))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def list_names(folder: Path) -> frozenset[str]:
    """The names in a folder; none where there is none."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except OSError:
        return frozenset()
