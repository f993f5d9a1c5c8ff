"""``snakescribe init``: write a first config file."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from snakescribe.errors import UserError
from snakescribe.setup.wish import COMPARISONS, KINDS, PLACES, Wish


@click.command()
@click.argument("path", metavar="[CONFIG]", type=click.Path(path_type=Path), required=False)
@click.option("--source", "kind", type=click.Choice(KINDS), help="Where recordings come from.")
@click.option(
    "--from", "places", multiple=True, metavar="PLACE", help="Path, address or name; repeatable."
)
@click.option("--references", default="", help="What was said: a folder, a table, or `beside`.")
@click.option("--transcripts", multiple=True, help="[NAME=]PATH of those that exist already.")
@click.option("--language", default="", help="Language of the recordings, such as en.")
@click.option("--weights", multiple=True, help="Weights; several are compared.")
@click.option("--prompt", "prompts", multiple=True, help="A prompt to compare with none.")
@click.option("--compare", type=click.Choice(COMPARISONS), multiple=True, help="What to vary.")
@click.option("--results", default="", help="Folder for results; default: results/NAME.")
@click.option("--force", is_flag=True, help="Replace CONFIG if it is there.")
def init(path: Path | None, force: bool, **answers: Any) -> None:
    """Write a first config file, with comments, for the recordings that you have.

    Without --source it asks, where somebody sits at a terminal. A file that is there is never
    replaced unasked; what is written passes `snakescribe config check`.

    \b
        snakescribe init                                        asks
        snakescribe init talks.yaml --source folder --from talks --references beside
        snakescribe init cast.yaml --source podcast --from https://example.org/feed.xml
        snakescribe init tube.yaml --source youtube --from @MLB --from jNQXAC9IVRw
        snakescribe init list.yaml --source table --from list.csv --compare denoising
        snakescribe init corpus.yaml --source manifest --from corpus/cv-test.tsv
        snakescribe init vendor.yaml --source transcripts --from talks --references beside \\
            --transcripts 'vendor={recording}.{json,srt}'
    """
    asking = at_terminal()
    if not answers["kind"] and not asking:
        raise UserError(
            f"--source: say where the recordings come from ({', '.join(KINDS)}), and --from which "
            "place; `snakescribe init --help` has examples"
        )
    path = path or Path(click.prompt("File to write", "study.yaml") if asking else "study.yaml")
    check_free(path, force, asking)
    if not answers["kind"]:
        answers = ask(answers)
    elif not answers["places"]:
        raise UserError(f"--from: {PLACES[answers['kind']]}; say which")
    write(Wish(**answers), path)


def at_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def check_free(path: Path, force: bool, asking: bool) -> None:
    """A path to be written -> nothing, where it is free or may be replaced.

    Raises:
        UserError: it may not.
    """
    from snakescribe.paths import is_there
    from snakescribe.store import check_ordinary

    if path.suffix not in (".yaml", ".yml"):
        raise UserError(f"{path}: a config file is called NAME.yaml; name one")
    if force or not is_there(str(path)):
        may = True
    else:
        may = asking and click.confirm(f"{path} is there already. Replace it?")
    if not may:
        raise UserError(f"{path} is there already; name another file, or say --force")
    check_ordinary(path)


def ask(answers: dict[str, Any]) -> dict[str, Any]:
    """What the options said -> the same with what somebody at the terminal says."""
    kind = click.prompt("Where do the recordings come from?", type=click.Choice(KINDS))
    said: dict[str, Any] = {"kind": kind}
    if not answers["places"]:
        said["places"] = (click.prompt(PLACES[kind]),)
    local = kind in ("folder", "table", "transcripts")
    if local and not answers["references"]:
        text = "References (a folder, a table, `beside`; empty where there are none)"
        said["references"] = click.prompt(text, default="", show_default=False)
    if kind == "transcripts" and not answers["transcripts"]:
        text = "Transcripts, such as service/{recording}.{json,srt,txt}"
        said["transcripts"] = (click.prompt(text),)
    if not answers["language"]:
        text = "Language, such as en (empty where it differs or nobody knows)"
        said["language"] = click.prompt(text, default="", show_default=False)
    if kind != "transcripts" and not (answers["compare"] or answers["prompts"]):
        choice = click.prompt("What to compare?", COMPARISONS[0], type=click.Choice(COMPARISONS))
        said["compare"] = (choice,)
    return {**answers, **said}


def write(wish: Wish, path: Path) -> None:
    """Write the config, and say what it is and what is next.

    Raises:
        UserError: it would not pass the check, with what is wrong; nothing is written.
    """
    from snakescribe.config.yaml_text import parse_yaml
    from snakescribe.setup.new_config import config_text
    from snakescribe.store import write_text
    from snakescribe.workflow.check import check_config
    from snakescribe.workflow.warnings import find_warnings

    text = config_text(wish, path)
    config = check_config(parse_yaml(text), str(path), inputs=True)
    write_text(path, text)
    for line in find_warnings(config):
        click.echo(f"warning: {line}", err=True)
    click.echo(f"{path}: written; open it, and change what you like. Then:")
    for command in (["snakescribe", "config", "check"], ["snakescribe", "run"]):
        click.echo(f"  {shlex.join([*command, str(path)])}")
