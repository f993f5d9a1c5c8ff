"""The command line: one sub-command for each step of the workflow, and a few for people."""

import atexit
import gc
import logging
import os
import sys
from errno import EPIPE
from importlib import import_module
from typing import Any

import click

from snakescribe import __version__
from snakescribe.cli.names import PROGRAM, VARIABLE
from snakescribe.cli.sections import write_sections
from snakescribe.errors import UserError, cut_line
from snakescribe.logs import start_logging
from snakescribe.machine import describe_fault

logger = logging.getLogger(__name__)

INTERRUPTED = 130  # as of a program that Ctrl-C ended

COMMANDS = {
    "init": "snakescribe.cli.init:init",
    "doctor": "snakescribe.cli.doctor:doctor",
    "plan": "snakescribe.cli.plan:plan",
    "run": "snakescribe.cli.run:run",
    "acquire": "snakescribe.cli.acquire:acquire",
    "process": "snakescribe.cli.process:process",
    "models": "snakescribe.cli.models:models",
    "prompts": "snakescribe.cli.transcribe:prompts",
    "transcribe": "snakescribe.cli.transcribe:transcribe",
    "evaluate": "snakescribe.cli.evaluate:evaluate",
    "load": "snakescribe.cli.load:load",
    "db": "snakescribe.cli.database:db",
    "report": "snakescribe.cli.report:report",
    "config": "snakescribe.cli.config:config",
    "status": "snakescribe.cli.status:status",
    "summary": "snakescribe.cli.summary:summary",
    "publish": "snakescribe.cli.publish:publish",
    "verify": "snakescribe.cli.publish:verify",
    "clean": "snakescribe.cli.clean:clean",
    "completion": "snakescribe.cli.completion:completion",
}


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is called: a job starts in milliseconds."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what one does with them."""
        write_sections(self, ctx, formatter)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the machine or a path is at fault for is one line."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            told = error.format_message()
            if cut_line(told) == told:
                raise
            raise click.UsageError(cut_line(told), error.ctx) from None
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        except (OSError, MemoryError) as error:
            if getattr(error, "errno", 0) in (None, EPIPE):  # nobody reads any more
                raise
            logger.debug("the command was stopped", exc_info=True)
            raise describe_fault(error) from error


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="snakescribe")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.pass_context
def cli(context: click.Context, verbose: bool) -> None:
    """Reproducible speech-recognition experiments, from a list of recordings to a database.

    \b
        snakescribe init study.yaml           write a first config: it asks what you have
        snakescribe doctor study.yaml         has this machine what it needs?
        snakescribe config check study.yaml   is it all right, and what will it run?
        snakescribe plan study.yaml           what will that take?
        snakescribe run study.yaml            run it; snakescribe transcribe study.yaml: so far
        snakescribe status study.yaml         how far is it, and what failed?
        snakescribe summary study.yaml        what was found, and where everything lies
        snakescribe db shell study.yaml       ask the database
        snakescribe clean study.yaml          what may go?

    CONFIG is the config file of a run or, but for `run`, its results folder. `snakescribe COMMAND
    --help` has examples of each. Exit codes: 0 done, 1 an error, 2 a command line that is none.
    """
    context.color = False if os.environ.get("NO_COLOR") else None
    start_logging(verbose, context.invoked_subcommand or "", os.environ)


def main() -> None:
    """Run the command line; a user's mistake becomes one message and exit code 1."""
    # pydantic would search all installed packages for plug-ins of its own: 12 ms of every step.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Imports make objects by the ten thousand, and no garbage: to look for some every 700 costs
    # each start 2 to 4 %.
    gc.set_threshold(50_000)
    # At the end Python looks for garbage among all objects once more, though their memory goes
    # with the process: a tenth of a short command.
    atexit.register(gc.freeze)
    try:
        cli(prog_name=PROGRAM, complete_var=VARIABLE)
    except UserError as error:
        colour = False if os.environ.get("NO_COLOR") else None
        told = f"{click.style('error:', fg='red', bold=True)} {error}"
        try:
            click.echo(told, err=True, color=colour)
        except OSError:  # the log lies on the disk that is full
            click.echo(told, color=colour)
        sys.exit(1)
