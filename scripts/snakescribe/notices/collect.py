"""Giving and collecting notices: from the line that notices something to the table of its job."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from snakescribe.notices.kinds import Kind
from snakescribe.tables import NOTICES, Row, write_table

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """A notice; `text` leaves out what `recording` and `source` say, so that equal ones meet."""

    kind: Kind
    text: str
    remedy: str
    recording: str = ""
    source: str = ""

    def __str__(self) -> str:
        about = self.recording or self.source
        place = f" ({self.source})" if self.recording and self.source else ""
        return f"{f'{about}: ' if about else ''}{self.text}{place}; {self.remedy}"


@dataclass(frozen=True)
class Job:
    """The job that gives notices: its stage, its rule, and what it works on, such as `s00000`."""

    stage: str
    step: str
    place: str


class Collector:
    """Counts notices, from any thread; equal ones are one. `quiet`: without lines in the log."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self._lock = Lock()
        self._counts: Counter[Notice] = Counter()

    def add(self, notice: Notice, count: int = 1) -> None:
        """Count a notice."""
        with self._lock:
            self._counts[notice] += count

    def counts(self) -> dict[Notice, int]:
        """The notices so far, with how often each was given."""
        with self._lock:
            return dict(self._counts)

    def rows(self, job: Job) -> Iterator[Row]:
        """The notices as rows of `NOTICES`, in an order that hangs on nothing but the notices."""
        kinds = list(Kind)
        ordered = sorted(
            self.counts().items(),
            key=lambda pair: (
                kinds.index(pair[0].kind), pair[0].source, pair[0].recording, pair[0].text,
            ),
        )  # fmt: skip
        for notice, count in ordered:
            yield {
                "stage": job.stage,
                "step": job.step,
                "place": job.place,
                "recording": notice.recording or None,
                "source": notice.source or None,
                "kind": str(notice.kind),
                "count": count,
                "text": notice.text,
                "remedy": notice.remedy,
            }


# Of the process, not of a context: what a step's threads notice belongs to the step.
_collectors: list[Collector] = []


def notify(
    kind: Kind,
    text: str,
    *,
    recording: str = "",
    source: str = "",
    remedy: str = "",
    count: int = 1,
) -> None:
    """Give a notice: to the log, and to the step that collects them, if one does.

    Args:
        kind: what it is about.
        text: what is the matter, in a sentence without a full stop.
        recording: the id of the recording that it is about.
        source: else what it is about: a file, an entry of the config, a site.
        remedy: what to do, where that is more than the kind says.
        count: how many times it happened: chunks, files.
    """
    notice = Notice(kind, _clean(text), remedy or kind.remedy, recording, _clean(source))
    if not (_collectors and _collectors[-1].quiet):
        logger.warning("%s%s", notice, f" ({count} times)" if count > 1 else "")
    if _collectors:
        _collectors[-1].add(notice, count)


def _clean(text: str) -> str:
    """A text, of which a part may be a stranger's -> the same in one line that a file can hold."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


@contextmanager
def collected(quiet: bool = False) -> Iterator[Collector]:
    """Collect notices without writing them: in a worker process, which hands them to `pass_on`.

    `quiet` keeps them out of the log: where they are told in another way, before a run.
    """
    collector = Collector(quiet)
    _collectors.append(collector)
    try:
        yield collector
    finally:
        _collectors.remove(collector)


def pass_on(counts: Mapping[Notice, int]) -> None:
    """Take notices over from a worker process, which has logged them."""
    for notice, count in counts.items():
        if _collectors:
            _collectors[-1].add(notice, count)


@contextmanager
def collecting(job: Job, path: Path | None) -> Iterator[None]:
    """Collect a job's notices and write them to `path`, if one is given, when the job succeeds."""
    with collected() as collector:
        yield
    if path:
        write_table(NOTICES, path, collector.rows(job))
