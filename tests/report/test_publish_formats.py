"""What others' tools read in an archive: each form is held against the tool itself."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import yaml
from crates import find_issues
from huggingface_hub import parse_eval_result_entries
from publishing import call, publish, read_parts, write_config
from report_study import SOUNDS, Made

from snakescribe.acquire.sources import Found, make_source
from snakescribe.acquire.web import Web
from snakescribe.config.acquire import Pace
from snakescribe.config.sources import TableSource
from snakescribe.paths import REPOSITORY
from snakescribe.report.compose import compose_page
from snakescribe.results import Results
from snakescribe.store import write_json, write_text

pytestmark = pytest.mark.slow

NAME = "prompt_study"
READ_FOLDER = """
import json, sys, types

from datasets import Audio, load_dataset

# The library wants it there before it reads a list, to write sound; none is written or decoded.
encoders = types.ModuleType("torchcodec.encoders")
encoders.AudioEncoder = None
sys.modules |= {"torchcodec": types.ModuleType("torchcodec"), "torchcodec.encoders": encoders}
read = load_dataset("audiofolder", data_dir=sys.argv[1])["train"]
read = read.cast_column("audio", Audio(decode=False))
print(json.dumps([{**row, "audio": row["audio"]["path"]} for row in read]))
"""


@pytest.fixture(scope="module")
def unpacked(make_results: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    made = make_results(recordings=4, chunks=2, unread=1)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    write_json(made.folder / "models" / "tiny-en.json", {"sha256": "12" * 32})
    config = write_config(made, folder / "study.yaml")
    options = ("--audio", "--dataset", "acme/games", "--task", "innings")
    more = ("--url", "https://example.org/a.zip", "--license", "CC-BY-4.0")
    publish(config, folder / "study.zip", *options, *more)
    target = folder / "unpacked"
    for name, data in read_parts(folder / "study.zip").items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return target


def scores(unpacked: Path) -> pd.DataFrame:
    return pd.read_parquet(unpacked / "results" / "scores" / NAME / "chunks.parquet")


@pytest.mark.parametrize(
    "profile", ["ro-crate-1.1", "process-run-crate-0.5", "workflow-run-crate-0.5"]
)
def test_the_crate_has_all_that_its_profiles_require(unpacked: Path, profile: str) -> None:
    assert list(find_issues(unpacked, profile)) == []


def test_what_profiles_recommend_lacks_only_what_nobody_told(unpacked: Path) -> None:
    """Who ran it and published it, and the addresses of engines, are not known here."""
    unknown = ("author", "publisher", "agent", "absolute URI", "Application SHOULD have a url")
    for issue in find_issues(unpacked, "process-run-crate-0.5", recommended=True):
        assert any(word in issue for word in unknown), issue


def test_the_judge_finds_what_is_taken_away(unpacked: Path, tmp_path: Path) -> None:
    crate = json.loads((unpacked / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    for entity in crate["@graph"]:
        if entity["@id"] == "./":
            del entity["license"]
        if entity["@id"] == "#run":
            del entity["instrument"]
    write_json(tmp_path / "ro-crate-metadata.json", crate)
    issues = " ".join(find_issues(tmp_path, "workflow-run-crate-0.5"))
    assert "`license`" in issues and "MUST have an instrument" in issues


def test_the_crate_tells_who_made_what_of_what(unpacked: Path) -> None:
    graph = json.loads((unpacked / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    for name, entity in entities.items():
        if entity["@type"] == "File":
            assert (unpacked / name).stat().st_size == int(entity["contentSize"])
    heard = entities["#transcribe-tiny-en.raw"]
    made = entities[heard["instrument"]["@id"]]
    assert (made["name"], made["softwareVersion"]) == ("faster-whisper", "1.2.1")
    assert heard["result"] == {"@id": "results/transcripts/tiny-en.raw/s00000.parquet"}
    assert {"@id": "results/models/tiny-en.json"} in heard["object"]
    scored = entities[f"#score-{NAME}"]
    assert {"@id": f"results/scores/{NAME}/chunks.parquet"} in scored["result"]
    assert heard["result"] in scored["object"]
    assert entities["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}


def test_lhotse_reads_the_cuts_and_hears_them(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lhotse  # with torch: two seconds that the unit layer has not
    from lhotse.qa import validate

    monkeypatch.chdir(unpacked / "dataset")
    cuts = lhotse.load_manifest(f"{NAME}.cuts.jsonl")
    validate(cuts, read_data=True)
    texts = scores(unpacked).groupby("chunk", observed=True)["reference"].first()
    assert len(list(cuts)) == 8
    for cut in cuts:
        said = [supervision.text for supervision in cut.supervisions]
        assert said == ([] if pd.isna(texts[cut.id]) else [texts[cut.id]])
        read, rate = soundfile.read(f"{NAME}/{cut.id}.flac", dtype="float32")
        assert rate == cut.sampling_rate and len(read) == cut.num_samples
        np.testing.assert_array_equal(cut.load_audio()[0], read)


def test_datasets_reads_the_folder(unpacked: Path, tmp_path: Path) -> None:
    folder = unpacked / "dataset" / NAME
    done = subprocess.run(
        [sys.executable, "-c", READ_FOLDER, str(folder)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(done.stdout.splitlines()[-1])
    assert {Path(row["audio"]).name for row in rows} == {
        path.name for path in folder.glob("*.flac")
    }
    table = scores(unpacked)
    heard = {(row.chunk, row.condition): row.hypothesis for row in table.itertuples()}
    for row in rows:
        for condition, text in row["hypotheses"].items():
            assert text == heard[row["chunk"], condition]
    assert sum(row["transcription"] is None for row in rows) == 2


def test_nemo_reads_the_manifest(unpacked: Path) -> None:
    """As NeMo's collections do: a line of JSON each, audio beside the manifest, text, duration."""
    manifest = unpacked / "dataset" / f"{NAME}.nemo.jsonl"
    for line in manifest.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        info = soundfile.info(manifest.parent / entry["audio_filepath"])
        assert (info.channels, info.samplerate) == (1, 16_000)
        assert entry["duration"] == info.duration
        assert isinstance(entry["text"], str) and isinstance(entry["pred_text"], str)


