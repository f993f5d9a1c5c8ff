"""What the store has of shards that are not done: what is there, what failed, what is coming."""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.download import find_download, target_of, work_of
from snakescribe.acquire.local_files import (
    adopted_path,
    empty_row,
    find_adopted,
    read_adopted,
)
from snakescribe.acquire.outcomes import read_outcome
from snakescribe.acquire.params import FetchParams
from snakescribe.results import Results
from snakescribe.tables import Row


@dataclass(frozen=True)
class Fetching:
    """A recording that is being fetched now, and how many of its bytes are there."""

    recording: str
    bytes: int


def rows_in_store(results: Results, shard: str, settings: FetchParams) -> Iterator[Row]:
    """A shard without a table -> rows as its table will have them, of what the store has."""
    known = read_adopted(adopted_path(results.store, shard))
    for item in results.items_by_shard()[shard]:
        if item["kind"] == "file":
            if row := find_adopted(item, known):
                yield row
            continue
        key = settings.key(item["locator"])
        if find_download(target_of(results.store, key)):
            yield empty_row(item, "ok", None)
        elif outcome := read_outcome(results.store, key):
            yield empty_row(item, outcome.status, outcome.reason)


def find_fetching(results: Results, shard: str, settings: FetchParams) -> Iterator[Fetching]:
    """A shard -> its recordings that a living job is downloading."""
    for item in results.items_by_shard()[shard]:
        if item["kind"] != "url":
            continue
        work = work_of(target_of(results.store, settings.key(item["locator"])))
        if _is_held(work):
            sizes = [_size(path) for path in work.rglob("*")]
            yield Fetching(item["recording"], sum(sizes))


def _is_held(folder: Path) -> bool:
    """Whether a process holds a folder for itself (`snakescribe.store.alone`)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(handle)
    return False


def _size(path: Path) -> int:
    """The bytes of a file; none of one that has just gone."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
