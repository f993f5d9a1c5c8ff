"""``snakescribe plan``: how much work a study is, before it is run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from snakescribe.cli.options import ConfigCommand, config_argument, json_option, print_json

if TYPE_CHECKING:
    from snakescribe.workflow.plan import Plan


@click.command(cls=ConfigCommand)
@config_argument
@click.option("--calibrate", is_flag=True, help="Time its models first, on a minute of its sound.")
@json_option
def plan(configfile: Path, calibrate: bool, as_json: bool) -> None:
    """Say what CONFIG would run, and what that takes: sound, hours, disk, money.

    Hours are reckoned by the rates of earlier runs on this machine; nothing is fetched. The run's
    end and the report say how far off it was.

    \b
        snakescribe plan study.yaml
        snakescribe plan study.yaml --calibrate
    """
    from snakescribe.workflow.calibrate import time_models
    from snakescribe.workflow.corpus_length import measure_corpus
    from snakescribe.workflow.plan import Planner, keep_plan
    from snakescribe.workflow.rates import read_rates
    from snakescribe.workflow.read import read_run

    checked = read_run(configfile)
    corpus = measure_corpus(checked)
    if calibrate:
        time_models(checked, corpus, lambda line: click.echo(line, err=True))
    planned = Planner(checked, corpus, read_rates()).plan()
    keep_plan(planned)
    if as_json:
        print_json(planned.as_data())
    else:
        _show(planned)


def _show(plan: "Plan") -> None:
    from snakescribe.report.numbers import duration

    conditions = sum(plan.conditions.values())
    lines = [
        ("study", f"{_count(len(plan.conditions), 'experiment')}, {_count(conditions, 'condition')}"
                  f" in {_count(len(plan.passes), 'pass')}, {_count(plan.jobs, 'job')}"),
        ("sound", f"{_count(plan.recordings, 'recording')}, {_hours(plan.sound_hours)}"
                  f"{_how_known(plan)}"),
    ]  # fmt: skip
    for model in plan.models:
        hours = "? hours"
        if model.hours is not None:
            hours = f"{_hours(model.hours)} of {model.kind}"
        price = "" if model.price is None else f", {model.price:,.2f} to pay"
        heard = f"for {_hours(model.sound_hours)} of sound x conditions"
        lines.append((f"model {model.model}", f"{hours} {heard}{price} ({model.basis})"))
    if plan.elapsed_seconds is None:
        lines.append(("time", f"cannot be told ({plan.elapsed_basis})"))
    else:
        told = f"about {duration(plan.elapsed_seconds)} from start to end ({plan.elapsed_basis})"
        lines.append(("time", told))
    parts = ", ".join(f"{name} {_size(count)}" for name, count in plan.disk_bytes.items() if count)
    lines.append(("disk", f"{_size(sum(plan.disk_bytes.values()))}: {parts}"))
    if plan.price is not None:
        lines.append(("price", f"{plan.price:,.2f}"))
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        click.echo(f"{name:<{width}}  {text}")


def _how_known(plan: "Plan") -> str:
    if not plan.guess:
        return ", all of them known"
    return f": {plan.stated} of known length; {plan.guess}"


def _hours(hours: float) -> str:
    from snakescribe.report.numbers import duration
    from snakescribe.spent import SECONDS_AN_HOUR

    return duration(hours * SECONDS_AN_HOUR)


def _count(number: int, noun: str) -> str:
    ending = "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending * (number != 1)}"


def _size(count: int) -> str:
    from snakescribe.acquire.progress import format_bytes

    return format_bytes(count)
