"""What is taken along: figures as files, one zip to publish, tables that no spreadsheet runs."""

import base64
import csv
import io
import re
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner
from report_study import SOUNDS, Made

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.report.compose import compose_page
from snakescribe.report.downloads import TABLES, make_downloads
from snakescribe.report.publish import find_figures, publish
from snakescribe.report.recordings import Failure
from snakescribe.results import Results
from snakescribe.store import write_text


@pytest.fixture(scope="module")
def printed(make_results: Callable[..., Made]) -> Made:
    made = make_results(recordings=5, chunks=2)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    return made


@pytest.mark.slow
def test_one_zip_has_page_figures_and_tables(printed: Made, tmp_path: Path) -> None:
    config = {
        "results": str(printed.folder),
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny-en": {"weights": "tiny.en"}},
        "prompts": {"none": ""},
        "experiments": {"prompt_study": {"factors": {"model": ["tiny-en"], "prompt": ["none"]}}},
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(config))
    command = ["publish", str(tmp_path / "study.yaml"), "--output"]
    ran = CliRunner().invoke(cli, [*command, str(tmp_path / "a.zip")], catch_exceptions=False)
    assert ran.exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert parts["prompt_study/prompt_study.html"] == printed.page.read_bytes()
    tables = printed.folder / "scores" / "prompt_study"
    assert parts["prompt_study/scores/conditions.csv"] == (tables / "conditions.csv").read_bytes()
    for name, data in parts.items():
        if name != "README.txt":
            assert f"{sha256(data).hexdigest()}  {name}" in parts["README.txt"].decode()
    assert "prompt_study/figures/conditions-by-recordings.svg" in parts
    publish(Results(printed.folder), ["prompt_study"], tmp_path / "b.zip", sound=True)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    publish(Results(printed.folder), ["prompt_study"], tmp_path / "quiet.zip", sound=False)
    with zipfile.ZipFile(tmp_path / "quiet.zip") as archive:
        page = archive.read("prompt_study/prompt_study.html")
    assert b"data:audio" in printed.page.read_bytes() and b"data:audio" not in page
    with pytest.raises(UserError, match="did you mean 'prompt_study'"):
        CliRunner().invoke(
            cli,
            [*command, str(tmp_path / "c.zip"), "--experiment", "prompt_studi"],
            catch_exceptions=False,
        )


def test_a_run_without_a_page_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"study.html is not there; run the workflow first"):
        publish(Results(tmp_path), ["study"], tmp_path / "a.zip", sound=True)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.slow
def test_figures_stand_alone(printed: Made) -> None:
    figures = find_figures(printed.page.read_text())
    assert {"conditions", "pairs", "recordings", "cost", "two-factors"} <= figures.keys()
    for drawing in figures.values():
        root = ElementTree.fromstring(drawing)
        assert float(root.get("width", 0)) > 300
        assert "var(" not in drawing
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawing)) & {"#1c1d20", "#5c6068"}


def test_cells_of_saved_tables_are_no_formulas(tmp_path: Path) -> None:
    failure = Failure("=cmd|' /C calc'!A0", "+1-1", "acquire", "corrupt", "@SUM(1)")
    source = {"listing": "-2+3", "skipped": {"=1": 2}, "listed": -1}
    empty = tmp_path / "scores"
    empty.mkdir()
    for table in TABLES:
        (empty / table.file_name).write_text("condition\n")
    saved = make_downloads(empty, [failure], [source])
    for name in ("left_out", "sources"):
        text = base64.b64decode(saved[name].uri.partition("base64,")[2]).decode()
        (row,) = csv.DictReader(io.StringIO(text))
        for cell in row.values():
            assert cell == "-1" or not cell.startswith(("=", "+", "-", "@")), cell
