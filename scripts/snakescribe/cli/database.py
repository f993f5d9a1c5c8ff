"""``snakescribe db``: reach the database of a run."""

from contextlib import suppress
from pathlib import Path

import click

from snakescribe.cli.options import ConfigCommand, Folder, InputFile, config_argument
from snakescribe.cli.runs import compare, delete, restore, runs


@click.group()
def db() -> None:
    """Reach the database of a run.

    \b
        snakescribe db shell config/demo.yaml
        snakescribe db shell config/demo.yaml -c "select * from wer_by_condition"
        psql "$(snakescribe db url config/demo.yaml)"
        snakescribe db stop config/demo.yaml
        snakescribe db runs config/demo.yaml
    """


for command in (runs, compare, delete, restore):
    db.add_command(command)


@db.command(cls=ConfigCommand)
@config_argument
def url(configfile: Path) -> None:
    """Print a URL that works, starting the embedded server if need be.

    That server keeps running until `snakescribe db stop`. A password in the configured URL is
    printed with it.

    \b
        snakescribe db url config/demo.yaml
        psql "$(snakescribe db url config/demo.yaml)"
    """
    from snakescribe.database.access import lasting_url
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(lasting_url(Path(config.results), config.database))


@db.command(cls=ConfigCommand)
@config_argument
@click.option("-c", "--command", help="Run this SQL and leave.")
@click.option("--write", is_flag=True, help="Allow changes; without it the session only reads.")
def shell(configfile: Path, command: str | None, write: bool) -> None:
    """Open psql on the database, starting the embedded server if need be.

    \b
        snakescribe db shell config/demo.yaml -c "select * from failed_recordings"
    """
    from snakescribe.database.access import run_psql
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    raise SystemExit(run_psql(Path(config.results), config.database, command, write))


@db.command(cls=ConfigCommand)
@config_argument
def tunnel(configfile: Path) -> None:
    """Hold the way to a database behind SSH open, and print a URL that works until Ctrl-C.

    \b
        snakescribe db tunnel config/far.yaml
    """
    from time import sleep

    from snakescribe.database.access import reachable_url
    from snakescribe.database.environment import given_ssh
    from snakescribe.errors import UserError
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    if given_ssh(config.database) is None:
        raise UserError(
            f"{configfile}: there is no way by SSH to hold open (`database.ssh`); "
            "`snakescribe db url` prints a URL"
        )
    with reachable_url(Path(config.results), config.database) as (url, name):
        click.echo(url)
        click.echo(f"the way to {name} is open; Ctrl-C closes it", err=True)
        with suppress(KeyboardInterrupt):
            while True:
                sleep(3600)


@db.command(cls=ConfigCommand)
@config_argument
def stop(configfile: Path) -> None:
    """Stop the embedded server of a run.

    \b
        snakescribe db stop config/demo.yaml
    """
    from snakescribe.database.access import stop_server
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(stop_server(Path(config.results), config.database))


@db.command(cls=ConfigCommand)
@config_argument
def claim(configfile: Path) -> None:
    """Say that the rows under the name of this run's results are its own, and may be replaced.

    A load refuses to replace rows that came from another results folder: one of another person, or
    one of yours that was removed and computed anew.

    \b
        snakescribe db claim config/demo.yaml
    """
    from snakescribe.load.identity import claim_corpus
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(claim_corpus(Results(Path(config.results)), config.database))


@db.command(cls=ConfigCommand)
@config_argument
@click.argument("role")
def grant(configfile: Path, role: str) -> None:
    """Let a user or a group of the server read all tables, and change nothing.

    A role that the server does not have is made, without the right to log in.

    \b
        snakescribe db grant config/far.yaml readers
    """
    from snakescribe.database.readers import grant_reading
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(grant_reading(Path(config.results), config.database, role))


@db.command(cls=ConfigCommand)
@config_argument
@click.argument("role")
def revoke(configfile: Path, role: str) -> None:
    """Take the right to read back from a user or a group of the server.

    \b
        snakescribe db revoke config/far.yaml readers
    """
    from snakescribe.database.readers import revoke_reading
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(revoke_reading(Path(config.results), config.database, role))


@db.command(cls=ConfigCommand)
@config_argument
@click.argument("folder", type=Folder)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="Kind of the files.",
)
@click.option("--table", "tables", multiple=True, help="A table or view; else all tables.")
@click.option("--all", "all_corpora", is_flag=True, help="The rows of all results folders.")
def export(
    configfile: Path, folder: Path, form: str, tables: tuple[str, ...], all_corpora: bool
) -> None:
    """Write tables and views into FOLDER, a file each, for programs that reach no server.

    \b
        snakescribe db export config/demo.yaml exported
        snakescribe db export config/demo.yaml exported --format csv \\
            --table wer_by_condition --table words
    """
    from snakescribe.load.export import export_tables
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    results = Results(Path(config.results))
    written = export_tables(results, config.database, folder, form, tables, all_corpora=all_corpora)
    for name, count in written.items():
        click.echo(f"{folder / name}.{form}: {count} rows")


@db.command(cls=ConfigCommand)
@config_argument
def duckdb(configfile: Path) -> None:
    """Print SQL that makes views for DuckDB of the tables in the results folder: no server.

    \b
        snakescribe db duckdb config/demo.yaml > views.sql
        duckdb -init views.sql
    """
    from snakescribe.load.duckdb_views import duckdb_views
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    click.echo(duckdb_views(Results(Path(read_run(configfile).results))), nl=False)


@db.command()
@click.option("--write", type=InputFile, help="Put the tables into this Markdown file instead.")
def tables(write: Path | None) -> None:
    """Describe all tables and views of the database, as Markdown.

    They are made by the migrations, in an embedded server of its own that is removed again.

    \b
        snakescribe db tables | less
    """
    import psycopg2

    from snakescribe.database.embedded import EmbeddedServer
    from snakescribe.docs.database_tables import database_text
    from snakescribe.docs.generated import DATABASE, replace_generated
    from snakescribe.store import scratch

    with scratch() as folder, EmbeddedServer(folder / "postgres").use() as url:
        connection = psycopg2.connect(url)
        try:
            text = database_text(connection)
        finally:
            connection.close()
    if write:
        replace_generated(write, DATABASE, text)
    else:
        click.echo(text, nl=False)
