"""Command-line options that several steps share."""

import json
from pathlib import Path
from typing import Any

import click

from snakescribe.errors import UserError, shorten
from snakescribe.paths import check_part
from snakescribe.store import check_ordinary

InputFile = click.Path(exists=True, dir_okay=False, path_type=Path)
# A config file, or the results folder of its run, which also knows what `--config` changed.
RunPlace = click.Path(exists=True, path_type=Path)
# How every command that people call names it; of commands of the class `ConfigCommand`.
config_argument = click.argument("configfile", metavar="CONFIG", type=RunPlace)
_CONFIG_NAMES = ("configfile", "config")


class ConfigCommand(click.Command):
    """A command with an argument CONFIG, which may be written `--configfile CONFIG` as well.

    So Snakemake calls it, and so did earlier versions of these commands.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the config where the argument stands."""
        end = args.index("--") if "--" in args else len(args)
        for place, word in enumerate(args[:end]):
            name, equals, value = word.partition("=")
            if name not in ("--configfile", "--config"):
                continue
            rest = args[:place] + args[place + (1 if equals else 2) :]
            given = [value] if equals else args[place + 1 : place + 2]
            args = [*given, *rest] if self._comes_first() else [*rest, *given]
            break
        return super().parse_args(ctx, args)

    def _comes_first(self) -> bool:
        first = next(param for param in self.params if isinstance(param, click.Argument))
        return first.name in _CONFIG_NAMES


Folder = click.Path(file_okay=False, path_type=Path)


class OutputFileType(click.Path):
    """A file to be written: one that may be replaced, told before any work is done."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        try:
            check_ordinary(path)
        except UserError as error:
            self.fail(str(error), param, ctx)
        return path


OutputFile = OutputFileType(dir_okay=False, path_type=Path)


class PathPartType(click.ParamType[str]):
    """A name that becomes a part of a path: of a shard, of a pass."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return check_part(str(value), "the name")
        except UserError as error:
            self.fail(str(error), param, ctx)


PathPart = PathPartType()


class CoresType(click.ParamType[str]):
    """How many processor cores, as Snakemake takes it."""

    name = "cores"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text != "all" and not (text.isascii() and text.isdigit() and text.strip("0")):
            self.fail(
                f"{shorten(repr(text))} is neither a whole number of at least 1 nor `all`",
                param,
                ctx,
            )
        return text


Cores = CoresType()


notices_option = click.option(
    "--notices",
    type=OutputFile,
    help="Table to write of what a reader of the results should know; the log has it too.",
)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print plain data, with dates and paths as text, for scripts."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


class JsonType(click.ParamType[Any]):
    """Settings as one-line JSON, as the rules pass them."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return json.loads(value)
        except ValueError as error:
            self.fail(f"this is not JSON: {error}", param, ctx)
        except RecursionError:
            self.fail("this is not JSON of ours: it is nested too deeply", param, ctx)


Json = JsonType()
