"""The help of ``snakescribe``: its commands by what one does with them."""

from collections.abc import Iterable, Iterator

import click

SECTIONS = {
    "Begin": ("init", "doctor", "config", "plan", "models", "prompts"),
    "Run": ("run", "status", "summary", "clean"),
    "Stages, each of a few steps that the workflow calls": (
        "acquire", "process", "transcribe", "evaluate", "load", "report",
    ),
    "Look further and publish": ("db", "publish", "verify"),
    "This shell": ("completion",),
}  # fmt: skip
OTHERS = "Others"
_LONGEST = 200  # characters of a sentence; what a line has no room for is wrapped


def by_section(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Names of commands -> each section that has one of them, with its commands in order."""
    left = list(names)
    for title, members in SECTIONS.items():
        if here := [name for name in members if name in left]:
            yield title, here
            left = [name for name in left if name not in here]
    if left:
        yield OTHERS, left


def write_sections(group: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write a group's commands into its help, section by section, each with its first sentence."""
    names = group.list_commands(ctx)
    width = max(map(len, names))
    for title, here in by_section(names):
        commands = {name: group.get_command(ctx, name) for name in here}
        with formatter.section(title):
            formatter.write_dl(
                [
                    (f"{name:{width}}", command.get_short_help_str(_LONGEST))
                    for name, command in commands.items()
                    if command
                ]
            )
