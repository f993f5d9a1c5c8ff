"""Scores -> results as the model hub of Hugging Face shows them: `.eval_results/*.yaml`.

The format: https://huggingface.co/docs/hub/eval-results
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from snakescribe.config.conditions import Condition, Experiment
from snakescribe.publish.contents import Contents
from snakescribe.results import Results


@dataclass(frozen=True)
class Hub:
    """A data set of the hub (`owner/name`), the task in it, and where the archive will lie."""

    dataset: str = ""
    task: str = "default"
    url: str = ""


def pack_eval_results(
    results: Results, experiments: Sequence[Experiment], contents: Contents, hub: Hub
) -> list[str]:
    """Add a file for each model and experiment: `eval_results/MODEL/.eval_results/EXPERIMENT.yaml`.

    The value is the word error rate in percent. What is below a model's name goes into its own
    repository on the hub.

    Returns what was left out and why.
    """
    if not hub.dataset:
        return [".eval_results for the model hub (--dataset OWNER/NAME says which data set it is)"]
    left_out = []
    for experiment in experiments:
        path = results.folder / "scores" / experiment.name / "conditions.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = {row["condition"]: row for row in csv.DictReader(stream)}
        entries: dict[str, list[EvalResultEntry]] = {}
        for cell in experiment.conditions:
            row = rows.get(cell.name, {})
            if row.get("wer"):
                entries.setdefault(cell.model, []).append(_to_entry(cell, row, hub))
            else:
                left_out.append(f".eval_results of {cell.name}: it has no word error rate")
        for model, listed in entries.items():
            name = f"eval_results/{model}/.eval_results/{experiment.name}.yaml"
            plain: list[dict[str, Any]] = eval_result_entries_to_yaml(listed)
            contents.add_text(name, yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
    return left_out


def _to_entry(cell: Condition, row: dict[str, str], hub: Hub) -> EvalResultEntry:
    levels = ", ".join(
        f"{factor} {level}" for factor, level in cell.levels.items() if level and factor != "model"
    )
    low, high = row.get("wer_low"), row.get("wer_high")
    between = f", interval {_percent(low)} to {_percent(high)}" if low and high else ""
    return EvalResultEntry(
        dataset_id=hub.dataset,
        task_id=hub.task,
        value=_percent(row["wer"]),
        source_url=hub.url or None,
        source_name="snakescribe archive" if hub.url else None,
        notes=f"WER in percent{between}; {levels}; normaliser {row['normalizer']}",
    )


def _percent(share: str) -> float:
    return round(100 * float(share), 4)
