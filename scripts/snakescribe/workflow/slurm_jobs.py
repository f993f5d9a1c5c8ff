"""Slurm's jobs of a results folder: named by it, so that those of a dead run are found and ended.

A Snakemake that is killed leaves its jobs in Slurm: they wait, work and write on other machines,
where no process of theirs can be seen. All jobs of one results folder have a name that begins
alike, and a file in the store says that there may be some. Whoever holds the folder ends them.
"""

import hashlib
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.store import write_text

_PLUGIN_OPTION = "jobname_prefix"  # of snakemake-executor-plugin-slurm
_ASK_SECONDS = 60
_END_SECONDS = 180  # Slurm's own patience with a job (KillWait) is 30
_POLL_SECONDS = 0.5


def name_jobs(settings: Any, results: Results) -> None:
    """Name the jobs of this run by its results folder, where it gives jobs to Slurm.

    Args:
        settings: those of Snakemake's executor; None or another one's: nothing is done.
        results: the folder.
    """
    if hasattr(settings, _PLUGIN_OPTION):
        settings.jobname_prefix = _prefix(results)
        write_text(_mark(results), f"{_prefix(results)}\n")


def end_jobs(results: Results) -> int:
    """End all jobs of a results folder that Slurm has, waiting or working -> how many there were.

    The folder must be held: they are a dead run's.

    Raises:
        UserError: Slurm cannot be asked, or they do not end.
    """
    if not _mark(results).exists():
        return 0
    jobs = _living(results)
    if jobs:
        _ask(results, "scancel", *jobs)
    deadline = time.monotonic() + _END_SECONDS
    left = jobs
    while left:
        if time.monotonic() > deadline:
            raise UserError(
                f"{results.folder}: Slurm still ends the jobs {', '.join(left)} of a run that was "
                "killed; give the same command again when `squeue` lists them no more"
            )
        time.sleep(_POLL_SECONDS)
        left = _living(results)
    _mark(results).unlink(missing_ok=True)
    return len(jobs)


def _living(results: Results) -> list[str]:
    """The ids of the folder's jobs, whoever submitted them, that Slurm has not ended yet."""
    told = _ask(results, "squeue", "--noheader", "--format=%A %j")
    pairs = (line.partition(" ") for line in told.splitlines())
    return sorted({job for job, _, name in pairs if name.startswith(f"{_prefix(results)}_")})


def _ask(results: Results, *command: str) -> str:
    program = shutil.which(command[0])
    why = "it is not on the path"
    if program:
        try:
            done = subprocess.run(
                [program, *command[1:]],
                capture_output=True, text=True, timeout=_ASK_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            why = f"no answer within {_ASK_SECONDS} seconds"
        else:
            if done.returncode == 0:
                return done.stdout
            why = done.stderr.strip()
    raise UserError(
        f"{results.folder}: a run that was killed gave jobs to Slurm, and {command[0]} does not "
        f"tell whether they still work ({why}). Give the command where Slurm can be asked; if no "
        f"job named {_prefix(results)}... lives, remove {_mark(results)} and give it again"
    )


def _mark(results: Results) -> Path:
    return results.store / "slurm"


def _prefix(results: Results) -> str:
    """A results folder -> how the names of its jobs begin: other folders' are others."""
    place = hashlib.sha256(str(results.folder.resolve()).encode()).hexdigest()
    return f"snakescribe-{place[:16]}"
