"""Slurm: its programs, Snakemake's plug-in for it, and whether its controller answers."""

import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs

PLUGIN = "snakemake-executor-plugin-slurm"
_INSTALL = f"pip install -r requirements-slurm.txt, or pip install {PLUGIN}"


def check_slurm(_: Needs) -> Iterator[Finding]:
    """Whether jobs can be given to Slurm; a machine without it needs nothing."""
    program = shutil.which("sbatch")
    if program is None:
        yield fine("slurm", "no Slurm: jobs run on this machine")
        return
    try:
        plugin = version(PLUGIN)
    except PackageNotFoundError:
        yield odd("slurm", f"{program} is here, but not Snakemake's plug-in for Slurm", _INSTALL)
        return
    try:
        told = subprocess.run(
            ["sinfo", "--noheader", "--format=%P"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout.split()
    except (OSError, subprocess.SubprocessError) as error:
        said = " ".join(str(getattr(error, "stderr", "") or error).split())
        yield odd(
            "slurm", f"{program} is here, but Slurm does not answer: {said}", "ask its people"
        )
        return
    partitions = ", ".join(told) or "none that you may use"
    profile = "--workflow-profile workflow/profiles/slurm"
    yield fine("slurm", f"{PLUGIN} {plugin}; partitions: {partitions}; {profile}")
