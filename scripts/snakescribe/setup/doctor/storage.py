"""The machine's processors and memory, and the room on its disks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import psutil

from snakescribe.paths import cache_folder, is_folder, is_there
from snakescribe.setup.doctor.finding import Finding, fine, odd, size, wrong
from snakescribe.setup.doctor.needs import Needs

LITTLE_BYTES, LEAST_BYTES = 5e9, 0.5e9
LITTLE_MEMORY = 4e9
# Samples of a recording lie in the temporary folder as 32-bit floats, decoded and filtered.
_BYTES_PER_HOUR = 2 * 4 * 16_000 * 3600


def check_machine(_: Needs) -> Iterator[Finding]:
    """Processors and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = psutil.virtual_memory()
    text = f"{cores} cores, {size(memory.total)} of memory, {size(memory.available)} of it free"
    if memory.total < LITTLE_MEMORY:
        yield odd(
            "machine", text, "take small weights (tiny, base), and one job at a time: --cores 1"
        )
    else:
        yield fine("machine", text)


def check_disks(needs: Needs) -> Iterator[Finding]:
    """Room for results, for what is computed with, and for weights; and the right to write."""
    yield from _check_disk(
        "results", needs.results, "name another folder in the config's `results`"
    )
    temporary = Path(gettempdir())
    yield from _check_disk("temporary files", temporary, "export TMPDIR=FOLDER", _BYTES_PER_HOUR)
    yield from _check_disk("weights", cache_folder(), "export SNAKESCRIBE_CACHE=FOLDER")


def nearest(folder: Path) -> Path:
    """A folder that need not exist -> itself, or the nearest one above it that does."""
    above = (folder, *folder.absolute().parents)
    return next(place for place in above if is_there(str(place)))


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it does not exist."""
    place = nearest(folder)
    return is_folder(str(place)) and os.access(place, os.W_OK | os.X_OK)


def _check_disk(what: str, folder: Path, cure: str, per_hour: float = 0) -> Iterator[Finding]:
    place = nearest(folder)
    if not is_writable(folder):
        yield wrong("disk", f"{what}: {place} cannot be written to", cure)
        return
    free = shutil.disk_usage(place).free
    text = f"{what}: {size(free)} free at {place.resolve()}"
    if per_hour:
        text += f", room for {free / per_hour:.1f} hours of sound at a time"
    if free < LEAST_BYTES:
        yield wrong(
            "disk", text, f"make room (`snakescribe clean CONFIG` shows what may go), or {cure}"
        )
    elif free < LITTLE_BYTES:
        yield odd(
            "disk", text, f"make room (`snakescribe clean CONFIG` shows what may go), or {cure}"
        )
    else:
        yield fine("disk", text)
