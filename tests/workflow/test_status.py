"""`snakescribe status`: before, during and after a run."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from results_folder import audio_row, chunk_row, item_row, plan_row, recording_row, source_row
from snakescribe.cli import cli
from snakescribe.notices import Job, Kind, collecting, notify
from snakescribe.paths import REPOSITORY
from snakescribe.results import Results
from snakescribe.tables import AUDIO, CHUNKS, ITEMS, PLANS, RECORDINGS, SOURCES, write_table
from snakescribe.workflow.steps import STEPS

SHARDS = {"s00000": ["talk", "broken"], "s00001": ["lecture"]}


@pytest.fixture
def configfile(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    config = {
        "results": str(tmp_path / "results"),
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "prompts": {"none": "", "names": "{title}"},
        "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
    }
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["status", *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def read(configfile: Path) -> dict[str, Any]:
    return json.loads(run("--configfile", str(configfile), "--json"))


def steps(found: dict[str, Any]) -> dict[str, tuple[int, int | None]]:
    return {step["step"]: (step["done"], step["total"]) for step in found["steps"]}


def write_items(results: Results) -> None:
    title = "A \x1b[31mred [bold]title"
    rows = [
        item_row(recording, shard, title=title)
        for shard, recordings in SHARDS.items()
        for recording in recordings
    ]
    write_table(ITEMS, results.path(ITEMS), rows)


def write_shard(results: Results, shard: str, chunks: int) -> None:
    """What acquiring and cutting leave of one shard."""
    failures = {"broken": {"status": "corrupt", "reason": "no [audio] stream"}}
    rows = [recording_row(name, **failures.get(name, {})) for name in SHARDS[shard]]
    write_table(RECORDINGS, results.path(RECORDINGS, shard=shard), rows)
    rows = [plan_row(name, **failures.get(name, {})) for name in SHARDS[shard]]
    write_table(PLANS, results.path(PLANS, shard=shard), rows)
    rows = [chunk_row("x", number, [0.0, 1.0]) for number in range(chunks)]
    write_table(CHUNKS, results.path(CHUNKS, variant="raw", shard=shard), rows)


def test_steps_are_those_of_the_rules() -> None:
    folder = REPOSITORY / "workflow" / "rules"
    rules = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.smk"))
    for step in STEPS:
        assert f" {step.rule}:\n" in rules
        assert f'"<results>/{step.output}"' in rules
        assert f'"<logs>/{step.log}"' in rules


def test_before_anything_ran(configfile: Path) -> None:
    found = read(configfile)
    assert found["state"] == "not started"
    assert steps(found)["recordings fetched"] == (0, None)
    assert "not started" in " ".join(run(str(configfile)).split())


def test_under_way(configfile: Path) -> None:
    results = Results(configfile.parent / "results")
    write_items(results)
    write_shard(results, "s00000", chunks=3)
    journal = results.store / "transcripts" / "tiny.raw.s00000.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"key": 1}\n' * 4, encoding="utf-8")
    log = results.folder / "logs" / "fetch_recordings" / "s00001.log"
    log.parent.mkdir(parents=True)
    log.write_text("12:00:00 INFO fetching\nerror: the disk is full\n", encoding="utf-8")
    running = results.folder / "logs" / "transcribe_chunks" / "tiny.raw" / "s00000.log"
    running.parent.mkdir(parents=True)
    running.write_text("12:00:00 INFO batch 1 of 2\n", encoding="utf-8")

    found = read(configfile)
    assert found["state"] == "under way"
    assert steps(found)["recordings fetched"] == (1, 2)
    assert steps(found)["transcripts"] == (0, 2)
    assert found["transcripts"] == {"done": 4, "total": 6}
    assert found["recordings"]["total"] == 3
    assert found["recordings"]["by_status"] == {"ok": 1, "corrupt": 1, "waiting": 1}
    failed = [job for step in found["steps"] for job in step["failed"]]
    assert failed == [{"log": str(log), "error": "the disk is full"}]

    shown = run(str(configfile))
    assert "broken (A \ufffd[31mred [bold]title): corrupt: no [audio] stream" in shown
    assert "\x1b" not in shown
    assert "the disk is full" in shown


def test_no_speech_by_one_chunking_is_no_recording_left_out(configfile: Path) -> None:
    config = yaml.safe_load(configfile.read_text())
    config["chunkings"] = {"vad": {}, "utterances": {"method": "none"}}
    config["experiments"]["study"]["factors"]["chunking"] = ["vad", "utterances"]
    configfile.write_text(yaml.safe_dump(config))
    results = Results(configfile.parent / "results")
    write_items(results)
    names, silent = ("talk", "broken", "lecture"), {"status": "no_speech", "reason": "nobody"}
    long = {"status": "too_long", "reason": "40 s long"}
    changes = {
        "vad": {"broken": silent, "lecture": silent},
        "utterances": {"broken": silent, "talk": long},
    }
    for chunking, changed in changes.items():
        rows = [plan_row(name, **changed.get(name, {})) for name in names]
        for shard, recordings in SHARDS.items():
            of_shard = [row for row in rows if row["recording"] in recordings]
            write_table(PLANS, results.path(PLANS, chunking=chunking, shard=shard), of_shard)
    found = read(configfile)["recordings"]
    assert found["by_status"] == {"too_long": 1, "no_speech": 1, "ok": 1}
    assert {row["recording"]: row["reason"] for row in found["failures"]} == {
        "broken": "nobody",
        "talk": "by chunking utterances: 40 s long",
    }
    assert "Recordings left out" in run(str(configfile))


def test_complete(configfile: Path) -> None:
    results = Results(configfile.parent / "results")
    write_items(results)
    for shard in SHARDS:
        write_shard(results, shard, chunks=3)
    for step in STEPS:
        for shard in SHARDS:
            names = {
                "shard": shard, "variant": "raw", "model": "tiny", "passname": "tiny.raw",
                "experiment": "study", "cut": "",
            }  # fmt: skip
            path = results.folder / step.output.format_map(names)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                header = "\t".join(AUDIO.names)
                path.write_text(header + "\n", encoding="utf-8")
    begin = time.perf_counter()
    found = read(configfile)
    assert time.perf_counter() - begin < 5
    assert found["state"] == "complete"
    assert found["transcripts"] == {"done": 12, "total": 12}
    assert all(step["done"] == step["total"] for step in found["steps"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        "items.tsv",
        "sources.tsv",
        *(
            f"{name}/s00000.tsv"
            for name in (
                "recordings",
                "audio/raw",
                "plans",
                "chunks/raw",
                "notices/fetch_recordings",
            )
        ),
    ],
)
@pytest.mark.parametrize(
    "damage", ["empty", "noise", "cut", "without its last line", "other table"]
)
def test_damage_of_any_table_is_named_and_stops_nothing(
    place: str, damage: str, configfile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = Results(configfile.parent / "results")
    monkeypatch.setenv("SNAKESCRIBE_RESULTS", str(results.folder.resolve()))
    write_items(results)
    write_table(SOURCES, results.path(SOURCES), [source_row(listed=3, taken=3)])
    for shard in SHARDS:
        write_shard(results, shard, 2)
        rows = [audio_row(name) for name in SHARDS[shard]]
        write_table(AUDIO, results.path(AUDIO, variant="raw", shard=shard), rows)
    with collecting(
        Job("acquire", "fetch_recordings", "s00000"),
        results.folder / "notices/fetch_recordings/s00000.tsv",
    ):
        notify(Kind.RECORDING_FAILED, "gone", recording="broken")
    monkeypatch.delenv("SNAKESCRIBE_RESULTS")
    assert read(configfile)["damaged"] == []
    path = results.folder / place
    content = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "noise": bytes(range(256)) * 8,
            "cut": content[: len(content) // 2],
            "without its last line": content[: content.rindex(b"\n", 0, -1) + 1],
            "other table": b"name\tvalue\nx\t1\n",
        }[damage]
    )
    (told,) = read(configfile)["damaged"]
    size = path.stat().st_size
    what = f"damaged: this is not what was written ({size} bytes); the next run "
    assert told.startswith(f"{path}: {what}")
    assert f"results/{place}: damaged" in run("--configfile", str(configfile)).replace("\n", "")


def test_a_missing_config_is_a_clear_error() -> None:
    result = CliRunner().invoke(cli, ["status", "nowhere.yaml"])
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.output
