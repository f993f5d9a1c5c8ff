"""`snakescribe report`: the page of an experiment."""

from pathlib import Path
from typing import Any

import click

from snakescribe.cli.options import Folder, Json, OutputFile


@click.group()
def report() -> None:
    """Draw what an experiment found."""


@report.command()
@click.option(
    "--results", type=Folder, required=True, help="Folder of the run: `results` in its config."
)
@click.option(
    "--settings",
    type=Json,
    required=True,
    help="The experiment and the sections it uses, as the workflow passes them.",
)
@click.option("--output", type=OutputFile, required=True, help="HTML file to write.")
def build(results: Path, settings: dict[str, Any], output: Path) -> None:
    """Write an experiment's page: verdict, figures, tables, audio, all in one HTML file.

    The workflow calls this; by hand, ask the workflow for the page:

    \b
        snakemake --configfile config/demo.yaml --cores 2 report
    """
    from snakescribe.report.build import build_report

    size = build_report(results, settings, output)
    click.echo(f"{output}: {size / 1e6:.1f} MB", err=True)
