"""What a run says when it ends: what came of acquiring, what there is to know, what is undone."""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from snakescribe.acquired import summarize, summary_lines, undone_lines
from snakescribe.config.conditions import Experiment
from snakescribe.results import Results
from snakescribe.store import read_json, write_json
from snakescribe.workflow.notices import tell_notices

SOURCES_SHOWN = 5
# Snakemake itself has 0 and 1: docs/acquire.md.
NOTHING_DONE = 3


def end_run(results: Results, experiments: Iterable[Experiment], variants: Iterable[str]) -> int:
    """Say on standard error what a run's logs would keep to themselves; return its exit code.

    0, unless recordings were to be acquired and not one could be had.
    """
    summary = summarize(results)
    command = shlex.join(["snakescribe", "acquire", "status", str(results.folder)])
    for line in summary_lines(summary, SOURCES_SHOWN, command):
        print(line, file=sys.stderr)
    tell_notices(results, experiments, variants)
    undone = undone_lines(summary)
    write_json(_told(results), {"undone": undone})
    if undone:
        head = "Nothing" if summary.nothing_done else "Not all that was asked"
        print(f"{head} could be done: {'; '.join(undone)}.", file=sys.stderr)
        print(f"What to do: {command}", file=sys.stderr)
    return NOTHING_DONE if summary.nothing_done else 0


def tell_last_end(results: Results) -> None:
    """Say on standard error what the last run could not do: this one may find nothing to do.

    Snakemake has no hook for such a run; the tables of all recordings are not read for it.
    """
    path = _told(results)
    undone = read_json(path)["undone"] if path.exists() else []
    if undone:
        command = shlex.join(["snakescribe", "acquire", "status", str(results.folder)])
        print(f"The last run left undone: {'; '.join(undone)}; {command}", file=sys.stderr)


def _told(results: Results) -> Path:
    return results.store / "undone.json"
