"""``snakescribe doctor``: has this machine what a run needs?"""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, json_option, print_json
from snakescribe.setup.doctor import CHECKS, Finding, State, examine

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.WRONG: "red"}
_INDENT = " " * 22


@click.command(cls=ConfigCommand)
@click.argument("configfile", metavar="[CONFIG]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--only", type=click.Choice(list(CHECKS)), multiple=True, help="Look at this alone; repeatable."
)
@json_option
@click.pass_context
def doctor(
    ctx: click.Context, configfile: Path | None, only: tuple[str, ...], as_json: bool
) -> None:
    """Look whether this machine has what a run needs, and say what helps where it has not.

    With CONFIG: what that run needs, its weights and servers too. The exit code is 1 where
    something is wrong without which no such run ends; warnings leave it 0.

    \b
        snakescribe doctor
        snakescribe doctor config/demo.yaml
        snakescribe doctor --only gpu --only javascript
        snakescribe doctor --json | jq '.findings[] | select(.state != "ok")'
    """
    findings = []
    for finding in examine(configfile, only):
        findings.append(finding)
        if not as_json:
            show(finding)
    counts = Counter(finding.state for finding in findings)
    if as_json:
        worst = next(state for state in reversed(State) if counts[state] or state is State.OK)
        told = {"state": worst, "findings": [asdict(finding) for finding in findings]}
        print_json(told)
    else:
        wrong, odd = counts[State.WRONG], counts[State.WARNING]
        told_odd = f"{odd} warning{'s' if odd > 1 else ''}" if odd else "no warnings"
        click.echo(f"\n{f'{wrong} wrong' if wrong else 'nothing is wrong'}, {told_odd}")
    ctx.exit(1 if counts[State.WRONG] else 0)


def show(finding: Finding) -> None:
    """Print a finding, and its cure below it."""
    state = click.style(f"{finding.state:8}", fg=COLOURS[finding.state])
    click.echo(f"{state} {finding.about:12} {printable(finding.text)}")
    if finding.cure:
        click.echo(f"{_INDENT}-> {finding.cure}")


def printable(text: str) -> str:
    """A text, perhaps of another program -> the same without what could command a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)
