"""Adopt local audio files where they lie: nothing is copied, every file is hashed and probed."""

import json
from pathlib import Path
from typing import TypedDict

from snakescribe.acquire.probe import probe_audio
from snakescribe.store import file_sha256
from snakescribe.tables import Row


class Facts(TypedDict):
    """What was found out about a file; without sound it has neither digest nor duration (s)."""

    status: str
    reason: str | None
    sha256: str
    seconds: float | None


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
        """An item of kind `file` -> its row of the recordings table."""
        path = Path(item["locator"])
        try:
            stat = path.stat()
        except OSError as error:
            return empty_row(item, "missing", f"cannot read {path}: {error.strerror}")
        if not path.is_file():
            return empty_row(item, "missing", f"{path} is not a file")
        stamp = f"{path}|{stat.st_size}|{stat.st_mtime_ns}"
        facts = self.known.get(stamp)
        if facts is None:
            facts = _examine(path, stat.st_size)
            self.stream.write(json.dumps({"stamp": stamp, "facts": facts}) + "\n")
        row = empty_row(item, facts["status"], facts["reason"])
        if facts["status"] == "ok":
            row |= {"audio": str(path), "bytes": stat.st_size}
            row |= {"sha256": facts["sha256"], "seconds": facts["seconds"]}
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
        "info": None,
        "captions": [],
        "retrieved_at": None,
    }


def _examine(path: Path, size: int) -> Facts:
    try:
        probe = probe_audio(path)
        sha256 = file_sha256(path) if size else ""
    except OSError as error:
        reason = f"cannot read it: {error.strerror}"
        return {"status": "missing", "reason": reason, "sha256": "", "seconds": None}
    return {
        "status": probe.status,
        "reason": probe.reason,
        "sha256": sha256,
        "seconds": probe.seconds,
    }
