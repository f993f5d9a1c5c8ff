"""A run -> what ``snakescribe summary`` shows, as plain data for scripts."""

from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

from snakescribe.acquired import summarize
from snakescribe.cli.figures import read_scores
from snakescribe.config.conditions import Experiment
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.root import Config
from snakescribe.config.used import variants_in_use
from snakescribe.notices.groups import group_notices
from snakescribe.results import Results
from snakescribe.tables.scores import COMPARISONS, CONDITIONS
from snakescribe.workflow.notices import read_notices


def summary_data(config: Config) -> dict[str, Any]:
    """A checked config -> its recordings, experiments and notices.

    Raises:
        UserError: an experiment has not been evaluated.
    """
    results = Path(config.results)
    experiments = expand_experiments(config).values()
    variants = variants_in_use(config, plan_passes(experiments))
    notices = read_notices(Results(results), experiments, variants)
    return {
        "results": str(results),
        "acquire": summarize(Results(results)).as_data(),
        "experiments": [_experiment_data(results, experiment) for experiment in experiments],
        "notices": [asdict(group) for group in group_notices(notices)],
    }


def _experiment_data(results: Path, experiment: Experiment) -> dict[str, Any]:
    """An experiment -> its question, the rows of its two main tables, and its page."""
    folder = results / "scores" / experiment.name
    page = results / "report" / f"{experiment.name}.html"
    tables = {table.name: read_scores(table, folder) for table in (CONDITIONS, COMPARISONS)}
    return {
        "name": experiment.name,
        "question": experiment.question,
        "baseline": experiment.baseline,
        "page": str(page) if page.exists() else None,
        **{name: [_finite(row) for row in rows] for name, rows in tables.items()},
    }


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """A row -> the same, without numbers that JSON has not."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in row.items()
    }
