"""The command line -> its reference page."""

import inspect
import re
from collections.abc import Iterator

import click


def commands_text(command: click.Command, name: str) -> str:
    """A command with all commands below it, as Markdown: what each does, its usage and options."""
    context = click.Context(command, info_name=name, max_content_width=200)
    return "\n".join(_describe(context)).rstrip() + "\n"


def _describe(context: click.Context) -> Iterator[str]:
    command = context.command
    level = len(context.command_path.split())
    yield f"{'#' * min(level + 1, 4)} `{context.command_path}`"
    yield ""
    yield _paragraphs(inspect.cleandoc(command.help or ""))
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("", "```text", usage, "```", "")
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    options = [record for record in records if record]
    if len(options) > 1:  # more than --help
        yield from ("| option | what |", "| --- | --- |")
        for names, text in options:
            yield f"| `{_cell(names)}` | {_cell(text)} |"
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _describe(click.Context(below, info_name=name, parent=context))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _paragraphs(text: str) -> str:
    r"""Click's own marks -> Markdown: what stands after ``\b`` is shown as it is."""
    parts = []
    for paragraph in re.split(r"\n\n+", text):
        if paragraph.startswith("\b"):
            shown = inspect.cleandoc(paragraph.removeprefix("\b").lstrip("\n"))
            parts.append(f"```text\n{shown}\n```")
        else:
            parts.append(paragraph)
    return "\n\n".join(parts)
