"""``snakescribe config``: check a config file, list the options."""

from pathlib import Path

import click

from snakescribe.cli.options import InputFile, OutputFile


@click.group()
def config() -> None:
    """Check a config file, or list all options."""


@config.command()
@click.argument("configfile", type=click.Path(path_type=Path))
@click.option("--offline", is_flag=True, help="Do not try whether databases answer.")
def check(configfile: Path, offline: bool) -> None:
    """Check a config file and the files that it names, and show what it would run.

    What cannot work is an error. What works and hardly can be meant is a warning, with exit code 0.

    \b
        snakescribe config check config/demo.yaml
    """
    from snakescribe.config.experiments import expand_experiments, plan_passes
    from snakescribe.workflow.check import check_config
    from snakescribe.workflow.inputs import names_database
    from snakescribe.workflow.read import read_written
    from snakescribe.workflow.warnings import find_notes, find_warnings

    config = check_config(read_written(configfile), str(configfile), inputs=True)
    if not offline and names_database(config):
        from snakescribe.workflow.databases import check_databases

        check_databases(config, str(configfile))
    for line in find_warnings(config):
        click.echo(f"warning: {line}", err=True)
    for line in find_notes(config):
        click.echo(f"note: {line}", err=True)
    experiments = expand_experiments(config)
    for experiment in experiments.values():
        names = [condition.name for condition in experiment.conditions]
        click.echo(f"{experiment.name}: {experiment.design}, {len(names)} conditions")
        marked = (f"{name} (baseline)" if name == experiment.baseline else name for name in names)
        click.echo(f"  {', '.join(marked)}")
    if not experiments:
        return
    passes = plan_passes(experiments.values())
    click.echo(f"passes (one transcription job for each shard): {', '.join(passes)}")


@config.command()
@click.option("--write", type=InputFile, help="Put the table into this Markdown file instead.")
def options(write: Path | None) -> None:
    """List all options of the config file as a Markdown table."""
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
    """Print the JSON Schema of the config file, as YAML; editors complete and check with it."""
    from snakescribe.config.schema import schema_text
    from snakescribe.store import write_text

    if write:
        write_text(write, schema_text())
    else:
        click.echo(schema_text(), nl=False)


@config.command()
@click.option("--write", type=InputFile, help="Put the tables into this Markdown file instead.")
def tables(write: Path | None) -> None:
    """Describe the tables that pass between the stages, as Markdown."""
    from snakescribe.docs.generated import TABLES, replace_generated, tables_text

    if write:
        replace_generated(write, TABLES, tables_text())
    else:
        click.echo(tables_text(), nl=False)


@config.command()
@click.option("--write", type=InputFile, help="Put the table into this Markdown file instead.")
def notices(write: Path | None) -> None:
    """List the kinds of notices, as Markdown."""
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
