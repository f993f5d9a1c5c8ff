"""Files of each kind, how much they take, and their removal while no run works there."""

import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from snakescribe.database.address import embedded_folder
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.errors import UserError
from snakescribe.paths import cache_folder
from snakescribe.results import Results
from snakescribe.transcribe.weights.fetch import cached_model
from snakescribe.transcribe.weights.table import known_models
from snakescribe.workflow.clean.kinds import KINDS
from snakescribe.workflow.clean.sounds import Sounds

# What steps write there; files with other endings are somebody's own.
ENDINGS = {
    "logs": (".log",),
    "speech": (".frames",),
    "transcripts": (".parquet", ".jsonl"),
    "scores": (".csv", ".parquet", ".json"),
    "report": (".html",),
    "exports": (".tsv", ".txt", ".srt", ".vtt", ".json", ".ctm"),
}
_PART = re.compile(r"\.[a-z0-9_]{8}\.part(\.\w+)*")
_SETTLED_SECONDS = 60  # what is younger may be written just now, by a command by hand


@dataclass
class Removable:
    """What of a kind can be removed: its files, the bytes that this frees, and what stays why."""

    kind: str
    files: list[Path] = field(default_factory=list)
    freed: int = 0
    kept: Counter[str] = field(default_factory=Counter)


class _Folder:
    """A results folder, looked at for what can be removed."""

    def __init__(self, results: Results) -> None:
        self.results = results

    @cached_property
    def sounds(self) -> Sounds:
        """What its tables say of sounds."""
        return Sounds(self.results)

    def files(self, kind: str, kept: Counter[str]) -> Iterable[Path]:
        """The files of a kind; why others of it stay is counted in `kept`."""
        if kind in ("audio", "chunks", "unused", "downloads"):
            return self._sounds(kind, kept)
        if kind == "leftovers":
            return filter(_is_left_over, _below(self.results.folder))
        if kind == "weights":
            return chain.from_iterable(_below(cached_model(name)) for name in known_models())
        if kind == "database":
            receipts = _below(self.results.folder / "load", ".json")
            return chain(_below(embedded_folder(self.results.folder)), receipts)
        folders = [self.results.folder / kind, self.results.store / kind]
        return chain.from_iterable(_below(folder, *ENDINGS[kind]) for folder in folders)

    def _sounds(self, kind: str, kept: Counter[str]) -> Iterator[Path]:
        if kind == "audio":
            return self.sounds.audio(kept)
        if kind == "chunks":
            return self.sounds.chunks()
        return self.sounds.unused() if kind == "unused" else self.sounds.downloads()


def find_removable(results: Results, names: Iterable[str]) -> list[Removable]:
    """A results folder and names of `KINDS` -> what can be removed; nothing is changed.

    A file is counted once, under the first kind that has it.

    Raises:
        UserError: a table is damaged, so that nobody knows which sounds it names.
    """
    folder = _Folder(results)
    seen: set[Path] = set()
    found = []
    for name in (name for name in KINDS if name in set(names)):
        removable = Removable(name)
        for path in folder.files(name, removable.kept):
            with suppress(FileNotFoundError):
                status = path.lstat()
                if path not in seen:
                    seen.add(path)
                    removable.files.append(path)
                    # What has another name, as in a library of hard links, frees nothing.
                    removable.freed += status.st_size if status.st_nlink == 1 else 0
        found.append(removable)
    return found


def remove(results: Results, found: Iterable[Removable]) -> None:
    """Remove what was found, and folders that are empty then; the caller keeps runs out.

    Raises:
        UserError: the embedded database runs.
        OSError: a file cannot be removed; those before it are.
    """
    found = list(found)
    database = any(removable.kind == "database" for removable in found)
    if database and EmbeddedServer(embedded_folder(results.folder)).is_running():
        raise UserError(
            f"{results.folder}: its database runs; `snakescribe db stop {results.folder}` first"
        )
    for removable in found:
        for path in removable.files:
            path.unlink(missing_ok=True)
        for folder in sorted({path.parent for path in removable.files}, reverse=True):
            _remove_empty(folder, results)


def _remove_empty(folder: Path, results: Results) -> None:
    """Remove a folder that is empty, and those above it that are then, within results or cache."""
    while folder not in (results.folder, results.store, cache_folder()):
        try:
            folder.rmdir()
        except OSError:  # something is in it, or it has gone with another
            return
        folder = folder.parent


def _below(folder: Path, *endings: str) -> Iterator[Path]:
    """All files below a folder, or those with one of the endings; links are not followed."""
    for place, folders, names in os.walk(folder):
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*names, *linked]):
            if not endings or name.endswith(endings):
                yield Path(place, name)


def _is_left_over(path: Path) -> bool:
    """Whether a step was writing it when it was killed: `store.replacing` names them so."""
    if not _PART.fullmatch(path.name):
        return False
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _SETTLED_SECONDS
    return False
