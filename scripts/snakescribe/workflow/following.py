"""Which run this Snakemake is for: the Snakefile says so, and what prints its progress asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from snakescribe.config.root import Config
from snakescribe.results import Results
from snakescribe.workflow.steps import Jobs


@dataclass(frozen=True)
class Followed:
    """A run: all jobs that its config names, and the rule and outputs of each that is undone."""

    jobs: Jobs
    lacking: Callable[[], Iterable[tuple[str, list[str]]]]


_followed: list[Followed] = []


def follow(config: Config, results: Results, workflow: Any) -> None:
    """Say which run it is.

    Args:
        config: its config.
        results: where it lies.
        workflow: Snakemake's, whose graph says which jobs are to be done.
    """

    def lacking() -> Iterable[tuple[str, list[str]]]:
        return [(job.rule.name, list(map(str, job.output))) for job in workflow.dag.needrun_jobs()]

    _followed[:] = [Followed(Jobs(config, results), lacking)]


def followed() -> Followed | None:
    """The run; None before the Snakefile has been read, or where it is another one."""
    return _followed[0] if _followed else None
