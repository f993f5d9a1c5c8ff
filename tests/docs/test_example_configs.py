"""Every example config is a question, is planned, and those that need no network are run."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from snakescribe.docs.examples import examples_text
from snakescribe.paths import REPOSITORY

EXAMPLES = sorted((REPOSITORY / "config" / "examples").glob("*.yaml"))
QUESTIONS = {
    *("engines", "prompts", "prompt_controls", "denoising", "chunking", "beams", "languages"),
    *("speakers", "existing_transcripts", "podcast", "youtube", "no_references"),
    *("random_groups", "repeats", "heard_or_copied", "folder", "database", "command"),
}
# By the tests below; the demo runs a denoised variant.
RUN = {"existing_transcripts", "random_groups", "no_references"}
SHORT = [
    {
        "source": "folder",
        "path": "resources/demo/audio/museum-lock-*.opus",
        "references": "resources/demo/references",
        "language": "en",
    }
]


def snakemake(path: Path, results: Path, *arguments: str, **config: Any) -> str:
    """Run the workflow on an example -> what it said."""
    changes = [f"{key}={json.dumps(value)}" for key, value in config.items()]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", *arguments),
            *("--workflow-profile", "none", "--scheduler", "greedy", "--cores", "2"),
            *("--configfile", str(path.relative_to(REPOSITORY))),
            *("--config", f"results={results}", *changes),
        ],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "SNAKESCRIBE_DATABASE_URL": "",
            "SNAKESCRIBE_SOURCE_URL": "postgresql://reader@127.0.0.1:9/archive",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_there_is_an_example_of_every_question() -> None:
    assert {path.stem for path in EXAMPLES} == QUESTIONS
    for path in EXAMPLES:
        text = path.read_text(encoding="utf-8")
        for experiment in yaml.safe_load(text)["experiments"].values():
            assert experiment["question"].endswith("?")
        assert f"--configfile config/examples/{path.name}" in text, "how it is run"
        assert f"results: results/{path.stem}\n" in text, "examples do not share a folder"


def test_the_page_of_examples_shows_all_of_them() -> None:
    text = examples_text(REPOSITORY / "config" / "examples")
    for path in EXAMPLES:
        code = path.read_text(encoding="utf-8").partition("\n")[2].rstrip()
        assert f"```yaml\n{code}\n```" in text
        assert f"](#{path.stem.replace('_', '-')})" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.stem not in RUN], ids=lambda path: path.stem
)
def test_an_example_is_planned(path: Path, tmp_path: Path) -> None:
    assert "resolve_items" in snakemake(path, tmp_path / "results", "--dry-run", "--quiet", "rules")


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en")
@pytest.mark.parametrize(
    ("name", "experiment", "conditions"),
    [
        ("existing_transcripts", "bought", {"here", "bought"}),
        ("random_groups", "groups", {"none", "names", "unrelated"}),
    ],
)
def test_an_example_is_run(
    name: str, experiment: str, conditions: set[str], tmp_path: Path
) -> None:
    path = REPOSITORY / "config" / "examples" / f"{name}.yaml"
    # Three prompts by lot need three chunks: two recordings.
    recordings = [{**SHORT[0], "path": "resources/demo/audio/museum-*.opus"}]
    changed = recordings if name == "random_groups" else SHORT
    snakemake(path, tmp_path / "results", "evaluate", recordings=changed)
    scores = tmp_path / "results" / "scores" / experiment / "conditions.csv"
    with scores.open(encoding="utf-8", newline="") as stream:
        rows = {row["condition"]: row for row in csv.DictReader(stream)}
    assert rows.keys() == conditions
    for row in rows.values():
        assert int(row["words"]) > 10
        assert 0 <= float(row["wer"]) < 0.8


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en", "moonshine_tiny_en")
def test_the_example_without_references_says_who_disagrees(tmp_path: Path) -> None:
    path = REPOSITORY / "config" / "examples" / "no_references.yaml"
    recordings = [{key: value for key, value in SHORT[0].items() if key != "references"}]
    snakemake(path, tmp_path / "results", "evaluate", recordings=recordings)
    scores = tmp_path / "results" / "scores" / "disagreement"
    with (scores / "comparisons.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["family"] for row in rows} == {"baseline", "pairs"}
    assert all(0.5 < float(row["agreement"]) < 1 for row in rows)
    with (scores / "conditions.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["wer"] for row in csv.DictReader(stream)} == {""}
