"""A data set of chunks -> a config that scores it anew through the whole workflow, without a model.

Each chunk is a recording there, and each condition a model of the engine `files`, which reads what
the condition wrote. Words and errors come out as they were.
"""

import json
from collections.abc import Iterable, Sequence

import yaml

from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Scoring
from snakescribe.config.transcribe import FILES
from snakescribe.publish.contents import Contents
from snakescribe.tables import Row

_LONGEST = 80  # letters that the name of an entry in a config may have


def pack_again(
    folder: str, rows: Iterable[Row], experiment: Experiment, scoring: Scoring, contents: Contents
) -> None:
    """Add `FOLDER.transcripts/CONDITION/CHUNK.json`, and `FOLDER.yaml`, which names them.

    Args:
        folder: of the data set in the archive.
        rows: of its `metadata.jsonl`.
        experiment: whose conditions are the models.
        scoring: of the run; its normalisers and conventions count.
        contents: what they are added to.
    """
    for row in rows:
        for condition, text in row["hypotheses"].items():
            if text is not None:
                name = f"{folder}.transcripts/{condition}/{row['chunk']}.json"
                contents.add_text(name, json.dumps({"text": text}, ensure_ascii=False) + "\n")
    names = _model_names([cell.name for cell in experiment.conditions])
    models = {
        name: {"engine": FILES, "weights": f"{folder}.transcripts/{condition}/{{recording}}.json"}
        for name, condition in names.items()
    }
    (baseline,) = (name for name in names if names[name] == experiment.baseline)
    rules = {"normalizers": list(scoring.normalizers), "conventions": list(scoring.conventions)}
    config = {
        "results": "again",
        "recordings": [{"source": "table", "path": f"{folder}/metadata.jsonl"}],
        "chunking": {"method": "whole"},
        "models": models,
        "prompts": {"none": ""},
        "experiments": {
            "again": {"factors": {"model": list(models)}, "baseline": {"model": baseline}}
        },
        "scoring": rules,
    }
    head = (
        f"# Scores the chunks anew, where the archive is unpacked: snakescribe run {folder}.yaml\n"
    )
    contents.add_text(f"{folder}.yaml", head + yaml.safe_dump(config, sort_keys=False))


def _model_names(conditions: Sequence[str]) -> dict[str, str]:
    """Names of conditions -> them by the names of models; a dot is no part of these."""
    names: dict[str, str] = {}
    for number, condition in enumerate(conditions, start=1):
        name = condition.replace(".", "-")
        if len(name) > _LONGEST or name in names:
            name = f"condition-{number}"
        names[name] = condition
    return names
