"""What a shard's job is at: a line for each recording that is done, a line a minute for others.

The lines go to the job's log and to standard output, which Snakemake shows on the terminal.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import click

from snakescribe.logs import is_followed
from snakescribe.notices.groups import printable
from snakescribe.tables import Row

MINUTE = 60.0  # seconds between two lines about a download that is still running
SECOND = 1.0  # seconds between two lines about files of this machine
_FEW = 5  # so many files of a shard have a line each

logger = logging.getLogger(__name__)


@dataclass
class Running:
    """A download that is under way: since when, and how many of its bytes are there."""

    recording: str
    began: float = field(default_factory=time.monotonic)
    bytes: int = 0
    total: int | None = None

    def watch(self, status: dict[str, Any]) -> None:
        """Take over what yt-dlp says of its progress."""
        self.bytes = status.get("downloaded_bytes") or self.bytes
        self.total = status.get("total_bytes") or status.get("total_bytes_estimate") or self.total

    def line(self) -> str:
        """How far it is."""
        there = format_bytes(self.bytes)
        if self.total and self.total >= self.bytes:
            there += f" of {format_bytes(self.total)}"
        minutes = (time.monotonic() - self.began) / 60
        return f"{self.recording}: under way for {minutes:.0f} min, {there}"


class Progress:
    """Tells about the recordings of a shard; a context manager, used from any thread."""

    def __init__(self, shard: str, total: int) -> None:
        self.shard, self.total = shard, total
        self.done = 0
        self.running: dict[str, Running] = {}
        self._files: list[str] = []
        self._file_rows: list[Row] = []
        self._last_file = time.monotonic()
        self._lock = Lock()
        self._ended = Event()
        self._teller = Thread(target=self._tell_each_minute, daemon=True)

    def __enter__(self) -> "Progress":
        self._teller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._teller.join()

    @contextmanager
    def start(self, recording: str) -> Iterator[Running]:
        """Follow a download for as long as it runs."""
        running = Running(recording)
        with self._lock:
            self.running[recording] = running
        try:
            yield running
        finally:
            with self._lock:
                del self.running[recording]

    def finish(self, row: Row, here_before: bool = False) -> None:
        """Tell of a recording that is done: its row of the recordings table."""
        with self._lock:
            self.done += 1
            line = f"{self.shard}: {self.done} of {self.total}: {describe_row(row)}"
        if here_before:  # of 100,000 recordings that are there only what is new is of interest
            logger.info("%s (was there)", line)
        else:
            _tell(line)

    def finish_file(self, row: Row, here_before: bool) -> None:
        """Tell of a file of this machine: looking at it is quick, so not each has a line."""
        if here_before:
            self.finish(row, here_before=True)
            return
        self.done += 1
        line = f"{self.shard}: {self.done} of {self.total}: {describe_row(row)}"
        logger.info("%s", printable(line))
        self._files.append(line)
        self._file_rows.append(row)
        if len(self._files) > _FEW and time.monotonic() - self._last_file >= SECOND:
            self._last_file = time.monotonic()
            _show(line)

    def end_files(self) -> None:
        """Tell of all files of this machine that were new: of a few each, of more the sums."""
        if len(self._files) <= _FEW:
            for line in self._files:
                _show(line)
            return
        rows = [row for row in self._file_rows if row["status"] == "ok"]
        counts = Counter(row["status"] for row in self._file_rows)
        codecs = Counter(row["codec"] or "?" for row in rows)
        parts = [
            ", ".join(f"{count} {status}" for status, count in counts.most_common()),
            format_bytes(sum(row["bytes"] or 0 for row in rows)),
            f"{sum(row['seconds'] or 0 for row in rows):.1f} s",
            ", ".join(f"{count} {codec}" for codec, count in codecs.most_common()),
        ]
        _show(
            f"{self.shard}: {self.done} of {self.total}: {len(self._files)} files of this machine: "
            + "; ".join(filter(None, parts))
        )

    def _tell_each_minute(self) -> None:
        while not self._ended.wait(MINUTE):
            with self._lock:
                lines = [f"{self.shard}: {running.line()}" for running in self.running.values()]
            for line in lines:
                _tell(line)


def describe_row(row: Row) -> str:
    """A row of the recordings table -> what it is: bytes, seconds, format, language."""
    if row["status"] != "ok":
        return f"{row['recording']}: {row['status']}: {row['reason']}"
    parts = [format_bytes(row["bytes"]), f"{row['seconds']:.1f} s"]
    rate = f"{row['bit_rate']:.0f} kbit/s" if row["bit_rate"] else ""
    kind = " ".join(filter(None, (row["codec"], rate)))
    parts += [f"format {row['format']} ({kind})" if row["format"] else kind]
    parts += [f"language {row['track_language'] or 'not told'}"]
    return f"{row['recording']}: {', '.join(filter(None, parts))}"


def format_bytes(count: int) -> str:
    """A number of bytes -> the same in the largest unit of which there is at least one."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _tell(line: str) -> None:
    logger.info("%s", printable(line))
    _show(line)


def _show(line: str) -> None:
    if not sys.stderr.isatty() and not is_followed():  # else the log is the terminal
        click.echo(printable(line))
