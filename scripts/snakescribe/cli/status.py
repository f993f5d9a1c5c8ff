"""``snakescribe status``: how far a run is and what failed."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from snakescribe.cli.options import RunPlace
from snakescribe.notices import Kind
from snakescribe.notices.groups import group_notices, printable
from snakescribe.tables import Row

DEFAULT_CONFIG = Path("config/config.yaml")
SHOWN = 20


@click.command()
@click.argument("config", type=RunPlace, required=False)
@click.option("--configfile", type=RunPlace, help="The same as CONFIG.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def status(config: Path | None, configfile: Path | None, as_json: bool) -> None:
    """Show how far a run is and what failed; at any time, also while it runs.

    CONFIG is its config file, or its results folder; else config/config.yaml.

    \b
        snakescribe status config/demo.yaml
        snakescribe status config/demo.yaml --json
    """
    from snakescribe.workflow.read import read_run
    from snakescribe.workflow.status import read_status

    found = read_status(read_run(config or configfile or DEFAULT_CONFIG))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _show(found)


def _show(found: Row) -> None:
    from rich import box
    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console()
    console.print(Text(f"{found['results']}: {found['state']}", style="bold"))
    table = RichTable("stage", "step", "done", "", box=box.SIMPLE, pad_edge=False)
    for step in _with_transcripts(found):
        done, total = step["done"], step["total"]
        table.add_row(
            step["stage"],
            step["step"],
            Text(f"{done} of {'?' if total is None else total}", justify="right"),
            ProgressBar(total or 1, done, width=20),
        )
    console.print(table)
    counts = found["recordings"]["by_status"]
    if counts:
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        console.print(Text(f"recordings: {found['recordings']['total']} ({text})"))
    for title, style, lines in (
        ("Recordings that failed", "bold red", list(_failure_lines(found))),
        ("Jobs that failed", "bold red", list(_job_lines(found))),
        ("Notices", "bold yellow", list(_notice_lines(found))),
    ):
        if lines:
            console.print(Text(f"\n{title}", style=style))
            for line in lines[:SHOWN]:
                console.print(Text(printable(line)), soft_wrap=True)
            if len(lines) > SHOWN:
                console.print(Text(f"  and {len(lines) - SHOWN} more; --json shows all"))


def _with_transcripts(found: Row) -> Iterator[Row]:
    """The lines of the table: the steps, and under that of the transcripts the finer count."""
    for step in found["steps"]:
        yield step
        if step["step"] == "transcripts" and found["transcripts"]["total"]:
            yield {**found["transcripts"], "stage": "", "step": "  chunks x conditions"}


def _failure_lines(found: Row) -> Iterator[str]:
    for one in found["recordings"]["failures"]:
        title = f" ({one['title']})" if one["title"] else ""
        yield f"  {one['recording']}{title}: {one['status']}: {one['reason'] or 'no reason given'}"


def _notice_lines(found: Row) -> Iterator[str]:
    for group in group_notices(found["notices"]):
        if group.kind is not Kind.RECORDING_FAILED:  # listed above
            yield f"  {group.kind}: {group.line}; {group.remedy}"


def _job_lines(found: Row) -> Iterator[str]:
    for step in found["steps"]:
        for job in step["failed"]:
            yield f"  {step['step']}: {job['error']}  [{job['log']}]"
