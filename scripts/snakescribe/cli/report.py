"""`snakescribe report`: the page of an experiment."""

from pathlib import Path

import click

from snakescribe.cli.options import Folder, OutputFile, notices_option


@click.group()
def report() -> None:
    """Draw what an experiment found.

    \b
        snakemake --configfile config/demo.yaml --cores 2 report
        snakescribe report build --help
    """


@report.command()
@click.option(
    "--results", type=Folder, required=True, help="Folder of the run: `results` in its config."
)
@click.option(
    "--settings",
    required=True,
    help="The experiment and the sections it uses, as the workflow passes them.",
)
@click.option("--output", type=OutputFile, required=True, help="HTML file to write.")
@notices_option
def build(results: Path, settings: str, output: Path, notices: Path | None) -> None:
    """Write an experiment's page: verdict, figures, tables, audio, all in one HTML file.

    The explorer of all chunks goes into a folder of the same name beside it.

    The workflow calls this; by hand, ask the workflow for the page:

    \b
        snakemake --configfile config/demo.yaml --cores 2 report
        snakescribe report build --results results/demo --settings "$(cat settings.json)" \\
            --output page.html
    """
    from snakescribe.config.params import ExperimentParams
    from snakescribe.notices import Job, collecting
    from snakescribe.process.stored import CheckedSounds
    from snakescribe.report.build import build_report
    from snakescribe.results import Results

    params = ExperimentParams.from_json(settings, "--settings")
    with collecting(Job("report", "build_report", params.experiment.name), notices):
        built = build_report(results, params, output, CheckedSounds(Results(results)))
    explorer = built.explorer
    click.echo(f"{output}: {built.page_bytes / 1e6:.1f} MB", err=True)
    click.echo(
        f"{output.with_suffix('')}: {explorer.files} files, {explorer.bytes / 1e6:.1f} MB; sound "
        f"of {explorer.copied} chunks is in them, that of {explorer.linked} stays where it is",
        err=True,
    )
