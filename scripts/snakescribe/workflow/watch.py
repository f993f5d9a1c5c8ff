"""A run as it is from another terminal or another machine: read from its files, again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.notices.groups import printable
from snakescribe.tables import AUDIO, PLANS, RECORDINGS, Row, Table, read_table
from snakescribe.workflow.sole_run import Owner, owner_at_work, owner_file
from snakescribe.workflow.sound import (
    CLOCKS_APART,
    Reading,
    SoundMeter,
    Speed,
    StepCount,
    list_names,
)
from snakescribe.workflow.status import last_error
from snakescribe.workflow.steps import Job, Jobs


@dataclass(frozen=True)
class View:
    """What a watcher sees: how far each step is, what fails, and whose run it is.

    Attributes:
        reading: the steps and the jobs at work.
        failures: all so far, a line each: recordings that are left out, and jobs.
        owner: the run that is at work; None once it has ended.
        changed: when something was last written that it looks at (s since 1970).
    """

    reading: Reading
    failures: list[str]
    owner: Owner | None
    changed: float

    @property
    def complete(self) -> bool:
        """Whether all files are there."""
        return all(count.done == count.total for count in self.reading.steps)


class _Look:
    """What is found while all jobs are looked at once.

    Args:
        since: when the run began (s since 1970); what was written before is of another one.
        alive: whether it is at work.
    """

    def __init__(self, since: float, alive: bool) -> None:
        self._since = since
        self._alive = alive
        self._listing = cache(list_names)
        self.failures: list[str] = []
        self.changed = 0.0

    def running(self, job: Job) -> float | None:
        """Since when a job without its output is at work, by its log; a failure is taken down."""
        if job.log.name not in self._listing(job.log.parent):
            return None
        try:
            changed = job.log.stat().st_mtime
        except OSError:
            return None
        self.changed = max(self.changed, changed)
        if changed < self._since:
            return None
        if error := last_error(job.log):
            self.failures.append(f"{job.step.name}: {job.name}: {printable(error)}  [{job.log}]")
            return None
        return self._since if self._alive else None


class Watcher:
    """Looks at a run, and remembers how fast it was."""

    def __init__(self, config: Config) -> None:
        self._jobs = Jobs(config)
        self._meter = SoundMeter(self._jobs)
        self._speeds: dict[str, Speed] = {}
        self._since = 0.0

    @property
    def seen(self) -> bool:
        """Whether there was a run at any look."""
        return self._since > 0

    def look(self) -> View:
        """Read the run as it is now."""
        results = self._jobs.results
        owner = owner_at_work(results)  # first: what it ends with is read after that
        if owner:
            self._since = owner_file(results).stat().st_mtime - CLOCKS_APART
        look = _Look(self._since, alive=owner is not None)
        reading = self._meter.read(look.running)
        for count in reading.steps:
            if count.sound:
                self._speeds.setdefault(count.step.rule, Speed()).see(count.heard)
        return View(reading, [*self._left_out(), *look.failures], owner, look.changed)

    def pace(self, count: StepCount) -> tuple[float | None, float | None]:
        """A step -> seconds of sound per second since this began to look, and the seconds left."""
        speed = self._speeds.get(count.step.rule)
        return (speed.rate, speed.left(count)) if speed else (None, None)

    def _left_out(self) -> Iterator[str]:
        """Recordings that a stage could not use, each once."""
        seen: set[str] = set()
        places: list[tuple[Table, dict[str, str]]] = [
            (RECORDINGS, {}),
            *((AUDIO, {"variant": name}) for name in self._jobs.variants),
            *((PLANS, {"chunking": name}) for name in self._jobs.chunkings),
        ]
        for table, wildcards in places:
            for shard in self._jobs.shards:
                path = self._jobs.results.path(table, shard=shard, **wildcards)
                try:
                    stat = path.stat()
                except OSError:
                    continue
                for row in _failed(table, path, (stat.st_mtime_ns, stat.st_size)):
                    if row["recording"] not in seen:
                        seen.add(row["recording"])
                        reason = printable(row["reason"] or "no reason given")
                        yield f"{printable(row['recording'])}: {row['status']}: {reason}"


@cache
def _failed(table: Table, path: Path, _stamp: tuple[int, int]) -> tuple[Row, ...]:
    """The rows of a table that are not ok; of one that is just written, or damaged, none."""
    try:
        return tuple(row for row in read_table(table, path) if row["status"] != "ok")
    except (UserError, OSError):
        return ()
