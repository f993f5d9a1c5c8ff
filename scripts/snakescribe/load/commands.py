"""``snakescribe load`` and ``snakescribe db``: fill the database and ask it."""

from pathlib import Path

import click

from snakescribe.options import Folder, InputFile, Json, OutputFile
from snakescribe.tables import Row

configfile = click.option(
    "--configfile", type=InputFile, required=True, help="The config file of the run."
)


@click.group()
def load() -> None:
    """Load results into Postgres."""


@load.command()
@click.option("--results", type=Folder, required=True, help="The results folder.")
@click.option("--settings", type=Json, required=True, help="The experiment and its sections, JSON.")
@click.option(
    "--receipt", type=OutputFile, required=True, help="Write row counts to this JSON file."
)
def experiment(results: Path, settings: Row, receipt: Path) -> None:
    """Load one experiment in one transaction; loading twice changes nothing.

    The server is the one that SNAKESCRIBE_DATABASE_URL names, else an embedded one under
    RESULTS/postgres, which is stopped afterwards where nobody else uses it.

    \b
        snakescribe load experiment --results results/demo --settings "$(cat settings.json)" \\
            --receipt results/demo/load/prompt_study.json
    """
    from snakescribe.load.experiment import load_experiment
    from snakescribe.results import Results
    from snakescribe.store import write_json

    write_json(receipt, load_experiment(Results(results), settings))


@click.group()
def db() -> None:
    """Reach the database of a run.

    \b
        snakescribe db shell --configfile config/demo.yaml
        snakescribe db shell --configfile config/demo.yaml -c "select * from wer_by_condition"
        psql "$(snakescribe db url --configfile config/demo.yaml)"
        snakescribe db stop --configfile config/demo.yaml
    """


@db.command()
@configfile
def url(configfile: Path) -> None:
    """Print a URL that works, starting the embedded server if need be.

    That server keeps running until `snakescribe db stop`. A password in the configured URL is
    printed with it.
    """
    from snakescribe.load.access import reachable_url

    click.echo(reachable_url(configfile))


@db.command()
@configfile
@click.option("-c", "--command", help="Run this SQL and leave.")
@click.option("--write", is_flag=True, help="Allow changes; without it the session only reads.")
def shell(configfile: Path, command: str | None, write: bool) -> None:
    """Open psql on the database, starting the embedded server if need be.

    \b
        snakescribe db shell --configfile config/demo.yaml -c "select * from failed_recordings"
    """
    from snakescribe.load.access import run_psql

    raise SystemExit(run_psql(configfile, command, write))


@db.command()
@configfile
def stop(configfile: Path) -> None:
    """Stop the embedded server of a run."""
    from snakescribe.load.access import stop_server

    click.echo(stop_server(configfile))
