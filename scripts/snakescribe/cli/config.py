"""``snakescribe config``: check a config file, list the options."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from snakescribe.cli.options import ConfigCommand, InputFile, OutputFile, json_option, print_json

if TYPE_CHECKING:
    from snakescribe.config.root import Config


@click.group()
def config() -> None:
    """Check a config file, or list all options.

    \b
        snakescribe config check config/demo.yaml
        snakescribe config options | less
    """


@config.command(cls=ConfigCommand)
@click.argument("configfile", metavar="CONFIG", type=click.Path(path_type=Path))
@click.option("--offline", is_flag=True, help="Do not try whether databases answer.")
@json_option
@click.pass_context
def check(ctx: click.Context, configfile: Path, offline: bool, as_json: bool) -> None:
    """Check a config file and the files that it names, and show what it would run.

    What cannot work is an error. What works and hardly can be meant is a warning, with exit code 0.

    \b
        snakescribe config check config/demo.yaml
        snakescribe config check config/demo.yaml --json | jq .errors
    """
    from snakescribe.config.experiments import expand_experiments, plan_passes
    from snakescribe.errors import UserError
    from snakescribe.workflow.warnings import find_notes, find_warnings

    try:
        config = _read_checked(configfile, offline)
    except UserError as error:
        if not as_json:
            raise
        print_json({"errors": str(error).splitlines()})
        ctx.exit(1)
    warnings, notes = list(find_warnings(config)), list(find_notes(config))
    experiments = expand_experiments(config)
    passes = plan_passes(experiments.values())
    if as_json:
        planned = {
            experiment.name: [condition.name for condition in experiment.conditions]
            for experiment in experiments.values()
        }
        told = {"errors": [], "warnings": warnings, "notes": notes, "experiments": planned}
        print_json({**told, "passes": list(passes)})
        return
    for line in warnings:
        click.echo(f"warning: {line}", err=True)
    for line in notes:
        click.echo(f"note: {line}", err=True)
    for experiment in experiments.values():
        names = [condition.name for condition in experiment.conditions]
        noun = "condition" if len(names) == 1 else "conditions"
        click.echo(f"{experiment.name}: {experiment.design}, {len(names)} {noun}")
        marked = (f"{name} (baseline)" if name == experiment.baseline else name for name in names)
        click.echo(f"  {', '.join(marked)}")
    if experiments:
        click.echo(f"passes (one model on one audio variant each): {', '.join(passes)}")
    click.echo(f"{configfile}: {'see the warnings above' if warnings else 'all right'}")


def _read_checked(configfile: Path, offline: bool) -> "Config":
    """A config file, checked with all that it names.

    Raises:
        UserError: what is wrong, a line for each.
    """
    from snakescribe.workflow.check import check_config
    from snakescribe.workflow.inputs import names_database
    from snakescribe.workflow.read import config_file, read_written

    configfile = config_file(configfile)
    config = check_config(read_written(configfile), str(configfile), inputs=True)
    if not offline and names_database(config):
        from snakescribe.workflow.databases import check_databases

        check_databases(config, str(configfile))
    return config


@config.command()
@click.option("--write", type=InputFile, help="Put the table into this Markdown file instead.")
def options(write: Path | None) -> None:
    """List all options of the config file as a Markdown table.

    \b
        snakescribe config options | grep beam_size
    """
    from snakescribe.config.schema import config_schema
    from snakescribe.docs.generated import OPTIONS, replace_generated
    from snakescribe.docs.options import options_table

    if write:
        replace_generated(write, OPTIONS, options_table(config_schema()))
    else:
        click.echo(options_table(config_schema()), nl=False)


@config.command()
@click.option("--write", type=OutputFile, help="Write the schema to this file instead.")
def schema(write: Path | None) -> None:
    """Print the JSON Schema of the config file, as YAML; editors complete and check with it.

    \b
        snakescribe config schema --write config.schema.yaml
    """
    from snakescribe.config.schema import schema_text
    from snakescribe.store import write_text

    if write:
        write_text(write, schema_text())
    else:
        click.echo(schema_text(), nl=False)


@config.command()
@click.option("--write", type=InputFile, help="Put the tables into this Markdown file instead.")
def tables(write: Path | None) -> None:
    """Describe the tables that pass between the stages, as Markdown.

    \b
        snakescribe config tables | less
    """
    from snakescribe.docs.generated import TABLES, replace_generated, tables_text

    if write:
        replace_generated(write, TABLES, tables_text())
    else:
        click.echo(tables_text(), nl=False)


@config.command()
@click.option("--write", type=InputFile, help="Put the table into this Markdown file instead.")
def notices(write: Path | None) -> None:
    """List the kinds of notices, as Markdown.

    \b
        snakescribe config notices | grep weights
    """
    from snakescribe.docs.generated import NOTICES, replace_generated
    from snakescribe.docs.notice_kinds import kinds_text

    if write:
        replace_generated(write, NOTICES, kinds_text())
    else:
        click.echo(kinds_text(), nl=False)


@config.command()
def plugins() -> None:
    """List the names of plug-ins by kind: ours, and those of installed packages, which are tried.

    \b
        snakescribe config plugins
    """
    from snakescribe.errors import UserError
    from snakescribe.plugins import find_overrides
    from snakescribe.workflow.check import PLUGIN_KINDS

    problems = list(find_overrides(PLUGIN_KINDS))
    for kind in PLUGIN_KINDS:
        click.echo(f"{kind.noun} ({kind.place})")
        click.echo(f"  ours: {', '.join(sorted({*kind.built_in} - {''})) or 'none'}")
        for point in kind.installed():
            package = f"{point.dist.name} {point.dist.version}" if point.dist else "no package"
            click.echo(f"  {point.name}: {package} ({point.value})")
            problems += kind.problems(point.name)
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
