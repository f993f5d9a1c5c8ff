"""The article says what its scores say, and its study could be run."""

import csv
import importlib.util
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.paths import REPOSITORY

FOLDER = REPOSITORY / "docs" / "article"
PAGE = (REPOSITORY / "docs" / "article.md").read_text(encoding="utf-8")


def recordings() -> list[dict[str, str]]:
    with (FOLDER / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_its_tables_are_those_of_the_scores() -> None:
    spec = importlib.util.spec_from_file_location("article_tables", FOLDER / "tables.py")
    assert spec and spec.loader
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    assert tables.filled(PAGE) == PAGE, "call python docs/article/tables.py"
    assert PAGE.count("| `") > 25


def test_every_recording_has_its_source_and_licence() -> None:
    rows = recordings()
    assert len(rows) == 18
    assert all(row["origin"] and row["license"] and row["reference"] for row in rows)
    assert len({row["speaker"] for row in rows}) == 17


def test_its_study_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("study.yaml", "my_noise.py", "recordings.tsv"):
        shutil.copy(FOLDER / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for row in recordings():
        audio = tmp_path / row["audio"]
        audio.parent.mkdir(exist_ok=True)
        audio.touch()
    done = CliRunner().invoke(cli, ["config", "check", "study.yaml"])
    assert done.exit_code == 0, (done.output, done.exception)
    for name in ("four_factors", "prompts", "cuts"):
        assert f"{name}: factorial" in done.output
