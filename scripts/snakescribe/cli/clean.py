"""``snakescribe clean``: what of a run's results can be removed, and what that frees."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snakescribe.cli.options import ConfigCommand, config_argument, json_option, print_json
from snakescribe.workflow.clean.kinds import KINDS, NAMED, SAFE

if TYPE_CHECKING:
    from snakescribe.results import Results
    from snakescribe.workflow.clean.remove import Removable


@click.command(cls=ConfigCommand)
@config_argument
@click.option("--only", type=click.Choice(list(KINDS)), multiple=True, help="This alone.")
@click.option("--also", type=click.Choice(list(NAMED)), multiple=True, help="This as well.")
@click.option("--yes", is_flag=True, help="Remove it; without, it is only shown.")
@json_option
def clean(
    configfile: Path, only: tuple[str, ...], also: tuple[str, ...], yes: bool, as_json: bool
) -> None:
    """Show what of a run can be removed and what that frees; remove it with --yes.

    What can be made anew goes. Transcripts, scores, pages, downloads, the database and weights go
    only where they are named. Your own files, references and corrections, and the list of
    recordings never go. While a run works there, nothing is removed.

    \b
        snakescribe clean config/demo.yaml                   shows
        snakescribe clean config/demo.yaml --yes             removes what was shown
        snakescribe clean config/demo.yaml --only unused --yes
        snakescribe clean config/demo.yaml --also downloads --yes
    """
    from snakescribe.workflow.clean.remove import find_removable, remove
    from snakescribe.workflow.sole_run import without_runs

    results = results_of(configfile)
    chosen = [*(only or SAFE), *also]
    if yes:
        with without_runs(results):
            found = find_removable(results, chosen)
            remove(results, found)
    else:
        found = find_removable(results, chosen)
    if as_json:
        print_json(as_data(results.folder, found, yes))
        return
    show(results.folder, found, yes)
    if not yes:
        options = [*(f"--only={name}" for name in only), *(f"--also={name}" for name in also)]
        command = shlex.join(["snakescribe", "clean", str(configfile), *options, "--yes"])
        click.echo(f"\nNothing is removed yet: {command}")


def results_of(place: Path) -> "Results":
    """A config file or a results folder -> the folder, where a run has begun in it.

    Raises:
        UserError: none has.
    """
    from snakescribe.errors import UserError
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    # A folder that was copied has a config in it that names the one that it was copied from.
    results = Results(place if place.is_dir() else Path(read_run(place).results))
    if not results.store.is_dir():
        raise UserError(
            f"{results.folder}: no run has begun in this folder; there is nothing of it"
        )
    return results


def as_data(folder: Path, found: "list[Removable]", removed: bool) -> dict[str, object]:
    """What was found, as plain data."""
    return {
        "results": str(folder),
        "removed": removed,
        "bytes": sum(removable.freed for removable in found),
        "kinds": [
            {
                "kind": removable.kind,
                "files": len(removable.files),
                "bytes": removable.freed,
                "kept": dict(removable.kept),
            }
            for removable in found
        ],
    }


def show(folder: Path, found: "list[Removable]", removed: bool) -> None:
    """Print what was found, kind by kind, and what a plain run does afterwards."""
    freed = sum(removable.freed for removable in found)
    done = "is removed" if removed else "can be removed"
    click.echo(f"{folder}: {size(freed)} {done}\n")
    for removable in found:
        kind = KINDS[removable.kind]
        count = len(removable.files)
        click.echo(f"{removable.kind:12} {size(removable.freed):>9} {count:7} files   {kind.what}")
        if count:
            click.echo(f"{'':38}afterwards: {kind.afterwards}")
        for reason, kept in removable.kept.items():
            click.echo(f"{'':38}{kept} more stay: {reason}")


def size(count: int) -> str:
    """A number of bytes -> text for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
