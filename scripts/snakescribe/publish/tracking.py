"""Scores -> MLflow: a run for each condition, with its levels and figures."""

import csv
import logging
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe import __version__
from snakescribe.config.conditions import Condition, Experiment
from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.publish.archive import make_masks
from snakescribe.publish.masks import Masks
from snakescribe.results import Results
from snakescribe.store import file_sha256

if TYPE_CHECKING:
    from mlflow import MlflowClient

_SCORES = "snakescribe.scores"
_MOST_AT_ONCE = 1000  # metrics that MLflow takes in one call


def log_runs(
    config: Config, configfile: Path, experiments: Sequence[Experiment], place: str
) -> Iterator[str]:
    """Log each condition of some experiments as a run; the same scores are logged once.

    Args:
        config: of the run.
        configfile: where the user has it, or the results folder.
        experiments: those that are wanted, each an experiment of MLflow of the same name.
        place: a folder, which gets a database `mlflow.db`; or the address of a server.

    Yields a line for each experiment.

    Raises:
        UserError: MLflow is not installed or cannot write there, or there are no scores yet.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # it would tell its makers
    try:
        import alembic  # noqa: F401 - MLflow's databases want both
        import sqlalchemy  # noqa: F401
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        remedy = "pip install 'snakescribe[mlflow]'"
        raise UserError(
            f"--mlflow needs a package that is not there ({error}): {remedy}"
        ) from error
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    masks = make_masks(Results(Path(config.results)), configfile)
    address, artifacts = _address(place)
    try:
        client = MlflowClient(tracking_uri=address)
        for experiment in experiments:
            known = client.get_experiment_by_name(experiment.name)
            number = (
                known.experiment_id
                if known
                else client.create_experiment(experiment.name, artifacts)
            )
            logged = _log_experiment(client, number, config, experiment, masks)
            of = len(experiment.conditions)
            yield f"{place}: {experiment.name}, {logged} runs logged, {of - logged} were there"
    except MlflowException as error:
        raise UserError(f"--mlflow {place}: {masks.text(str(error), place)}") from error


def _log_experiment(
    client: "MlflowClient", number: str, config: Config, experiment: Experiment, masks: Masks
) -> int:
    """Log the conditions whose scores are not there yet -> how many these were."""
    from mlflow.entities import Metric, Param, RunTag

    scores = Path(config.results, "scores", experiment.name, "metrics.csv")
    if not scores.is_file():
        raise UserError(f"{scores} is not there; run the workflow first")
    figures, digest = _read_figures(scores), file_sha256(scores)
    complete = client.search_runs([number], f"tags.`{_SCORES}` = '{digest}'", max_results=50_000)
    there = {run.info.run_name for run in complete}
    cells = [cell for cell in experiment.conditions if cell.name not in there]
    ended = int(scores.stat().st_mtime * 1000)
    for cell in cells:
        run = client.create_run(number, ended, run_name=cell.name).info.run_id
        levels = masks.value(_levels(config, cell), "MLflow")
        params = [Param(key, value) for key, value in levels.items()]
        tags = [RunTag(key, value) for key, value in _tags(experiment, cell).items()]
        client.log_batch(run, params=params, tags=tags)
        metrics = [Metric(key, value, ended, 0) for key, value in figures[cell.name].items()]
        for first in range(0, len(metrics), _MOST_AT_ONCE):
            client.log_batch(run, metrics=metrics[first : first + _MOST_AT_ONCE])
        client.set_tag(run, _SCORES, digest)  # the last: what is killed before is logged anew
        client.set_terminated(run, end_time=ended)
    return len(cells)


def _address(place: str) -> tuple[str, str | None]:
    """What the user wrote -> the address for MLflow, and where files of runs would go."""
    if "://" in place:
        return place, None
    folder = Path(place).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'mlflow.db'}", (folder / "artifacts").as_uri()


def _levels(config: Config, cell: Condition) -> dict[str, str]:
    """A condition -> its levels, and what of them a reader of a table wants to see."""
    model = config.models[cell.model]
    levels = {factor: level for factor, level in cell.levels.items() if level}
    return {**levels, "engine": model.engine, "weights": str(model.weights)}


def _tags(experiment: Experiment, cell: Condition) -> dict[str, str]:
    return {
        "snakescribe.version": __version__,
        "snakescribe.design": experiment.design,
        "snakescribe.question": experiment.question,
        "snakescribe.baseline": str(cell.name == experiment.baseline).lower(),
    }


def _read_figures(scores: Path) -> dict[str, dict[str, float]]:
    """metrics.csv -> by condition its figures: `wer`, `wer_low`; later normalisers: `basic/wer`."""
    figures: dict[str, dict[str, float]] = {}
    first = ""
    with scores.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            first = first or row["normalizer"]
            before = "" if row["normalizer"] == first else f"{row['normalizer']}/"
            own = figures.setdefault(row["condition"], {})
            for column, end in (("value", ""), ("low", "_low"), ("high", "_high")):
                if row[column] and math.isfinite(value := float(row[column])):
                    own[f"{before}{row['figure']}{end}".replace(":", ".")] = value
    return figures
