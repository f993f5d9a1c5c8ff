"""``snakescribe status``: how far a run is and what failed."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, RunPlace
from snakescribe.notices import Kind
from snakescribe.notices.groups import group_notices, printable
from snakescribe.tables import Row

DEFAULT_CONFIG = Path("config/config.yaml")
SHOWN = 20


@click.command(cls=ConfigCommand)
@click.argument("configfile", metavar="[CONFIG]", type=RunPlace, default=DEFAULT_CONFIG)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--watch", is_flag=True, help="Go on showing it until the run ends.")
def status(configfile: Path, as_json: bool, watch: bool) -> None:
    """Show how far a run is and what failed; at any time, also while it runs.

    CONFIG is its config file, or its results folder; else config/config.yaml.

    \b
        snakescribe status config/demo.yaml
        snakescribe status config/demo.yaml --json
        snakescribe status config/demo.yaml --watch
    """
    from snakescribe.results import Results
    from snakescribe.workflow.mend import tell_spoilt_items
    from snakescribe.workflow.read import read_run
    from snakescribe.workflow.status import read_status

    if watch and as_json:
        raise click.UsageError("--watch is for people; call --json alone, as often as needed")
    checked = read_run(configfile)
    if watch:
        from snakescribe.cli.watching import show_run

        raise SystemExit(show_run(checked))
    tell_spoilt_items(Results(Path(checked.results)))
    progress = read_status(checked)
    if as_json:
        click.echo(json.dumps(progress, ensure_ascii=False, indent=1))
    else:
        _show(progress)


def _show(progress: Row) -> None:
    from rich import box
    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.table import Table as RichTable
    from rich.text import Text

    from snakescribe.acquired import Summary, summary_lines

    console = Console()
    console.print(Text(f"{progress['results']}: {progress['state']}", style="bold"))
    table = RichTable("stage", "step", "done", "", box=box.SIMPLE, pad_edge=False)
    for step in _with_transcripts(progress):
        done, total = step["done"], step["total"]
        table.add_row(
            step["stage"],
            step["step"],
            Text(f"{done} of {'?' if total is None else total}", justify="right"),
            ProgressBar(total or 1, done, width=20),
        )
    console.print(table)
    counts = progress["recordings"]["by_status"]
    if counts:
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        console.print(Text(f"recordings: {progress['recordings']['total']} ({text})"))
    for line in summary_lines(Summary.from_data(progress["acquire"]), SHOWN, "--json shows all"):
        console.print(Text(line), soft_wrap=True)
    for title, style, lines in (
        ("Damaged tables", "bold red", [f"  {line}" for line in progress["damaged"]]),
        ("Recordings left out", "bold red", list(_failure_lines(progress))),
        ("Jobs that failed", "bold red", list(_job_lines(progress))),
        ("Notices", "bold yellow", list(_notice_lines(progress))),
    ):
        if lines:
            console.print(Text(f"\n{title}", style=style))
            for line in lines[:SHOWN]:
                console.print(Text(printable(line)), soft_wrap=True)
            if len(lines) > SHOWN:
                console.print(Text(f"  and {len(lines) - SHOWN} more; --json shows all"))


def _with_transcripts(progress: Row) -> Iterator[Row]:
    """The lines of the table: the steps, and under that of the transcripts the finer count."""
    for step in progress["steps"]:
        yield step
        if step["step"] == "transcripts" and progress["transcripts"]["total"]:
            yield {**progress["transcripts"], "stage": "", "step": "  chunks x conditions"}


def _failure_lines(progress: Row) -> Iterator[str]:
    for failure in progress["recordings"]["failures"]:
        title = f" ({failure['title']})" if failure["title"] else ""
        reason = failure["reason"] or "no reason given"
        yield f"  {failure['recording']}{title}: {failure['status']}: {reason}"


def _notice_lines(progress: Row) -> Iterator[str]:
    for group in group_notices(progress["notices"]):
        if group.kind is not Kind.RECORDING_FAILED:  # listed above
            yield f"  {group.kind}: {group.line}. What to do: {group.remedy}"


def _job_lines(progress: Row) -> Iterator[str]:
    for step in progress["steps"]:
        for job in step["failed"]:
            yield f"  {step['step']}: {job['error']}  [{job['log']}]"
