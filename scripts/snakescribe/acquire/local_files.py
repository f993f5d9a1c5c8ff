"""Adopt local audio files where they lie: nothing is copied, every file is hashed and probed."""

import errno
import json
from pathlib import Path
from typing import TypedDict

from snakescribe.ffmpeg.whole import probe_audio
from snakescribe.machine import at
from snakescribe.paths import is_unreadable_name
from snakescribe.store import file_sha256
from snakescribe.tables import Row

_VERSION = 2  # raised when what is found out about a file changes
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}


class Facts(TypedDict):
    """What was found out about a file; without sound it has neither digest nor duration (s)."""

    status: str
    reason: str | None
    sha256: str
    bytes: int
    seconds: float | None
    codec: str | None
    bit_rate: float | None


class Adoption:
    """What was found out about the local files of one shard, kept by path, size and time.

    A killed or repeated job reads it instead of all the audio. The file grows by a line a
    recording; a damaged last line (the job was killed while writing) is only looked at again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known = read_adopted(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.stream = path.open("a", encoding="utf-8", buffering=1)  # seen while it is written

    def __enter__(self) -> "Adoption":
        return self

    def __exit__(self, *_: object) -> None:
        with at(self.path):
            self.stream.close()

    def has(self, item: Row) -> bool:
        """Whether an item's file was looked at before, and has not changed since."""
        return find_adopted(item, self.known) is not None

    def adopt(self, item: Row) -> Row:
        """An item of kind `file` -> its row of the recordings table.

        Raises:
            OSError: the file is there, and this machine cannot read it.
        """
        path = Path(item["locator"])
        try:
            stamp = _stamp(path)
            if not path.is_file():
                return empty_row(item, "missing", f"{path} is not a file")
            with path.open("rb"):
                pass
        except OSError as error:
            if is_unreadable_name(item["locator"]):
                return empty_row(item, "unsupported", f"the name of {path} is not UTF-8; rename it")
            if error.errno not in _NOT_THERE:
                raise
            return empty_row(item, "missing", f"cannot read {path}: {error.strerror}")
        if stamp not in self.known:
            self.known[stamp] = _examine(path)
            with at(self.path):
                line = json.dumps({"stamp": stamp, "facts": self.known[stamp]})
                self.stream.write(f"{line}\n")
        return _adopted_row(item, self.known[stamp])


def adopted_path(store: Path, shard: str) -> Path:
    """Where the adoption of a shard is kept."""
    return store / "adopted" / f"{shard}.jsonl"


def read_adopted(path: Path) -> dict[str, Facts]:
    """The file of a shard's adoption -> what it holds, by stamp; nothing where there is none."""
    known: dict[str, Facts] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                record = json.loads(line)
                known[record["stamp"]] = record["facts"]
            except (ValueError, KeyError, TypeError):
                continue
    return known


def find_adopted(item: Row, known: dict[str, Facts]) -> Row | None:
    """An item of kind `file` -> its row, if it has been looked at and has not changed since."""
    try:
        stamp = _stamp(Path(item["locator"]))
    except OSError:
        return None
    return _adopted_row(item, known[stamp]) if stamp in known else None


def _stamp(path: Path) -> str:
    stat = path.stat()
    return f"{_VERSION}|{path}|{stat.st_size}|{stat.st_mtime_ns}"


def _adopted_row(item: Row, facts: Facts) -> Row:
    row = empty_row(item, facts["status"], facts["reason"])
    if facts["status"] == "ok":
        row |= {"audio": str(Path(item["locator"])), **facts}
    return row


def empty_row(item: Row, status: str, reason: str | None) -> Row:
    """A row of the recordings table that has no audio."""
    return {
        "recording": item["recording"],
        "status": status,
        "reason": reason,
        "audio": None,
        "sha256": None,
        "bytes": None,
        "seconds": None,
        "format": None,
        "track_language": None,
        "codec": None,
        "bit_rate": None,
        "info": None,
        "captions": [],
        "retrieved_at": None,
    }


def _examine(path: Path) -> Facts:
    size = path.stat().st_size
    sha256 = file_sha256(path) if size else ""  # reads it all, so that a bad disk speaks first
    probe = probe_audio(path)
    return {
        "status": probe.status,
        "reason": probe.reason,
        "sha256": sha256,
        "bytes": size,
        "seconds": probe.seconds,
        "codec": probe.codec,
        "bit_rate": probe.bit_rate,
    }
