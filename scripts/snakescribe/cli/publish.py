"""``snakescribe publish``: what a run found, as one file to put beside a paper."""

from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, OutputFile, config_argument


@click.command(cls=ConfigCommand)
@config_argument
@click.option("--output", type=OutputFile, required=True, help="Zip file to write.")
@click.option(
    "--experiment", "chosen", multiple=True, help="Only this one; may be given several times."
)
@click.option("--sound/--no-sound", default=True, help="Keep the pages' clips of the recordings.")
def publish(configfile: Path, output: Path, chosen: tuple[str, ...], sound: bool) -> None:
    """Pack the pages, figures and tables of a finished run into a zip file.

    \b
        snakescribe publish config/demo.yaml --output demo.zip
    """
    from snakescribe.errors import UserError, did_you_mean
    from snakescribe.report.publish import publish as pack
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    for name in chosen:
        if name not in config.experiments:
            raise UserError(
                f"--experiment: no experiment {name!r}; {did_you_mean(name, config.experiments)}"
            )
    names = list(chosen or config.experiments)
    if not names:
        raise UserError(f"{configfile}: there are no experiments, and so no page to publish")
    packed = pack(Results(Path(config.results)), names, output, sound)
    size = output.stat().st_size / 1e6
    clips = ", and holds clips of sound" if sound else ""
    click.echo(f"{output}: {len(packed)} files, {size:.1f} MB")
    click.echo(f"publish what you may: it quotes references and transcripts{clips}")
