"""The whole workflow on a tiny corpus: real audio, real weights, a real Postgres."""

import csv
import json
import zipfile
from pathlib import Path
from shutil import rmtree
from typing import Any

import psycopg2
import pytest

from snakescribe.tables import CHUNKS, ITEMS, RECORDINGS, TRANSCRIPTS, read_table

pytestmark = pytest.mark.slow

CONDITIONS = ["raw.none", "raw.names", "denoised.none", "denoised.names"]
FIRST_COLUMNS = [
    *("condition", "recordings", "chunks", "words", "wer", "wer_low", "wer_high", "cer"),
    *("substitutions", "deletions", "insertions", "rtfx"),
]


@pytest.fixture(scope="module")
def study(make_study: Any) -> Any:
    """A study that has run once."""
    made = make_study("whole")
    made.first = made.snakemake()
    assert made.first.returncode == 0, made.first.output
    return made


def journal_size(study: Any) -> dict[str, int]:
    return {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in study.path("store/transcripts").glob("*.jsonl")
    }


def test_every_condition_is_scored(study: Any) -> None:
    with study.path("scores/study/conditions.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[: len(FIRST_COLUMNS)] == FIRST_COLUMNS
    assert [row["condition"] for row in rows] == CONDITIONS
    assert {row["recordings"] for row in rows} == {"2"}
    assert all(0 <= float(row["wer_low"]) <= float(row["wer_high"]) for row in rows)


def test_every_variant_is_cut_at_the_same_places(study: Any) -> None:
    raw, denoised = (
        list(read_table(CHUNKS, study.path(f"chunks/{variant}/s00000.tsv")))
        for variant in ("raw", "denoised")
    )
    assert raw
    assert [(c["chunk"], c["start"], c["end"]) for c in raw] == [
        (c["chunk"], c["start"], c["end"]) for c in denoised
    ]
    assert {c["pcm_md5"] for c in raw}.isdisjoint(c["pcm_md5"] for c in denoised)


def test_a_prompt_is_what_its_recordings_context_says(study: Any) -> None:
    rows = list(read_table(TRANSCRIPTS, study.path("transcripts/tiny-en.raw/s00000.parquet")))
    prompts = {row["recording"]: row["prompt_text"] for row in rows if row["prompt"] == "names"}
    assert prompts == {"game": "Pendry Herons, Kessock Kites.", "museum": ""}


def test_a_broken_recording_gets_a_status_and_stops_nothing(study: Any) -> None:
    rows = {
        row["recording"]: row for row in read_table(RECORDINGS, study.path("recordings/s00000.tsv"))
    }
    assert rows["broken"]["status"] == "corrupt"
    assert rows["broken"]["reason"]
    assert "broken" in study.path("report/study.html").read_text(encoding="utf-8")


def test_the_database_holds_what_the_files_hold(study: Any) -> None:
    receipt = json.loads(study.path("load/study.json").read_text(encoding="utf-8"))
    connection = psycopg2.connect(study.snakescribe("db", "url", "--configfile", "study.yaml"))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM transcriptions")
            count = cursor.fetchone()
    finally:
        connection.close()
        study.snakescribe("db", "stop", "--configfile", "study.yaml")
    assert count == (receipt["rows"]["transcriptions"],)
    assert count[0] > 0


def test_a_second_run_does_nothing(study: Any) -> None:
    again = study.snakemake()
    assert again.returncode == 0
    assert "Nothing to be done" in again.output
    assert again.jobs == {}


def test_snakemakes_own_report_holds_the_page(study: Any) -> None:
    before = study.path("report/study.html").read_bytes()
    run = study.snakemake("--report", "run.zip")
    assert run.returncode == 0, run.output
    assert run.jobs == {}
    with zipfile.ZipFile(study.folder / "run.zip") as archive:
        pages = [name for name in archive.namelist() if name.endswith(".html")]
        held = [archive.read(name) for name in pages]
    assert before in held
    run = study.snakemake()
    assert run.jobs == {}, run.output


def test_what_lacks_in_a_results_folder_is_made_and_nothing_decoded(study: Any) -> None:
    before = journal_size(study)
    rmtree(study.path("notices"))
    again = study.snakemake()
    assert again.returncode == 0, again.output
    assert {"resolve_items", "transcribe_chunks", "build_report"} <= set(again.jobs), again.output
    assert journal_size(study) == before

    study.path("scores/study/conditions.csv").unlink()
    mended = study.snakemake()
    assert set(mended.jobs) == {"compare_conditions", "load_experiment", "build_report", "all"}
    assert study.path("scores/study/conditions.csv").exists()
    assert "Nothing to be done" in study.snakemake().output


def test_a_changed_prompt_decodes_that_prompt_and_what_follows(make_study: Any) -> None:
    study = make_study("prompt")
    study.config["experiments"]["study"]["factors"]["audio"] = ["raw"]
    assert study.snakemake("evaluate").returncode == 0
    before = journal_size(study)
    study.config["prompts"]["names"] = "With {names}."
    again = study.snakemake("evaluate")
    assert again.returncode == 0, again.output
    assert set(again.jobs) == {
        "transcribe_chunks", "measure_chunkings", "score_transcripts", "compare_conditions",
        "evaluate",
    }  # fmt: skip
    rows = read_table(CHUNKS, study.path("chunks/raw/s00000.tsv"))
    chunks = sum(row["recording"] == "game" for row in rows)  # the other one has no names
    assert journal_size(study) == {name: size + chunks for name, size in before.items()}
    study.config["prompts"]["names"] = "{names}."
    back = study.snakemake("evaluate")
    assert journal_size(study) == {name: size + chunks for name, size in before.items()}
    log = study.path("logs/transcribe_chunks/tiny-en.raw/s00000.log").read_text(encoding="utf-8")
    assert "the model was not loaded" in log, back.output

    study.config["chunking"] = {"max_seconds": 4}
    cut_again = study.snakemake("evaluate")
    assert cut_again.returncode == 0, cut_again.output
    assert set(cut_again.jobs) == {
        "plan_chunks", "cut_chunks", "transcribe_chunks", "measure_chunkings", "score_transcripts",
        "compare_conditions", "evaluate",
    }  # fmt: skip

    study.config["scoring"] = {**study.config.get("scoring", {}), "confidence": 0.9}
    judged_again = study.snakemake("evaluate")
    assert set(judged_again.jobs) == {"compare_conditions", "evaluate"}, judged_again.output


def test_a_growing_list_keeps_shards_and_works_on_what_is_new(make_study: Any) -> None:
    study = make_study("growing")
    study.config["sharding"] = {"recordings_per_shard": 1}
    first = study.snakemake("process")
    assert first.jobs["fetch_recordings"] == 3
    lock = {row["recording"]: row["shard"] for row in read_table(ITEMS, study.path("items.tsv"))}
    talks = study.folder / "talks"
    (talks / "aaa.wav").write_bytes((talks / "game.wav").read_bytes())
    again = study.snakemake("process")
    assert again.returncode == 0, again.output
    assert again.jobs["fetch_recordings"] == 1
    assert again.jobs["prepare_audio"] == 2
    grown = {row["recording"]: row["shard"] for row in read_table(ITEMS, study.path("items.tsv"))}
    assert lock.items() < grown.items()
    assert grown["aaa"] == "s00003"


def test_random_groups_give_each_chunk_one_condition(make_study: Any) -> None:
    study = make_study("groups")
    study.config["experiments"]["study"]["design"] = "random_groups"
    study.config["chunking"] = {"max_seconds": 2}
    run = study.snakemake("report")
    assert run.returncode == 0, run.output
    heard = [
        row["chunk"]
        for variant in ("raw", "denoised")
        for row in read_table(
            TRANSCRIPTS, study.path(f"transcripts/tiny-en.{variant}/s00000.parquet")
        )
    ]
    chunks = [row["chunk"] for row in read_table(CHUNKS, study.path("chunks/raw/s00000.tsv"))]
    assert sorted(heard) == sorted(chunks)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"promts": {}}, "study.yaml: promts: unknown key; did you mean 'prompts'?"),
        (
            {"context": [{"table": "gone.tsv"}]},
            "study.yaml: context.0.table: no such file: gone.tsv; paths are relative to",
        ),
        (
            {"experiments": {"study": {"factors": {"audio": ["raw"], "prompt": ["nmes"]}}}},
            "study.yaml: experiments.study.factors.prompt: `prompts` defines no 'nmes'; "
            "did you mean 'names'?",
        ),
        (
            {"models": {"tiny-en": {"weights": "tiny.eng"}}},
            "study.yaml: models.tiny-en.weights: unknown weights 'tiny.eng'",
        ),
    ],
)
def test_a_mistake_in_the_config_is_one_clear_line(
    make_study: Any, change: dict[str, Any], message: str
) -> None:
    study = make_study("mistake")
    study.config |= change
    run = study.snakemake("--dry-run")
    assert run.returncode != 0
    assert message in run.output
    assert "Traceback" not in run.output
    assert not Path(study.folder, "results").exists()


def test_one_file_may_be_asked_for_before_anything_is_there(make_study: Any) -> None:
    study = make_study("one-file")
    files = ("results/plans/s00000.tsv", "results/transcripts/tiny-en.raw/s00000.parquet")
    for file in files:
        run = study.snakemake("--dry-run", file)
        assert run.returncode == 0, run.output
        assert "resolve_items" in run.output
