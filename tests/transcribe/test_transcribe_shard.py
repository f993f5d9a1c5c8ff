"""`snakescribe transcribe run` on a shard: killed, resumed, cached in part, by each engine."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from results_folder import audio_row, chunk_row, item_row, plan_row, recording_row
from snakescribe.config.transcribe import Decoding
from snakescribe.ffmpeg.flac import stated_md5, write_flac
from snakescribe.store import write_json
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    ITEMS,
    PLANS,
    RECORDINGS,
    TRANSCRIPTS,
    read_table,
    write_table,
)

pytestmark = pytest.mark.slow

SECONDS = 4.0
NAMES = "Pendry Herons, Kessock Kites"
PROMPTS = {
    "none": "",
    "names": "{names}.",
    "previous": "{previous_transcription}",
}


class Shard:
    """The tables of a shard in a folder: two recordings of three chunks each."""

    def __init__(
        self,
        folder: Path,
        speech: list[np.ndarray],
        receipt: dict[str, Any],
        lengths: Sequence[float] = (SECONDS, SECONDS, SECONDS),
    ) -> None:
        self.folder = folder
        self.receipt = receipt
        self.prompts = PROMPTS
        names = ["museum", "game"]
        chunks = []
        for name, samples in zip(names, speech[1:], strict=True):
            for number, seconds in enumerate(lengths):
                first = number * 16_000  # their sounds overlap, so that each has speech
                part = samples[first : first + round(seconds * 16000)]
                start = number * max(lengths)
                path = folder / "audio" / f"{name}-{number:04d}.flac"
                path.parent.mkdir(exist_ok=True)
                write_flac(part, path)
                chunks.append(
                    chunk_row(
                        name, number, [start, start + seconds], audio=str(path),
                        pcm_md5=stated_md5(path),
                    )
                )  # fmt: skip
        items = [item_row(name, context={"names": NAMES}) for name in names]
        times = [[one["start"], one["end"]] for one in chunks if one["recording"] == "game"]
        write_table(AUDIO, folder / "audio.tsv", [audio_row(name) for name in names])
        write_table(CHUNKS, folder / "chunks.tsv", chunks)
        write_table(ITEMS, folder / "items.tsv", items)
        write_table(RECORDINGS, folder / "recordings.tsv", [recording_row(name) for name in names])
        write_table(PLANS, folder / "plans.tsv", [plan_row(name, times) for name in names])

    def with_model(self, receipt: dict[str, Any]) -> "Shard":
        """The same tables for another model."""
        other = copy(self)
        other.receipt = receipt
        return other

    def command(self, store: str, **model: Any) -> list[str]:
        """The call that transcribes the shard under three prompts."""
        entry = {"engine": "faster-whisper", "weights": "tiny.en", "compute_type": "int8"}
        settings = {
            "model": {**entry, "batch_size": 1, **model},
            "audio": "raw", "name": "tiny.raw", "model_name": "tiny",
            "pairs": [[prompt, "greedy"] for prompt in self.prompts], "grouped": [],
            "prompts": {
                name: {"template": template, "terms": "", "score": "", "max_tokens": 223,
                       "terms_sha256": ""}
                for name, template in self.prompts.items()
            },
            "decoding": {"greedy": Decoding().model_dump()},
        }  # fmt: skip
        write_json(self.folder / "model.json", self.receipt)
        tables = [f"--{name}={self.folder / name}.tsv" for name in TABLES]
        return [
            *(sys.executable, "-m", "snakescribe", "transcribe", "run", *tables),
            *(f"--model={self.folder / 'model.json'}", f"--settings={json.dumps(settings)}"),
            *("--shard=s00000", "--threads=2", f"--store={self.folder / store}"),
            f"--output={self.output(store)}",
        ]

    def output(self, store: str) -> Path:
        return self.folder / f"{store}.parquet"

    def journal(self, store: str) -> Path:
        return self.folder / store / "transcripts" / "tiny.raw.s00000.jsonl"

    def run(self, store: str, **model: Any) -> list[dict[str, Any]]:
        subprocess.run(self.command(store, **model), check=True, capture_output=True, timeout=300)
        return list(read_table(TRANSCRIPTS, self.output(store)))


TABLES = ("items", "recordings", "audio", "plans", "chunks")

TIMES = ("feature_seconds", "encode_seconds", "decode_seconds", "run")


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory, speech: Any, tiny_en: dict[str, Any]) -> Shard:
    return Shard(tmp_path_factory.mktemp("shard"), speech, tiny_en)


@pytest.fixture(scope="module")
def whole(shard: Shard) -> list[dict[str, Any]]:
    return shard.run("whole")


def test_every_chunk_has_a_row_for_every_prompt(whole: list[dict[str, Any]]) -> None:
    assert len(whole) == 6 * len(PROMPTS)
    first = next(row for row in whole if row["prompt"] == "names")
    assert first["prompt_text"] == "Pendry Herons, Kessock Kites."
    assert first["prompt_tokens"] > 5
    assert first["tries"] == 1
    told = first["run"]
    assert told["threads"] == 2
    assert told["device_name"]
    assert told["peak_memory_mb"] > 50
    assert told["gpu_memory_mb"] is None
    assert all(row["run"] == told for row in whole)
    assert len(told["job"]) == 32
    assert told["more"].keys() == {
        "ctranslate2_version",
        *("started", "load_average", "calibration_ms", "calibration_slowest_ms"),
        *("wall_seconds", "processor_seconds"),
    }
    assert (
        0 < float(told["more"]["calibration_ms"]) <= float(told["more"]["calibration_slowest_ms"])
    )
    assert 0 < float(told["more"]["processor_seconds"]) < 60


def test_what_an_earlier_version_decoded_is_kept(shard: Shard, whole: list[dict[str, Any]]) -> None:
    entries = [json.loads(line) for line in shard.journal("whole").read_text().splitlines()]
    for number, entry in enumerate(entries):
        del entry["crc32"]
        del entry["row"]["run"]["job"]  # two jobs, which took the same time to load the model
        entry["row"]["run"]["threads"] = 1 + number % 2
    before = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    shard.journal("earlier").parent.mkdir(parents=True)
    shard.journal("earlier").write_text(before)
    rows = shard.run("earlier")
    assert without_times(rows) == without_times(whole)
    assert shard.journal("earlier").read_text() == before
    assert {len(row["run"]["job"]) for row in rows} == {32}
    assert len({row["run"]["job"] for row in rows}) == 2


def test_the_previous_transcription_is_the_prompt_of_the_next_chunk(
    whole: list[dict[str, Any]],
) -> None:
    rows = {row["chunk"]: row for row in whole if row["prompt"] == "previous"}
    assert rows["game-0000"]["prompt_text"] == ""
    for number in range(1, 3):
        before = " ".join(rows[f"game-{earlier:04d}"]["text"] for earlier in range(number))
        assert rows[f"game-{number:04d}"]["prompt_text"] == " ".join(before.split())


@pytest.mark.parametrize("lines", [1, 8, 13])
def test_a_killed_job_goes_on_where_it_was(
    shard: Shard, whole: list[dict[str, Any]], lines: int
) -> None:
    store = f"killed{lines}"
    journal = shard.journal(store)
    process = subprocess.Popen(shard.command(store), stderr=subprocess.DEVNULL)
    while count_lines(journal) < lines and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was done before it could be killed"
    assert not shard.output(store).exists()
    kept = journal.read_bytes()
    rows = shard.run(store)
    assert without_times(rows) == without_times(whole)
    after = journal.read_bytes()
    assert after.startswith(kept[: kept.rfind(b"\n") + 1])
    keys = [json.loads(line)["key"] for line in after.splitlines()]
    assert len(keys) == len(set(keys))  # nothing that was kept has been decoded again


def count_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_what_is_cached_changes_nothing(shard: Shard, whole: list[dict[str, Any]]) -> None:
    shard.run("part")
    journal = shard.journal("part")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[::3]))
    assert without_times(shard.run("part")) == without_times(whole)
    before = journal.read_bytes()
    assert without_times(shard.run("part")) == without_times(whole)
    assert journal.read_bytes() == before


def test_the_batch_size_does_not_change_the_text(shard: Shard, whole: list[dict[str, Any]]) -> None:
    texts = [row["text"] for row in shard.run("large", batch_size=8)]
    assert texts == [row["text"] for row in whole]


def test_openai_whisper_runs_the_same_shard(
    shard: Shard, whole: list[dict[str, Any]], tiny_en_checkpoint: Path
) -> None:
    import jiwer

    from snakescribe.transcribe.engines.openai_whisper import OpenaiWhisper

    receipt = OpenaiWhisper.fetch_weights(str(tiny_en_checkpoint))
    rows = shard.with_model(receipt).run(
        "openai", engine="openai-whisper", compute_type="default", batch_size=8
    )
    assert rows[0]["run"]["engine"] == "openai-whisper"
    assert rows[0]["run"]["more"]["torch_version"]
    assert all(row["words"] for row in rows if row["text"])
    said = [[row["text"] or "-" for row in some] for some in (whole, rows)]
    assert jiwer.wer(*said) < 0.2  # 8-bit against 32-bit numbers, on speech that is cut anywhere


def test_a_program_runs_the_same_shard(shard: Shard, tmp_path: Path) -> None:
    from snakescribe.transcribe.engines.command import Command

    program = tmp_path / "recognise.py"
    program.write_text(
        "import json, sys; print(json.dumps({'text': sys.argv[2] or 'nothing'}))", encoding="utf-8"
    )
    receipt = Command.fetch_weights(f"{sys.executable} {program} {{audio}} {{prompt}}")
    rows = shard.with_model(receipt).run("command", engine="command", compute_type="default")
    by_prompt = {row["prompt"]: row["text"] for row in rows if row["chunk"] == "game-0001"}
    assert by_prompt == {
        "none": "nothing",
        "names": "Pendry Herons, Kessock Kites.",
        "previous": "nothing",
    }
