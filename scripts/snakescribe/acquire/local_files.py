"""Adopt local audio files where they lie: nothing is copied, every file is hashed and probed."""

import errno
import json
from pathlib import Path
from typing import TypedDict

from snakescribe.acquire.probe import probe_audio
from snakescribe.store import file_sha256
from snakescribe.tables import Row

_VERSION = 2  # raised when what is found out about a file changes
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}


class Facts(TypedDict):
    """What was found out about a file; without sound it has neither digest nor duration (s)."""

    status: str
    reason: str | None
    sha256: str
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
        self.known: dict[str, Facts] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    record = json.loads(line)
                    self.known[record["stamp"]] = record["facts"]
                except (ValueError, KeyError, TypeError):
                    continue
        self.stream = path.open("a", encoding="utf-8")

    def __enter__(self) -> "Adoption":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def adopt(self, item: Row) -> Row:
        """An item of kind `file` -> its row of the recordings table.

        Raises:
            OSError: the file is there, and this machine cannot read it.
        """
        path = Path(item["locator"])
        try:
            stat = path.stat()
            if not path.is_file():
                return empty_row(item, "missing", f"{path} is not a file")
            with path.open("rb"):
                pass
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
            return empty_row(item, "missing", f"cannot read {path}: {error.strerror}")
        stamp = f"{_VERSION}|{path}|{stat.st_size}|{stat.st_mtime_ns}"
        facts = self.known.get(stamp)
        if facts is None:
            facts = _examine(path, stat.st_size)
            self.stream.write(json.dumps({"stamp": stamp, "facts": facts}) + "\n")
        row = empty_row(item, facts["status"], facts["reason"])
        if facts["status"] == "ok":
            row |= {"audio": str(path), "bytes": stat.st_size}
            row |= {"sha256": facts["sha256"], "seconds": facts["seconds"]}
            row |= {"codec": facts["codec"], "bit_rate": facts["bit_rate"]}
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
    }


def _examine(path: Path, size: int) -> Facts:
    sha256 = file_sha256(path) if size else ""  # reads it all, so that a bad disk speaks first
    probe = probe_audio(path)
    return {
        "status": probe.status,
        "reason": probe.reason,
        "sha256": sha256,
        "seconds": probe.seconds,
        "codec": probe.codec,
        "bit_rate": probe.bit_rate,
    }
