"""``snakescribe db runs | compare | delete | restore``: the runs that a database remembers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from snakescribe.cli.options import ConfigCommand, config_argument

if TYPE_CHECKING:
    from snakescribe.load.comparison import RunComparison
    from snakescribe.load.runs import Run

SETTINGS_SHOWN = 40


@click.command(cls=ConfigCommand)
@config_argument
@click.option("--all", "all_corpora", is_flag=True, help="Those of all results folders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def runs(configfile: Path, all_corpora: bool, as_json: bool) -> None:
    """List the runs that the database remembers: each load that changed rows.

    A run that is `present` has its rows in the tables. What an `earlier` one said is kept aside:
    `db compare` shows it, and the SQL function `as_of`.

    \b
        snakescribe db runs config/demo.yaml
        snakescribe db runs config/demo.yaml --all --json
    """
    from snakescribe.load.runs import list_runs
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    listed = list_runs(Results(Path(config.results)), config.database, all_corpora=all_corpora)
    if as_json:
        click.echo(json.dumps([run.__dict__ for run in listed], default=str))
        return
    line = "{:>5}  {:8}  {:16}  {:12}  {:>9}  {}".format
    click.echo(line("run", "state", "loaded", "config", "rows", "experiment, by whom"))
    for run in listed:
        place = f"{run.corpus}: " if all_corpora else ""
        when = f"{run.created_at.astimezone():%Y-%m-%d %H:%M}"
        what = f"{place}{run.experiment}, {_who(run)}"
        click.echo(line(run.run, run.state, when, run.config_digest[:12], run.changed_rows, what))


@click.command(cls=ConfigCommand)
@config_argument
@click.argument("first", type=int, metavar="RUN")
@click.argument("second", type=int, metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(configfile: Path, first: int, second: int, as_json: bool) -> None:
    """Show what differs between two runs: settings, WER and texts of each condition.

    \b
        snakescribe db compare config/demo.yaml 3 7
    """
    from dataclasses import asdict

    from snakescribe.load.comparison import compare_runs
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    compared = compare_runs(Results(Path(config.results)), config.database, first, second)
    if as_json:
        click.echo(json.dumps(asdict(compared), default=str))
    else:
        _show(compared)


@click.command(cls=ConfigCommand)
@config_argument
@click.argument("run", type=int)
def delete(configfile: Path, run: int) -> None:
    """Delete a run, with all that belongs to it; `db restore` brings it back.

    Recordings, chunks and what sites say of them belong to the corpus, and stay.

    \b
        snakescribe db delete config/demo.yaml 3
    """
    from snakescribe.load.deletion import delete_run
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(delete_run(Results(Path(config.results)), config.database, run))


@click.command(cls=ConfigCommand)
@config_argument
@click.argument("run", type=int)
def restore(configfile: Path, run: int) -> None:
    """Bring a deleted run back.

    \b
        snakescribe db restore config/demo.yaml 3
    """
    from snakescribe.load.deletion import restore_run
    from snakescribe.results import Results
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    click.echo(restore_run(Results(Path(config.results)), config.database, run))


def _who(run: "Run") -> str:
    return f"{run.person} on {run.host} with {run.program}"


def _show(compared: "RunComparison") -> None:
    for run in (compared.first, compared.second):
        when = f"{run.created_at.astimezone():%Y-%m-%d %H:%M}"
        click.echo(
            f"run {run.run} ({run.state}): {run.experiment} of {run.corpus}, {when}, {_who(run)}"
        )
    click.echo("\nsettings that differ:" if compared.settings else "\nthe settings are the same")
    for setting in compared.settings[:SETTINGS_SHOWN]:
        click.echo(f"  {setting.place}: {_cut(setting.first)} -> {_cut(setting.second)}")
    if len(compared.settings) > SETTINGS_SHOWN:
        click.echo(f"  and {len(compared.settings) - SETTINGS_SHOWN} more; `--json` has all")
    line = "  {:30} {:>8} {:>8} {:>8}  {}".format
    click.echo("")
    click.echo(line("condition", "WER", "WER", "points", "texts that differ"))
    for pair in compared.conditions:
        name = pair.second or pair.first or ""
        if pair.first and pair.second and pair.first != pair.second:
            name = f"{pair.first} = {pair.second}"
        change = "-"
        if pair.first_wer is not None and pair.second_wer is not None:
            change = f"{100 * (pair.second_wer - pair.first_wer):+.1f}"
        texts = f"{pair.differing} of {pair.common}"
        if not (pair.first and pair.second):
            only = compared.first if pair.first else compared.second
            texts = f"only in run {only.run}"
        click.echo(line(name, _rate(pair.first_wer), _rate(pair.second_wer), change, texts))


def _rate(wer: float | None) -> str:
    return "-" if wer is None else f"{100 * wer:.1f} %"


def _cut(value: Any) -> str:
    from snakescribe.errors import shorten

    return "(nothing)" if value is None else shorten(json.dumps(value, ensure_ascii=False))