@pytest.mark.parametrize(
    "name", [f"{NAME}.nemo.jsonl", f"{NAME}.cuts.jsonl", f"{NAME}/metadata.jsonl"]
)
def test_the_lists_are_sources_of_ours(
    unpacked: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unpacked / "dataset")
    [listing] = make_source(TableSource(source="table", path=name)).listings()
    read = [found for found in listing.find(Web(tmp_path, Pace())) if isinstance(found, Found)]
    texts = scores(unpacked).groupby("chunk", observed=True)["reference"].first()
    assert {Path(found.locator).stem: found.reference for found in read} == {
        chunk: "" if pd.isna(text) else text for chunk, text in texts.items()
    }
    assert all(Path(found.locator).is_file() for found in read)


def test_the_workflow_scores_the_chunks_as_they_were(unpacked: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(unpacked, tmp_path / "study")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "evaluate",
         "--snakefile", str(REPOSITORY / "workflow" / "Snakefile"), "--workflow-profile", "none",
         "--scheduler", "greedy", "--cores", "2", "--configfile", f"dataset/{NAME}.yaml"],
        cwd=folder, capture_output=True, text=True, timeout=580, check=False,
        env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    columns = ["words", "substitutions", "deletions", "insertions"]
    before, after = (
        pd.read_csv(folder / place / "conditions.csv").set_index("condition")[columns]
        for place in (f"results/scores/{NAME}", "again/scores/again")
    )
    assert before["words"].gt(0).all()
    before.index = before.index.str.replace(".", "-")
    pd.testing.assert_frame_equal(before, after.loc[before.index])


def test_the_hub_reads_its_results(unpacked: Path) -> None:
    path = unpacked / "eval_results" / "tiny-en" / ".eval_results" / f"{NAME}.yaml"
    entries = parse_eval_result_entries(yaml.safe_load(path.read_text(encoding="utf-8")))
    table = pd.read_csv(unpacked / "results" / "scores" / NAME / "conditions.csv")
    assert [entry.value for entry in entries] == [round(100 * wer, 4) for wer in table["wer"]]
    for entry, name in zip(entries, table["condition"], strict=True):
        assert (entry.dataset_id, entry.task_id) == ("acme/games", "innings")
        assert entry.source_url == "https://example.org/a.zip"
        audio, prompt = name.split(".")
        assert f"audio {audio}, prompt {prompt}" in (entry.notes or "")


def test_chunks_that_the_store_lost_are_told(
    make_results: Callable[..., Made], tmp_path: Path
) -> None:
    made = make_results(recordings=3, chunks=2)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    table = made.folder / "chunks" / "raw" / "s00000.tsv"
    rows = table.read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace("low 'tone'", "gone")
    write_text(table, "\n".join(rows) + "\n")
    config = write_config(made, tmp_path / "study.yaml")
    ran = call("publish", config, "--output", tmp_path / "a.zip", "--audio")
    assert f"left out: sound of 1 chunks of {NAME}: the store has it no more" in ran.output
    parts = read_parts(tmp_path / "a.zip")
    listed = pd.read_json(io.BytesIO(parts[f"dataset/{NAME}.nemo.jsonl"]), lines=True)
    assert len(listed) == 5
