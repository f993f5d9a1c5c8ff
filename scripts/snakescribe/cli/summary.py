"""``snakescribe summary``: what a run found and where everything lies, in a few lines."""

import os
import shlex
import sys
from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, config_argument, json_option, print_json

FILE_WIDTH = 140


@click.command(cls=ConfigCommand)
@config_argument
@json_option
def summary(configfile: Path, as_json: bool) -> None:
    """Show the main figures of a finished run, and where its results lie.

    \b
        snakescribe summary config/demo.yaml
        snakescribe summary config/demo.yaml --json | jq '.experiments[].conditions[].wer'
    """
    if as_json:
        from snakescribe.cli.summary_data import summary_data
        from snakescribe.workflow.read import read_run

        print_json(summary_data(read_run(configfile)))
        return
    show_summary(configfile)


def show_summary(place: Path, whole: bool = True) -> None:
    """Print the summary of a config file or a results folder.

    Args:
        place: which.
        whole: whether the run went to its end; else what it has not come to is left out.

    Raises:
        UserError: it went to its end, and an experiment has no scores.
    """
    from rich.console import Console

    from snakescribe.acquired import summarize, summary_lines, undone_lines
    from snakescribe.cli.figures import print_summary
    from snakescribe.config.experiments import expand_experiments, plan_passes
    from snakescribe.config.used import variants_in_use
    from snakescribe.notices.groups import group_notices, short_list
    from snakescribe.results import Results
    from snakescribe.workflow.bill import bill_lines
    from snakescribe.workflow.ending import SOURCES_SHOWN
    from snakescribe.workflow.notices import SHOWN_AT_THE_END, read_notices
    from snakescribe.workflow.read import read_run

    config = read_run(place)
    results = Path(config.results)
    # A file is no narrow terminal: tables would be broken into three times as many lines.
    console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else FILE_WIDTH)
    command = shlex.join(["snakescribe", "acquire", "status", str(place)])
    acquired = summarize(Results(results))
    for line in [*summary_lines(acquired, SOURCES_SHOWN, command), *undone_lines(acquired)]:
        click.echo(line)
    for experiment in expand_experiments(config).values():
        if not whole and not (results / "scores" / experiment.name / "conditions.csv").exists():
            continue
        console.print()
        if experiment.question:
            console.print(experiment.question, style="bold", markup=False)
        print_summary(results, experiment.name, console)
    experiments = expand_experiments(config).values()
    variants = variants_in_use(config, plan_passes(experiments))
    notices = read_notices(Results(results), experiments, variants)
    command = shlex.join(["snakescribe", "status", str(place)])
    told = short_list(group_notices(notices), SHOWN_AT_THE_END, command)
    for line in ["", *told, *([""] if told else [])]:
        click.echo(line)
    bill = list(bill_lines(Results(results)))
    for line in [*bill, *([""] if bill else [])]:
        click.echo(line)
    lines = [("acquired", f"{results / 'items.tsv'}, sources.tsv, recordings/, metadata/")]
    if config.experiments:
        pages = [results / "report" / f"{name}.html" for name in config.experiments]
        pages = [page for page in pages if whole or page.exists()]
        lines += [("report", ", ".join(map(str, pages)))] if pages else []
        lines += [
            (name, f"{results / name}/")
            for name in ("transcripts", "exports", "scores")
            if (results / name).exists()
        ]
    if whole or (results / "load").exists():
        lines += [("database", f"snakescribe db shell {place}")]
    lines += [("progress", f"snakescribe status {place}")]
    for name, text in lines:
        click.echo(f"{name:<13}{text}")
