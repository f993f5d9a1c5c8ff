"""Command-line options that several steps share."""

import json
from pathlib import Path
from typing import Any

import click

from snakescribe.errors import UserError
from snakescribe.paths import check_part
from snakescribe.store import check_ordinary

InputFile = click.Path(exists=True, dir_okay=False, path_type=Path)
# A config file, or the results folder of its run, which also knows what `--config` changed.
RunPlace = click.Path(exists=True, path_type=Path)
run_option = click.option(
    "--configfile",
    type=RunPlace,
    required=True,
    help="The config file of the run, or its results folder.",
)
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


notices_option = click.option(
    "--notices",
    type=OutputFile,
    help="Table to write of what a reader of the results should know; the log has it too.",
)


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
