"""``snakescribe load``: results into Postgres."""

from pathlib import Path

import click

from snakescribe.cli.options import Folder, OutputFile, notices_option


@click.group()
def load() -> None:
    """Load results into Postgres.

    \b
        snakescribe load recordings --results results/mine \\
            --receipt results/mine/described/load.json
    """


@load.command()
@click.option("--results", type=Folder, required=True, help="The results folder.")
@click.option("--settings", required=True, help="The experiment and its sections, JSON.")
@click.option(
    "--receipt", type=OutputFile, required=True, help="Write row counts to this JSON file."
)
@notices_option
def experiment(results: Path, settings: str, receipt: Path, notices: Path | None) -> None:
    """Load one experiment in one transaction; loading twice changes nothing.

    The server is the one that SNAKESCRIBE_DATABASE_URL names, else an embedded one under
    RESULTS/postgres, which is stopped afterwards where nobody else uses it.

    \b
        snakescribe load experiment --results results/demo --settings "$(cat settings.json)" \\
            --receipt results/demo/load/prompt_study.json
    """
    from dataclasses import asdict

    from snakescribe.config.params import ExperimentParams
    from snakescribe.load.experiment import load_experiment
    from snakescribe.notices import Job, collecting
    from snakescribe.results import Results
    from snakescribe.store import write_json

    params = ExperimentParams.from_json(settings, "--settings")
    with collecting(Job("load", "load_experiment", params.experiment.name), notices):
        write_json(receipt, asdict(load_experiment(Results(results), params)))


@load.command()
@click.option("--results", type=Folder, required=True, help="The results folder.")
@click.option(
    "--receipt", type=OutputFile, required=True, help="Write row counts to this JSON file."
)
@notices_option
def recordings(results: Path, receipt: Path, notices: Path | None) -> None:
    """Load the recordings and what sites say about them, before anything is transcribed.

    \b
        snakescribe load recordings --results results/mine \\
            --receipt results/mine/described/load.json
    """
    from dataclasses import asdict

    from snakescribe.load.listed import load_listed
    from snakescribe.notices import Job, collecting
    from snakescribe.results import Results
    from snakescribe.store import write_json

    with collecting(Job("load", "load_recordings", "all"), notices):
        write_json(receipt, asdict(load_listed(Results(results))))
