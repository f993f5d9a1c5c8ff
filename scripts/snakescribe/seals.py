"""Digests of the tables of a run, by which a job knows that what it reads is what was written.

A text table has no place for a footer: other programs read it. So each table that a run writes
below its results folder has its sha256 in ``{results}/store/seals``. A job of a run that finds
another one removes the table: then the same command makes it anew. Outside of runs nothing is
sealed, checked or removed, so that tables can be looked at, copied and tried out by hand.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

# The results folder of the run that a job belongs to, in the job's environment.
RESULTS_VARIABLE = "SNAKESCRIBE_RESULTS"

_SEALS = Path("store", "seals")
_SEALED = frozenset({".tsv", ".csv", ".parquet", ".json"})
_REPLACED_SECONDS = 0.1  # from a new digest to the table that it is of
_UNSEALED = frozenset({"store", "exports", "library"})  # for people, or with digests of their own


def seal(path: Path, content: Path) -> None:
    """Keep the digest of what will stand at `path` and lies in the file `content` still.

    A digest that a power cut spoils counts for none: it is not synced to the disk. Outside of runs
    the one that a run kept is removed: it is no longer what stands there.
    """
    if place := _place(path):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_sha256(content), encoding="ascii")
    elif path.suffix in _SEALED and RESULTS_VARIABLE not in os.environ:
        for folder in path.parents:
            if (folder / _SEALS).is_dir():
                (folder / _SEALS / f"{path.relative_to(folder)}.sha256").unlink(missing_ok=True)


def is_broken(path: Path) -> bool:
    """Whether a file holds something else than a run wrote; no where there is no digest of it."""
    place = _place(path)
    return place is not None and _differs(place, path)


def _differs(place: Path, path: Path) -> bool:
    try:
        kept = place.read_text(encoding="ascii")
        return bool(re.fullmatch("[0-9a-f]{64}", kept)) and _sha256(path) != kept
    except (OSError, UnicodeDecodeError):
        return False


def broken_tables(folder: Path) -> Iterator[Path]:
    """A results folder -> its tables that hold something else than a run wrote.

    One that a run just replaces is looked at once more.
    """
    for kept in sorted((folder / _SEALS).rglob("*.sha256")):
        path = folder / kept.relative_to(folder / _SEALS).with_suffix("")
        if path.exists() and _differs(kept, path):
            time.sleep(_REPLACED_SECONDS)
            if path.exists() and _differs(kept, path):
                yield path


def give_up(path: Path) -> str:
    """A damaged table -> what will become of it; within a run it is removed."""
    if not _place(path):
        return (
            "the next run that reads it removes it and makes it anew; so does `snakemake` after "
            "you have removed it"
        )
    path.unlink(missing_ok=True)
    return "it is removed; the same command makes it anew"


def _place(path: Path) -> Path | None:
    """Where the digest of a table is kept; None of other files, and outside of runs."""
    folder = os.environ.get(RESULTS_VARIABLE)
    if not folder or path.suffix not in _SEALED:
        return None
    try:
        below = path.resolve().relative_to(folder)
    except ValueError:
        return None
    if below.parts[0] in _UNSEALED:
        return None
    return Path(folder) / _SEALS / f"{below}.sha256"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
