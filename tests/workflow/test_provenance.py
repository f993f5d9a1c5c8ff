"""What results were made from is told by the results: from any folder, and where they are copied.

Every try begins in a folder of its own, where Snakemake has never been and so remembers nothing.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.io import IOFile
from snakemake.persistence import MetadataRecord
from snakemake.persistence.file import FilePersistence

from snakescribe.paths import REPOSITORY
from snakescribe.workflow.memory import TravellingMemory, remember_in

pytestmark = pytest.mark.slow

SCORED_AGAIN = {"score_transcripts", "compare_conditions", "evaluate"}


@pytest.fixture(scope="module")
def scored(make_study: Any) -> Any:
    """A study that has been scored once."""
    study = make_study("origin")
    study.config["experiments"]["study"]["factors"]["audio"] = ["raw"]
    run = study.snakemake("evaluate")
    assert run.returncode == 0, run.output
    return study


@pytest.fixture
def elsewhere(scored: Any, tmp_path: Path) -> Any:
    """The study in another folder; its results are copied, and the copies have new times."""
    for name in ("talks", "references.tsv", "context.tsv"):
        (tmp_path / name).symlink_to(scored.folder / name)
    shutil.copytree(scored.path(""), tmp_path / "results", copy_function=shutil.copyfile)
    return type(scored)(tmp_path, json.loads(json.dumps(scored.config)))


def change_prompt(study: Any) -> None:
    study.config["prompts"]["names"] = "With {names}."


def change_scoring(study: Any) -> None:
    study.config["scoring"]["normalizers"] = ["basic"]


def add_recording(study: Any) -> None:
    talks = study.folder / "talks"
    files = sorted(talks.resolve().iterdir())
    talks.unlink()
    talks.mkdir()
    for path in files:
        (talks / path.name).symlink_to(path)
    (talks / "other.wav").symlink_to(files[0])


CHANGES: dict[str, tuple[Callable[[Any], None], set[str]]] = {
    "prompt": (change_prompt, {"transcribe_chunks", "measure_chunkings", *SCORED_AGAIN}),
    "scoring": (change_scoring, SCORED_AGAIN),
    "list": (add_recording, {"resolve_items"}),  # a dry run knows no more before it is listed
}


def test_unchanged_results_are_done_in_their_own_folder_and_elsewhere(
    scored: Any, elsewhere: Any
) -> None:
    for study in (scored, elsewhere):
        run = study.snakemake("evaluate")
        assert "Nothing to be done" in run.output, run.output
        assert run.jobs == {}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_change_bears_on_is_made_anew_from_anywhere(change: str, elsewhere: Any) -> None:
    make, rules = CHANGES[change]
    make(elsewhere)
    dry = elsewhere.snakemake("evaluate", "--dry-run")
    assert dry.returncode == 0, dry.output
    assert rules <= set(dry.jobs), dry.output
    assert change == "list" or set(dry.jobs) == rules


def test_a_folder_that_made_the_results_once_does_not_believe_it_did_so_last(
    scored: Any, elsewhere: Any
) -> None:
    """Two folders share the results; each has memories of its own."""
    for study in (scored, elsewhere):
        study.config = {**study.config, "results": str(elsewhere.path(""))}
    scored.config["results"] = elsewhere.config["results"]
    change_scoring(elsewhere)
    assert set(elsewhere.snakemake("evaluate").jobs) == SCORED_AGAIN
    assert set(scored.snakemake("evaluate").jobs) == SCORED_AGAIN
    scored.config["results"] = "results"


def test_another_version_of_a_step_makes_its_tables_anew(
    elsewhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "scripts" / "snakescribe"
    shutil.copytree(REPOSITORY / "scripts" / "snakescribe", package, symlinks=False)
    step = package / "evaluate" / "compare" / "run.py"
    text = step.read_text("utf-8")
    step.write_text(re.sub(r"^STEP_VERSION = ", "STEP_VERSION = 1", text, flags=re.M), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    dry = elsewhere.snakemake("evaluate", "--dry-run")
    assert set(dry.jobs) == {"compare_conditions", "evaluate"}, dry.output


@pytest.mark.parametrize("damage", ["removed", "cut", "noise"])
def test_tables_of_which_nobody_knows_what_they_were_made_from_are_made_anew(
    damage: str, elsewhere: Any
) -> None:
    (record,) = elsewhere.path("store/memory").rglob("chunks.parquet.json")
    content = record.read_bytes()
    record.write_bytes({"cut": content[:50], "noise": os.urandom(200)}.get(damage, b"[]"))
    if damage == "removed":
        record.unlink()
    dry = elsewhere.snakemake("evaluate", "--dry-run")
    assert set(dry.jobs) == SCORED_AGAIN, dry.output


def test_a_job_that_began_and_never_ended_leaves_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TravellingMemory, "places", [])
    monkeypatch.setattr("snakemake.workflow.FilePersistence", FilePersistence)
    remember_in(tmp_path / "results")
    memory = TravellingMemory(path=tmp_path / ".snakemake")
    table, other = (IOFile(str(tmp_path / name)) for name in ("results/a/x.tsv", "y.tsv"))
    for path in (table, other):
        memory._write_record(str(path), MetadataRecord(rule="make", params=["1"]))
    assert (tmp_path / "results" / "store" / "memory" / "a" / "x.tsv.json").exists()
    job = SimpleNamespace(output=[table, other])
    memory.started(job)
    assert memory.metadata(table) is None
    assert memory.metadata(other).rule == "make"  # not ours: as Snakemake has it
