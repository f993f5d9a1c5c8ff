"""``snakescribe summary``: what a run found and where everything lies, in a few lines."""

import shlex
from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, config_argument, json_option, print_json


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
    from rich.console import Console

    from snakescribe.acquired import summarize, summary_lines, undone_lines
    from snakescribe.cli.figures import print_summary
    from snakescribe.config.experiments import expand_experiments, plan_passes
    from snakescribe.config.used import variants_in_use
    from snakescribe.notices.groups import group_notices, short_list
    from snakescribe.results import Results
    from snakescribe.workflow.ending import SOURCES_SHOWN
    from snakescribe.workflow.notices import SHOWN_AT_THE_END, read_notices
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    results = Path(config.results)
    console = Console()
    command = shlex.join(["snakescribe", "acquire", "status", str(configfile)])
    acquired = summarize(Results(results))
    for line in [*summary_lines(acquired, SOURCES_SHOWN, command), *undone_lines(acquired)]:
        click.echo(line)
    for experiment in expand_experiments(config).values():
        console.print()
        if experiment.question:
            console.print(experiment.question, style="bold", markup=False)
        print_summary(results, experiment.name, console)
    experiments = expand_experiments(config).values()
    variants = variants_in_use(config, plan_passes(experiments))
    notices = read_notices(Results(results), experiments, variants)
    command = shlex.join(["snakescribe", "status", str(configfile)])
    told = short_list(group_notices(notices), SHOWN_AT_THE_END, command)
    for line in ["", *told, *([""] if told else [])]:
        click.echo(line)
    lines = [("acquired", f"{results / 'items.tsv'}, sources.tsv, recordings/, metadata/")]
    if config.experiments:
        pages = [str(results / "report" / f"{name}.html") for name in config.experiments]
        lines += [("report", ", ".join(pages)), ("scores", f"{results / 'scores'}/")]
    lines += [
        ("database", f"snakescribe db shell {configfile}"),
        ("progress", f"snakescribe status {configfile}"),
    ]
    for name, text in lines:
        click.echo(f"{name:<10}{text}")
