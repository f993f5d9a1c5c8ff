"""``snakescribe run``: the workflow on a config, from any folder; and the stages by their names."""

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from snakescribe.cli.options import Cores
from snakescribe.errors import cut_line

if TYPE_CHECKING:
    from snakescribe.workflow.running import Wishes

TARGETS = (
    "describe", "acquire", "process", "transcribe", "evaluate", "load", "report", "export",
    "library",
)  # fmt: skip
ConfigFile = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("config", type=ConfigFile)
@click.argument("options", metavar="[-- SNAKEMAKE OPTIONS]", nargs=-1, type=click.UNPROCESSED)
@click.option("--until", type=click.Choice(TARGETS), help="Stop after this stage.")
@click.option("--cores", type=Cores, help="Processor cores to use; default: all.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--profile", help="A workflow profile: `slurm`, `gpu`, `generic`, `lsf`, or a folder."
)
@click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder from which paths in the config count; default: this one.",
)
def run(config: Path, **asked: Any) -> None:
    """Run the workflow on CONFIG, show how far it is, and end with what it found.

    The `snakemake` line that does it is printed first; its exit code is that of this command.

    \b
        snakescribe run study.yaml
        snakescribe run study.yaml --until transcribe --cores 8
        snakescribe run study.yaml --profile slurm -- --jobs 50
    """
    _run(config, **asked)


def _run(config: Path, until: str | None = None, **asked: Any) -> None:
    """Run the workflow up to a target; the process ends with Snakemake's exit code."""
    from snakescribe.cli.summary import show_summary
    from snakescribe.workflow.running import Wishes, run_snakemake

    wishes = Wishes(config=config.resolve(), until=until or "", **asked)
    since = time.time()
    code = run_snakemake(wishes, lambda line: click.echo(cut_line(line), err=True))
    if code == 0 and not wishes.dry_run:
        with wishes.inside():
            show_summary(wishes.place, whole=not until)
    elif code and not wishes.dry_run and _has_begun(wishes, since):
        click.echo(f"What failed and why: snakescribe status {shlex.quote(str(config))}", err=True)
    raise SystemExit(code)


def _has_begun(wishes: "Wishes", since: float) -> bool:
    """Whether a run came as far as jobs, of which `status` knows: a wrong config does not."""
    from snakescribe.errors import UserError
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run
    from snakescribe.workflow.sole_run import owner_file
    from snakescribe.workflow.sound import CLOCKS_APART

    try:
        with wishes.inside():
            owned = owner_file(Results(Path(read_run(wishes.place).results))).stat().st_mtime
    except (UserError, OSError):
        return False
    return owned >= since - CLOCKS_APART


class StageGroup(click.Group):
    """A group of a stage's steps that takes a config file in the place of a step's name.

    ``snakescribe transcribe study.yaml`` is ``snakescribe run study.yaml --until transcribe``.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The step that the first word names, or the run, if it is a config file."""
        if args and args[0] not in self.commands and Path(args[0]).suffix in {".yaml", ".yml"}:
            return "run", _up_to(str(self.name)), args
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways of calling it."""
        formatter.write_usage(ctx.command_path, "CONFIG.yaml [OPTIONS] | STEP [ARGS]...")


def _up_to(stage: str) -> click.Command:
    options = [option for option in run.params if option.name != "until"]
    return click.Command(
        stage,
        params=options,
        callback=lambda config, **asked: _run(config, stage, **asked),
        help=f"Run the workflow on CONFIG up to the stage `{stage}`: `snakescribe run --until`.",
    )
