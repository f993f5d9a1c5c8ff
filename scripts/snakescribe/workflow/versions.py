"""The version of each step's output, without importing the step."""

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def step_version(step: str) -> int:
    """A step's module below the package, such as `process.cut` -> its `STEP_VERSION`.

    It is raised when a change of code changes what comes out. The module is read, not imported:
    it may import numpy and more, which every `snakemake -n` would pay for.
    """
    path = PACKAGE.joinpath(*step.split(".")).with_suffix(".py")
    version = re.search(r"^STEP_VERSION = (\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    if version is None:
        raise ValueError(f"{path} declares no STEP_VERSION")
    return int(version[1])
