"""What commands print with `--json`: what they show, as data."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from results_folder import blank_row
from snakescribe.cli import cli
from snakescribe.paths import REPOSITORY
from snakescribe.tables import ITEMS, SOURCES, write_table
from snakescribe.tables.scores import COMPARISONS, CONDITIONS

DEMO = str(REPOSITORY / "config" / "demo.yaml")


def read(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    assert result.exit_code == code, (result.output, result.exception)
    return json.loads(result.stdout)


def test_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path))
    folder = tmp_path / "models" / "tiny.en"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(bytes(7))
    models = {row["name"]: row for row in read("models", "list")}
    assert (models["tiny.en"]["here"], models["tiny.en"]["bytes"]) == (True, 7)
    assert (models["base"]["here"], models["base"]["bytes"]) == (False, None)
    assert models["tiny.en"]["engine"] == "faster-whisper"
    shown = CliRunner().invoke(cli, ["models", "list"]).output
    assert all(name in shown for name in models)


def test_a_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(REPOSITORY)
    told = read("config", "check", DEMO)
    assert told["errors"] == told["warnings"] == []
    assert len(told["experiments"]["prompt_and_denoise"]) == 6
    assert told["passes"] == ["tiny-en.raw", "tiny-en.denoised"]
    wrong = tmp_path / "study.yaml"
    wrong.write_text("results: x\nrecordings: [{source: folder, path: none}]\nodd: 1\n", "utf-8")
    (odd, none) = sorted(read("config", "check", str(wrong), code=1)["errors"])
    assert "odd" in odd + none
    assert "no audio file matches 'none'" in odd + none


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en")
def test_tokens() -> None:
    (row,) = read("prompts", "count", "Herons against Kites.")
    assert row["model"] == "tiny.en"
    assert 4 < row["tokens"] < row["budget"] == 223
    assert row["estimated"] is False


def test_a_summary(tmp_path: Path) -> None:
    config = {
        "results": str(tmp_path / "results"),
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "prompts": {"none": "", "names": "{title}"},
        "experiments": {
            "study": {"question": "Does it?", "factors": {"prompt": ["none", "names"]}}
        },
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    results = tmp_path / "results"
    write_table(ITEMS, results / "items.tsv", [])
    write_table(SOURCES, results / "sources.tsv", [])
    refused = CliRunner().invoke(cli, ["summary", str(path), "--json"])
    assert refused.exit_code == 1
    assert "has not been evaluated" in str(refused.exception)
    assert refused.stdout == ""
    scores = results / "scores" / "study"
    rows = [
        blank_row(CONDITIONS, condition="none", wer=0.25, wer_low=float("nan"), is_baseline=True),
        blank_row(CONDITIONS, condition="names", wer=0.2, is_baseline=False),
    ]
    write_table(CONDITIONS, scores / "conditions.csv", rows)
    write_table(COMPARISONS, scores / "comparisons.csv", [])
    told = read("summary", str(path))
    (study,) = told["experiments"]
    assert (study["name"], study["question"], study["page"]) == ("study", "Does it?", None)
    assert [(row["condition"], row["wer"]) for row in study["conditions"]] == [
        ("none", 0.25), ("names", 0.2),
    ]  # fmt: skip
    assert study["conditions"][0]["wer_low"] is None
    assert study["comparisons"] == told["notices"] == []
    assert told["acquire"]["recordings"] == 0
