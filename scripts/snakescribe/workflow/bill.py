"""What a run took: kept for the plans of later ones, and beside the plan that was made for it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.report.bill import how_far_off, say_difference
from snakescribe.report.numbers import duration
from snakescribe.results import Results
from snakescribe.spent import Spent, compare_plan, plan_file, read_spent
from snakescribe.store import read_json, write_json
from snakescribe.tables import Row
from snakescribe.workflow.rates import keep_rates, measure_run
from snakescribe.workflow.sole_run import owner_file
from snakescribe.workflow.steps import Jobs


def settle(config: Config, results: Results) -> None:
    """At the end of a run that went well: keep its rates, and what it took beside its plan.

    A run does not fail because this does: a line on standard error says so.
    """
    now = time.time()
    try:
        began = owner_file(results).stat().st_mtime
        jobs = Jobs(config, results)
        if rates := measure_run(config, jobs, began, now - began):
            keep_rates(rates)
        if plan_file(results).exists():
            _write_bill(jobs, now - began)
    except (OSError, UserError, KeyError, ValueError) as error:  # of other versions, or damaged
        print(f"How fast the run was is not kept: {error}", file=sys.stderr)


def bill_lines(results: Results) -> Iterator[str]:
    """How far a plan was off, in lines; none where no plan was made, or no run has ended since."""
    path, plan_path = _bill_file(results), plan_file(results)
    if not path.exists() or not plan_path.exists():
        return
    try:
        yield from _compare(read_json(path), read_json(plan_path))
    except (UserError, KeyError) as error:
        yield f"What was planned cannot be compared: {error}; `snakescribe plan` writes it anew"


def _compare(bill: Row, plan: Row) -> Iterator[str]:
    if bill["plan"] != plan["written"]:
        return
    models = list(compare_plan(plan["passes"], bill["passes"], _models(plan)))
    if models or bill["whole"]:
        yield "Planned and spent:"
    for difference in models:
        yield f"  {say_difference(difference)}"
    if not bill["whole"]:  # the rest was planned of the whole
        return
    planned, took = plan["elapsed_seconds"], bill["elapsed_seconds"]
    if planned is not None:
        told = f"{duration(planned)} planned, {duration(took)} passed"
        yield f"  from start to end: {told} ({how_far_off(planned, took)})"
    used = sum(bill["disk_bytes"].values())
    planned_bytes = sum(plan["disk_bytes"].values())
    yield f"  disk: {planned_bytes / 1e6:,.0f} MB planned, {used / 1e6:,.0f} MB used"


def _models(plan: Row) -> dict[str, str]:
    return {name: planned["model"] for name, planned in plan["passes"].items()}


def _write_bill(jobs: Jobs, elapsed: float) -> None:
    """Keep what all passes spent, and the time of all runs since the plan."""
    results = jobs.results
    plan, path = read_json(plan_file(results)), _bill_file(results)
    before = read_json(path) if path.exists() else {}
    if before.get("plan") != plan["written"]:
        before = {}
    passes = {}
    for name in jobs.passes:
        spent = Spent()
        for table in sorted((results.folder / "transcripts" / name).glob("*.parquet")):
            for job, work in read_spent(table).jobs.get("", {}).items():
                spent.jobs.setdefault(name, {})[job] = work
        passes[name] = spent.seconds(name)
    written = [job.output for step in jobs.steps for job in jobs.of(step)]
    bill = {
        "plan": plan["written"],
        "elapsed_seconds": before.get("elapsed_seconds", 0.0) + elapsed,
        "passes": passes,
        "whole": all(output.exists() for output in written),
        "disk_bytes": {name: _bytes_below(results, places) for name, places in _PLACES.items()},
    }
    write_json(path, bill)


# What each figure of a plan's disk is of.
_PLACES = {
    "downloads": ("store/downloads",),
    "audio": ("store/audio",),
    "chunks": ("store/chunks",),
    "transcripts": ("store/transcripts", "transcripts"),
    "database": ("postgres",),
}


def _bytes_below(results: Results, places: tuple[str, ...]) -> int:
    """The bytes of the files below folders of the results."""
    total = 0
    for place in places:
        for folder, _, names in os.walk(results.folder / place):
            for name in names:
                with suppress(OSError):  # a server's own files come and go
                    total += Path(folder, name).lstat().st_size
    return total


def _bill_file(results: Results) -> Path:
    return results.store / "bill.json"
