"""A package of plug-ins as others write one: built, installed, listed, and used in a real run."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from plugin_examples import call

from snakescribe.paths import REPOSITORY
from snakescribe.tables import AUDIO, ITEMS, PLANS, TRANSCRIPTS, Row, Table, read_table
from sounds import tone, write_wav

pytestmark = pytest.mark.slow

PACKAGE = REPOSITORY / "tests" / "plugin_package"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
CONFIG = {
    "results": "results",
    "recordings": [{"source": "tapes", "folder": "tapes"}],
    "audio": {"raw": [], "clean": ["remove_offset"]},
    "chunking": {"detector": "loud_frames"},
    "models": {"beeper": {"engine": "beeper", "weights": "Two beeps"}},
    "experiments": {"offset": {"factors": {"audio": ["raw", "clean"]}}},
    "scoring": {"normalizers": ["numbers_spelled"], "metrics": ["wer", "length"]},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what pip installs of the package, without a network."""
    folder = tmp_path_factory.mktemp("plugins")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    source = shutil.copytree(PACKAGE, folder / "source", ignore=ignored)  # building writes there
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--target", folder / "site")
    subprocess.run([*PIP, "install", *options, source], check=True, timeout=120)
    return folder / "site"


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings: both swing about 0.2 instead of 0, and one begins with no swing at all."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "tapes").mkdir()
    late = np.concatenate([np.zeros(32_000, np.float32), tone(4, level=0.3)])
    for name, samples, said in (("a", tone(5, level=0.3), "2 beeps"), ("b", late, "Two beeps")):
        write_wav(folder / "tapes" / f"{name}.wav", samples + np.float32(0.2))
        (folder / "tapes" / f"{name}.said").write_text(f"{said}\n", encoding="utf-8")
    (folder / "study.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    return folder


def test_its_names_are_listed_and_loaded(site: Path, tapes: Path) -> None:
    listed = call(tapes, "snakescribe", "config", "plugins", path=str(site))
    assert listed.returncode == 0, listed.stderr
    names = (
        "tapes", "remove_offset", "loud_frames", "beeper", "numbers_spelled", "length",
    )  # fmt: skip
    for name in names:
        assert f"\n  {name}: field-tapes 1.0 (field_tapes." in listed.stdout
    without = call(tapes, "snakescribe", "config", "plugins")
    assert "field-tapes" not in without.stdout and without.returncode == 0
    unknown = call(tapes, "snakescribe", "config", "check", "study.yaml")
    assert unknown.returncode == 1
    for name in names:
        assert f"'{name}'" in unknown.stderr


def test_a_package_whose_plug_in_fails_is_named(site: Path, tapes: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken)
    (broken / "field_tapes" / "metric.py").write_text("LENGTH = 'no metric'\n", encoding="utf-8")
    listed = call(tapes, "snakescribe", "config", "plugins", path=str(broken))
    assert listed.returncode == 1
    assert "the metric 'length' of the package 'field-tapes'" in listed.stderr
    assert "Traceback" not in listed.stderr


def test_all_six_work_in_a_run(site: Path, tapes: Path) -> None:
    def rows(table: Table, path: str) -> list[Row]:
        return list(read_table(table, tapes / "results" / path))

    done = call(
        tapes,
        *("snakemake", "evaluate", "--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
        *("--workflow-profile", "none", "--scheduler", "greedy", "--cores", "2"),
        *("--configfile", "study.yaml"),
        path=str(site),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    items = rows(ITEMS, "items.tsv")
    assert [(item["title"], item["reference"]) for item in items] == [
        ("Tape a", "2 beeps"),
        ("Tape b", "Two beeps"),
    ]
    for row in rows(AUDIO, "audio/clean/s00000.tsv"):
        [filtered] = row["fitted"]
        assert filtered["offset"] == pytest.approx(0.2, abs=0.01)
    regions = {row["recording"]: row["speech"] for row in rows(PLANS, "plans/s00000.tsv")}
    assert regions["b"] == [[pytest.approx(2, abs=0.05), pytest.approx(6, abs=0.05)]]
    receipt = json.loads((tapes / "results/models/beeper.json").read_text(encoding="utf-8"))
    assert receipt["engine"] == "beeper"
    for variant, words in (("raw", "humming"), ("clean", "Two beeps")):
        transcripts = rows(TRANSCRIPTS, f"transcripts/beeper.{variant}/s00000.parquet")
        assert {row["text"] for row in transcripts} == {words}
    with (tapes / "results/scores/offset/metrics.csv").open(encoding="utf-8") as stream:
        figures = {
            (row["condition"], row["normalizer"], row["figure"]): float(row["value"])
            for row in csv.DictReader(stream)
            if row["value"]
        }
    expected = {("raw", "wer"): 1.0, ("raw", "length_ratio"): 0.5, ("clean", "wer"): 0.0}
    for (variant, figure), value in expected.items():
        assert figures[variant, "numbers_spelled", figure] == value


def test_its_scores_can_be_published_and_computed_again(site: Path, tapes: Path) -> None:
    """After the run above; who checks them must say that the package's code may run."""
    done = call(
        tapes,
        *("snakemake", "report", "--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
        *("--workflow-profile", "none", "--scheduler", "greedy", "--cores", "2"),
        *("--configfile", "study.yaml"),
        path=str(site),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    command = ("snakescribe", "publish", "study.yaml", "--output", "study.zip", "--audio")
    packed = call(tapes, *command, path=str(site))
    assert packed.returncode == 0, packed.stderr
    assert "left out: sound of" not in packed.stdout
    refused = call(tapes, "snakescribe", "verify", "study.zip", path=str(site))
    assert refused.returncode == 1
    assert "'numbers_spelled' is none of ours" in refused.stderr
    checked = call(tapes, "snakescribe", "verify", "study.zip", "--plugins", path=str(site))
    assert checked.returncode == 0, checked.stderr
    assert "offset: 4 of 4 rows of chunks.parquet have the same counts" in checked.stdout


def test_a_reporter_of_others_tells_the_provenance_of_every_job_and_no_secret(
    site: Path, tapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the runs above: a crate of Snakemake's records, by a plug-in that we did not write."""
    secrets = {
        "OPENAI_API_KEY": "sk-proj-4fQ9aZx7Lm2Wk8Tn5Vb1Yc6D",
        "SNAKESCRIBE_PROXY": "socks5://jane:pr0xy-Secret@proxy.example.org:1080",
        "YOUTUBE_API_KEY": "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        "PGPASSWORD": "pg-P4ss:word",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    done = call(
        tapes,
        *("snakemake", "report", "--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
        *("--workflow-profile", "none", "--configfile", "study.yaml", "--reporter", "fairscape"),
        path=str(site),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    text = (tapes / "ro-crate-metadata.json").read_text(encoding="utf-8")
    for secret in (*secrets.values(), "pr0xy-Secret"):
        assert secret not in text
    graph = json.loads(text)["@graph"]
    jobs = [
        entity["name"] for entity in graph if "https://w3id.org/EVI#Computation" in entity["@type"]
    ]
    for rule in ("resolve_items", "transcribe_chunks", "score_transcripts", "build_report"):
        assert [name for name in jobs if rule in name], rule
