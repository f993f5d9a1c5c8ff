"""What the jobs behind an experiment had to tell -> what a reader of its page should know."""

from snakescribe.config.conditions import Experiment
from snakescribe.notices.groups import Group, group_notices
from snakescribe.notices.kinds import KINDS, Kind
from snakescribe.results import Results

MAX_NOTICES = 20


def read_groups(results: Results, experiment: Experiment) -> list[Group]:
    """A results folder and an experiment -> its notices that bear on results, grouped.

    Recordings that failed are left out: the page has a list of them.
    """
    rows = results.notices(results.notice_jobs(experiment))
    return group_notices(
        row
        for row in rows
        if KINDS[row["kind"]].bears_on_results and row["kind"] != Kind.RECORDING_FAILED
    )
