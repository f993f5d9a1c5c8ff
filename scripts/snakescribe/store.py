"""The content-keyed store: files no rule declares, written beside their place and then renamed.

Snakemake removes declared outputs before each attempt and leaves orphans after ``kill -9``. What
costs time therefore lies here, under a key made of everything that it depends on, and need not be
made again. A file is written beside its place, synced and renamed, so that it was whole once; disks
and people change files all the same, so what is read back is checked against a digest: of its
samples, of the weights, or the one that `write_sealed` keeps beside the content.
"""

import fcntl
import hashlib
import json
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import Any

from snakescribe.errors import UserError
from snakescribe.machine import at
from snakescribe.seals import give_up, is_broken, seal

# Names the run that a job belongs to, in the job's environment.
RUN_VARIABLE = "SNAKESCRIBE_RUN"
_SEAL_BYTES = hashlib.sha256().digest_size
_SETTLED_SECONDS = 60  # a file that has just been made may not be locked yet

logger = logging.getLogger(__name__)


def digest(*parts: Any) -> str:
    """JSON-serialisable parts -> a hex sha256 that changes when any of them does."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """A file -> the hex sha256 of its bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keyed_path(folder: Path, key: str, suffix: str) -> Path:
    """A store folder and a key -> the file's place, fanned out over 256 sub-folders."""
    return folder / key[:2] / f"{key}{suffix}"


class DamagedError(Exception):
    """What stands in the store is not what was written."""


def check_ordinary(path: Path) -> None:
    """A path to be written -> nothing, if an ordinary file or nothing is there.

    Raises:
        UserError: a device, a pipe, a folder: root would replace a device like any other file.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISREG(mode):
        raise UserError(f"{path}: this is no ordinary file to be replaced; name another one")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; sync and rename it on success, else remove it.

    It is locked as long as this process writes it, so that `remove_leftovers` leaves it alone.
    Where `path` is a link, the file that it leads to is replaced.

    Raises:
        UserError: something is there that is no ordinary file.
    """
    check_ordinary(path)
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(dir=path.parent, prefix=".", suffix=f".part{path.suffix}")
    part = Path(name)
    part.chmod(0o644)
    try:
        with suppress(OSError):  # a file system without locks: what is left there stays
            fcntl.flock(handle, fcntl.LOCK_EX)
        with at(path):
            yield part
            os.fsync(handle)
            seal(path, part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def remove_leftovers(folder: Path, settled: float = _SETTLED_SECONDS) -> int:
    """Remove what killed processes were writing into a folder; what a living one writes stays.

    Args:
        folder: the folder; not those below.
        settled: for how many seconds nothing may have been written into such a file.

    Returns:
        How many files were removed.
    """
    removed = 0
    for part in folder.glob(".*.part*"):
        with suppress(OSError), part.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - part.stat().st_mtime > settled:
                part.unlink()
                removed += 1
    return removed


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a folder, or a file that is there, for one process; others that want it wait."""
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.info("%s: another job works on it; this one waits until it has ended", path)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a new folder for files that nobody needs afterwards; a killed run's are swept."""
    with TemporaryDirectory(prefix=scratch_prefix(os.environ.get(RUN_VARIABLE, ""))) as name:
        yield Path(name)


def scratch_prefix(run: str) -> str:
    """A run -> how the names of its scratch folders begin."""
    return f"snakescribe-{run}-"


def write_text(path: Path, text: str) -> None:
    """Write a whole text file at once: readers see the old one or the new one, never a part."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of ours -> the object in it.

    Raises:
        FileNotFoundError: it is not there.
        UserError: it is not JSON: somebody else has written it. A job of a run removes it.
    """
    try:
        return _parse_json(path)
    except ValueError as error:
        told = "a run removes it and makes it anew"
        if RUN_VARIABLE in os.environ:
            path.unlink(missing_ok=True)
            told = "it is removed; the same command makes it anew"
        raise UserError(f"{path}: damaged: this is not JSON ({error}); {told}") from None


def _parse_json(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def read_receipt(path: Path) -> dict[str, Any]:
    """The receipt of a step -> the object in it.

    Raises:
        UserError: it is damaged; with what becomes of it.
    """
    try:
        if not is_broken(path) and isinstance(value := _parse_json(path), dict):
            return value
    except ValueError:
        pass
    raise UserError(f"{path}: damaged: this is not the receipt that was written; {give_up(path)}")


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys, at once."""
    write_text(path, json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1) + "\n")


def write_sealed(path: Path, content: bytes) -> None:
    """Write bytes at once, followed by their sha256."""
    with replacing(path) as part:
        part.write_bytes(content + hashlib.sha256(content).digest())


def read_sealed(path: Path) -> bytes:
    """A file of `write_sealed` -> the bytes.

    Raises:
        FileNotFoundError: it is not there.
        DamagedError: it holds something else than was written.
    """
    raw = path.read_bytes()
    content, seal = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
    if hashlib.sha256(content).digest() != seal:
        raise DamagedError("it is not what was written")
    return content


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """Write an object as JSON, at once, with its `digest` beside what it says."""
    write_json(path, {**facts, "digest": digest(facts)})


def read_facts(path: Path) -> dict[str, Any]:
    """A file of `write_facts` -> the object.

    Raises:
        FileNotFoundError: it is not there.
        DamagedError: it holds something else than was written.
    """
    try:
        facts = _parse_json(path)
        if facts.pop("digest") == digest(facts):
            return facts
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise DamagedError("it is not what was written")
