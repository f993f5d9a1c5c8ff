"""The notices of a run: of all jobs that a config names, whichever of them have ended."""

import shlex
import sys
from collections.abc import Iterable, Iterator
from itertools import chain

from snakescribe.config.conditions import Experiment
from snakescribe.notices.groups import group_notices, short_list
from snakescribe.results import Results
from snakescribe.tables import ITEMS, Row

SHOWN_AT_THE_END = 5


def read_notices(
    results: Results, experiments: Iterable[Experiment], variants: Iterable[str]
) -> Iterator[Row]:
    """A results folder and what its config runs -> its notices, in the order of the stages.

    Args:
        results: the folder.
        experiments: all of the config.
        variants: all audio variants that are prepared: no experiment need use that which speech
            is found in.
    """
    if not results.path(ITEMS).exists():
        return
    experiments = list(experiments)
    jobs = set(chain.from_iterable(map(results.notice_jobs, experiments)))
    jobs |= {(step, "all") for step in OF_ALL}
    jobs |= {("fetch_recordings", shard) for shard in results.shards()}
    jobs |= {
        ("prepare_audio", f"{name}/{shard}") for name in variants for shard in results.shards()
    }
    for experiment in experiments:
        jobs |= {("load_experiment", experiment.name), ("build_report", experiment.name)}
    yield from results.notices(sorted(jobs, key=lambda job: (STEPS.index(job[0]), job[1])))


OF_ALL = (
    "resolve_items", "look_up_recordings", "describe_recordings", "lay_library", "load_recordings",
)  # fmt: skip
STEPS = (
    "resolve_items",
    "look_up_recordings",
    "fetch_recordings",
    "describe_recordings",
    "lay_library",
    "prepare_audio",
    "plan_chunks",
    "cut_chunks",
    "fetch_model",
    "transcribe_chunks",
    "score_transcripts",
    "compare_conditions",
    "load_recordings",
    "load_experiment",
    "build_report",
)


def tell_notices(
    results: Results, experiments: Iterable[Experiment], variants: Iterable[str]
) -> None:
    """Say on standard error, at the end of a run, what its logs would keep to themselves."""
    groups = group_notices(read_notices(results, experiments, variants))
    command = shlex.join(["snakescribe", "status", str(results.folder)])
    for line in short_list(groups, SHOWN_AT_THE_END, command):
        print(line, file=sys.stderr)
