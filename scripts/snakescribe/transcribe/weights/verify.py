"""Weights are compared with their receipt when they are used, and fetched anew where damaged.

Every job reads every byte that its engine will: time and size of a file say nothing of a bit that a
disk has lost. That takes 0.2 s for 100 MB, of files that are loaded next in any case.
"""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.paths import cache_folder
from snakescribe.store import file_sha256
from snakescribe.transcribe.weights.receipt import Receipt

logger = logging.getLogger(__name__)

# Vocabularies and settings, which are read when a job starts, are smaller; weights are larger.
_SMALL_BYTES = 16_000_000


def check_small_files(receipt: Receipt, engine: str) -> None:
    """Compare what a model has beside its weights with the receipt; mend it.

    Raises:
        UserError: it is not what it was, and not ours to fetch again.
    """
    files = receipt.get("files", {})
    small = {path: sha256 for path, sha256 in files.items() if _size(path) < _SMALL_BYTES}
    _check(small, receipt, engine)


def check_weights(receipt: Receipt, engine: str) -> None:
    """Compare all files of a model with the receipt; mend them.

    Args:
        receipt: what `snakescribe models fetch` wrote; engines that are given no files have none.
        engine: the name of what runs the model.

    Raises:
        UserError: they are not what they were, and not ours to fetch again.
    """
    _check(receipt.get("files", {}), receipt, engine)


def _check(files: dict[str, str], receipt: Receipt, engine: str) -> None:
    damaged = _damaged(files)
    if not damaged:
        return
    named = ", ".join(damaged)
    if not Path(receipt["path"]).is_relative_to(cache_folder().resolve()):
        raise UserError(
            f"{named}: changed or gone since `models fetch` looked at the weights "
            f"'{receipt['weights']}'; put back what was there, or take them as they are now: "
            "run the workflow again with --forcerun fetch_model"
        )
    text = f"weights are damaged: {named}; they are fetched again"
    notify(Kind.STORE_DAMAGED, text, source=receipt["weights"])
    remove_weights(Path(receipt["path"]))
    _fetch_again(receipt["weights"], engine)
    if still := _damaged(files):
        raise UserError(
            f"{', '.join(still)}: fetched again, the weights '{receipt['weights']}' are not those "
            "that this run began with; run the workflow again with --forcerun fetch_model"
        )


def remove_weights(path: Path) -> None:
    """Remove a model from the cache: its folder, or its one file."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _damaged(files: dict[str, str]) -> list[str]:
    """Paths and digests -> the paths of files that are gone or something else."""
    return [
        path
        for path, sha256 in files.items()
        if not Path(path).is_file() or file_sha256(Path(path)) != sha256
    ]


def _fetch_again(weights: str, engine: str) -> None:
    """Call `models fetch` in a process of its own: this job's asks no hub."""
    command = [sys.executable, "-m", "snakescribe", "models", "fetch", weights, "--engine", engine]
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise UserError(f"the weights '{weights}' are damaged and not to be had again: {said[-1]}")
    logger.info("%s", done.stdout.strip())


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0
