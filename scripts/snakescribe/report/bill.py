"""How far the plan of a study was off: `snakescribe plan`, and what its models then spent."""

from snakescribe.errors import UserError
from snakescribe.report.numbers import duration
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.spent import Difference, Spent, compare_plan, plan_file
from snakescribe.store import read_json


def tell_bill(results: Results, study: Study, spent: Spent) -> list[str]:
    """What the passes of a study spent -> a line for each model; none where no plan was made.

    A plan is kept for the curious: a page is drawn without one that is damaged.
    """
    path = plan_file(results)
    if not path.exists():
        return []
    try:
        planned = read_json(path)["passes"]
    except (UserError, KeyError):
        return []
    models = {condition.pass_name: condition.levels["model"] for condition in study.conditions}
    took = {name: spent.seconds(name) for name in models}
    return [say_difference(line) for line in compare_plan(planned, took, models)]


def say_difference(difference: Difference) -> str:
    """A model's difference -> `tiny-en: 76 s of computing planned, 68 s spent (12 % too much)`."""
    planned, spent = difference.planned, difference.spent
    told = f"{duration(planned)} of computing planned, {duration(spent)} spent"
    return f"{difference.model}: {told} ({how_far_off(planned, spent)})"


def how_far_off(planned: float, real: float) -> str:
    """What was planned, and what it was -> `as planned`, or by which part the plan was wrong."""
    off = round(100 * (planned / real - 1))
    return f"{abs(off)} % too {'much' if off > 0 else 'little'}" if off else "as planned"
