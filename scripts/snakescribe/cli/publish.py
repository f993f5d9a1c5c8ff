"""``snakescribe publish`` and ``verify``: a result that others can check."""

from dataclasses import asdict
from pathlib import Path

import click

from snakescribe.cli.options import (
    ConfigCommand,
    InputFile,
    OutputFile,
    config_argument,
    json_option,
    print_json,
)


@click.command(cls=ConfigCommand)
@config_argument
@click.option("--output", type=OutputFile, help="Zip file to write.")
@click.option(
    "--mlflow", "tracker", default="", help="Folder, or address of a server: a run a condition."
)
@click.option(
    "--experiment", "chosen", multiple=True, help="Only this one; may be given several times."
)
@click.option("--sound/--no-sound", default=True, help="Keep the pages' clips of the recordings.")
@click.option(
    "--audio", is_flag=True, help="Pack the chunks that the baseline heard, as data sets, too."
)
@click.option("--license", "licence", default="", help="SPDX id, address or words.")
@click.option("--dataset", default="", help="OWNER/NAME on the hub: results as .eval_results.")
@click.option("--task", default="default", show_default=True, help="The task of that data set.")
@click.option("--url", default="", help="Where the archive will lie.")
def publish(
    configfile: Path,
    output: Path | None,
    chosen: tuple[str, ...],
    sound: bool,
    audio: bool,
    **told: str,
) -> None:
    """Pack a finished run into one archive from which others can compute its scores again.

    \b
        snakescribe publish config/demo.yaml --output demo.zip
        snakescribe verify demo.zip
    """
    from snakescribe.config.experiments import expand_experiments
    from snakescribe.errors import UserError, did_you_mean
    from snakescribe.workflow.read import read_run

    if not output and not told["tracker"]:
        raise UserError("say where to publish: --output FILE.zip, or --mlflow FOLDER")
    config = read_run(configfile)
    for name in chosen:
        if name not in config.experiments:
            raise UserError(
                f"--experiment: no experiment {name!r}; {did_you_mean(name, config.experiments)}"
            )
    experiments = expand_experiments(config)
    wanted = [experiments[name] for name in chosen or experiments]
    if not wanted:
        raise UserError(f"{configfile}: there are no experiments, and so nothing to publish")
    if told["tracker"]:
        from snakescribe.publish.tracking import log_runs

        for line in log_runs(config, configfile, wanted, told["tracker"]):
            click.echo(line)
    if not output:
        return
    from snakescribe.publish.archive import Wishes
    from snakescribe.publish.archive import publish as pack
    from snakescribe.publish.hub import Hub

    hub = Hub(told["dataset"], told["task"], told["url"])
    wishes = Wishes(clips=sound, audio=audio, licence=told["licence"], hub=hub)
    done = pack(config, configfile, wanted, output, wishes)
    click.echo(f"{output}: {len(done.files)} files, {output.stat().st_size / 1e6:.1f} MB")
    for line in done.left_out:
        click.echo(f"left out: {line}")
    for name, count in sorted(done.masked.items()):
        click.echo(f"masked: {count} secrets in {name}")
    clips = ", and holds sound" if sound or audio else ""
    click.echo(f"publish what you may: it quotes references and transcripts{clips}")
    click.echo(f"check it: snakescribe verify {output}")


@click.command()
@click.argument("archive", type=InputFile)
@click.option(
    "--plugins", is_flag=True, help="Load plug-ins that it names, from here. This runs their code."
)
@click.option("--threads", type=click.IntRange(1), default=1, help="Shards scored at a time.")
@json_option
def verify(archive: Path, plugins: bool, threads: int, as_json: bool) -> None:
    """Compute the scores of a published archive again, and compare them with those in it.

    Exit code 1: a file is not what its digest says, or a count or a figure differs.

    \b
        snakescribe verify demo.zip
    """
    from snakescribe.errors import UserError
    from snakescribe.publish.verify import tell
    from snakescribe.publish.verify import verify as check

    files, verdicts = check(archive, plugins, threads)
    if as_json:
        print_json({"files": files, "experiments": [asdict(verdict) for verdict in verdicts]})
    else:
        click.echo(f"{archive}: {files} files, all as their digests say")
        for verdict in verdicts:
            for line in tell(verdict):
                click.echo(line)
    if not all(verdict.same for verdict in verdicts):
        raise UserError(f"{archive}: its scores are not those that come of what is in it")
