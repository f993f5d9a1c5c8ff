"""Rounds: what makes the next run of the workflow try again what is open in a shard.

A rule cannot say "run me again, not all went well". The number of the round is a param of the
rule: a job that leaves something open raises it, so that the next run sees another one than the
job ran with. When nothing is open it stays, and there is nothing to do.
"""

import json
from pathlib import Path

from snakescribe.store import write_json


def _path(store: Path, job: str) -> Path:
    return store / "rounds" / f"{job}.json"


def current_round(store: Path, job: str) -> int:
    """The round that a job (the name of a shard) is in, from 0."""
    try:
        number = json.loads(_path(store, job).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # damaged: the job is done once more
        return 0
    return number if isinstance(number, int) else 0


def read_rounds(store: Path) -> dict[str, int]:
    """The rounds of all jobs that have left something open, by job.

    The workflow reads them once, when it starts: Snakemake evaluates a param again when a job has
    finished, and would note the round that the job has just opened.
    """
    return {
        path.stem: current_round(store, path.stem) for path in (store / "rounds").glob("*.json")
    }


def open_round(store: Path, job: str) -> None:
    """Have the next run do this job again."""
    write_json(_path(store, job), current_round(store, job) + 1)
