"""Weights by their address on the model hub, `owner/name` or `owner/name@revision`."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from snakescribe.errors import UserError
from snakescribe.machine import describe_fault, fault_in, is_fault, make_folder
from snakescribe.paths import cache_folder, is_file, is_folder

_ADDRESS = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w.-]+)?")


def is_hub_address(weights: str) -> bool:
    """Whether `weights` can only be meant as an address on the hub."""
    return bool(_ADDRESS.fullmatch(weights)) and not is_folder(weights) and not is_file(weights)


def hub_folder(weights: str) -> Path:
    """An address -> the folder that has its files once they are fetched."""
    return cache_folder() / "models" / "hub" / weights.replace("/", "--")


def describe_hub(weights: str) -> str:
    """An address -> what to know of it before a run."""
    if hub_folder(weights).is_dir():
        return f"the weights are in the cache, {hub_folder(weights)}"
    return f"no folder here: the run fetches '{weights}' from the model hub"


def fetch_from_hub(weights: str, patterns: Sequence[str]) -> Path:
    """An address and the files that are wanted -> the folder with them, fetched if need be.

    Raises:
        UserError: the hub does not answer, or knows no such model.
    """
    folder = hub_folder(weights)
    if folder.is_dir():
        return folder
    # Not at the top: a config is checked, and what is there found, without it.
    from huggingface_hub import snapshot_download

    name, _, revision = weights.partition("@")
    make_folder(folder.parent)
    try:
        with TemporaryDirectory(dir=folder.parent, prefix=".part-") as part:
            snapshot_download(
                name, revision=revision or None, allow_patterns=list(patterns), local_dir=part
            )
            shutil.rmtree(Path(part) / ".cache", ignore_errors=True)
            if not any(Path(part).iterdir()):
                raise FileNotFoundError(f"it has none of {', '.join(patterns)}")
            shutil.copytree(part, folder)
    except Exception as error:  # its own errors and those of its HTTP client
        shutil.rmtree(folder, ignore_errors=True)
        fault = error if is_fault(error) else fault_in(str(error))  # of its library in Rust
        if fault:
            raise describe_fault(fault, folder.parent) from error
        raise UserError(
            f"{weights}: no folder here, and the model hub did not give it: "
            f"{str(error).splitlines()[0]}"
        ) from error
    return folder
