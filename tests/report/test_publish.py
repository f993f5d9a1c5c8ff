"""What is taken along: figures as files, one zip to publish, tables that no spreadsheet runs."""

import base64
import csv
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from publishing import call, publish, read_parts, write_config
from report_study import SOUNDS, Made

from snakescribe.errors import UserError
from snakescribe.report.compose import compose_page
from snakescribe.report.downloads import TABLES, make_downloads
from snakescribe.report.explorer.scripted import DataFolder
from snakescribe.report.publish import find_figures
from snakescribe.report.recordings import Failure
from snakescribe.results import Results
from snakescribe.store import write_text


@pytest.fixture(scope="module")
def printed(make_results: Callable[..., Made]) -> Made:
    made = make_results(recordings=5, chunks=2)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    explorer = DataFolder(made.folder / "report" / "prompt_study" / "data")
    explorer.write("summary", {"chunks": 10})
    explorer.write_bytes("sound/0", b"fLaC")
    return made


@pytest.fixture(scope="module")
def config(printed: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(printed, tmp_path_factory.mktemp("study") / "study.yaml")


@pytest.mark.slow
def test_one_archive_has_all_that_scores_are_made_of(
    printed: Made, config: Path, tmp_path: Path
) -> None:
    parts = publish(config, tmp_path / "a.zip")
    assert parts["results/report/prompt_study.html"] == printed.page.read_bytes()
    for path in (printed.folder / "scores" / "prompt_study").iterdir():
        assert parts[f"results/scores/prompt_study/{path.name}"] == path.read_bytes()
    assert "results/scores/prompt_study/chunks.parquet" in parts
    for path in (printed.folder / "transcripts").rglob("*.parquet"):
        assert parts[f"results/{path.relative_to(printed.folder)}"] == path.read_bytes()
    assert "figures/prompt_study/conditions-by-recordings.svg" in parts
    assert "snakescribe==" in parts["environment/python-packages.txt"].decode()
    own = yaml.safe_load(parts["config.yaml"])
    assert own["results"] == "results" and "prompt_study" in own["experiments"]
    assert not [name for name in parts if name.endswith((".flac", ".wav"))]
    publish(config, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    quiet = publish(config, tmp_path / "quiet.zip", "--no-sound")
    assert b"data:audio" in printed.page.read_bytes()
    assert b"data:audio" not in quiet["results/report/prompt_study.html"]
    explorer = "results/report/prompt_study/data"
    assert {f"{explorer}/summary.js", f"{explorer}/sound/0.js"} <= parts.keys()
    assert f"{explorer}/summary.js" in quiet and f"{explorer}/sound/0.js" not in quiet
    with pytest.raises(UserError, match="did you mean 'prompt_study'"):
        call("publish", config, "--output", tmp_path / "c.zip", "--experiment", "prompt_studi")


@pytest.mark.slow
def test_it_says_what_it_left_out(config: Path, tmp_path: Path) -> None:
    ran = call("publish", config, "--output", tmp_path / "a.zip")
    left_out = [line.removeprefix("left out: ") for line in ran.output.splitlines()]
    assert "recordings as they were acquired: 7 files, 0.0 MB" in left_out
    for word in ("--audio", "--dataset", "logs"):
        assert [line for line in left_out if word in line], word
    readme = read_parts(tmp_path / "a.zip")["README.md"].decode()
    for line in left_out[1:-2]:
        assert f"- {line}" in readme


@pytest.mark.slow
def test_digests_are_what_others_compute(config: Path, tmp_path: Path) -> None:
    publish(config, tmp_path / "a.zip")
    shutil.unpack_archive(tmp_path / "a.zip", tmp_path / "unpacked")
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(command, cwd=tmp_path / "unpacked", check=True)
    sums = (tmp_path / "unpacked" / "SHA256SUMS").read_text(encoding="utf-8")
    names = {line.partition("  ")[2] for line in sums.splitlines()}
    assert names == read_parts(tmp_path / "a.zip").keys() - {"SHA256SUMS"}


@pytest.mark.slow
def test_a_run_without_a_page_says_what_to_do(
    make_results: Callable[..., Made], tmp_path: Path
) -> None:
    made = make_results(recordings=3, chunks=1)
    config = write_config(made, tmp_path / "study.yaml")
    with pytest.raises(UserError, match=r"prompt_study.html is not there; run the workflow first"):
        call("publish", config, "--output", tmp_path / "a.zip")
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
