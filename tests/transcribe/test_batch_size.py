"""`batch_size: auto`: found by trying, within the job's memory, kept; and GPUs that do not work."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faster_whisper
import numpy as np
import pytest
from test_transcribe_shard import Shard, without_times

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.transcribe import batch_size
from snakescribe.transcribe.batch_size import find_batch_size, settle_batch_size
from snakescribe.transcribe.engines.ctranslate2_backend import CTranslate2Backend
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.gpu_faults import clear_gpu_faults
from snakescribe.transcribe.room import Room

AUDIO = [np.zeros(16_000 * seconds, np.float32) for seconds in (3, 9, 5)]


class Timed:
    """An engine whose calls take a fixed time, and some for each chunk above what runs at once."""

    parts_at_once = 1

    clock = 0.0

    def __init__(self, at_once: int, room_for: int = 1000) -> None:
        self.at_once = at_once
        self.room_for = room_for
        self.batch_size = 8
        self.calls: list[int] = []

    def encode(self, audio: list[Any], _: float) -> list[Any]:
        return audio

    def decode(self, encoded: list[Any], requests: Any, _: Any) -> None:
        assert [request.member for request in requests] == list(range(len(encoded)))
        self.calls.append(len(encoded))
        self.batch_size = min(self.batch_size, self.room_for)
        Timed.clock += 0.5 * -(-len(encoded) // self.at_once)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "time", SimpleNamespace(perf_counter=lambda: Timed.clock))


@pytest.mark.usefixtures("clock")
def test_the_fastest_size_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Timed(at_once=8)
    assert find_batch_size(engine, AUDIO, "cpu", Room()) == 8
    assert engine.calls == [1, 1, 2, 4, 8, 16]
    assert find_batch_size(Timed(at_once=64, room_for=10), AUDIO, "cpu", Room()) == 8
    monkeypatch.setattr(batch_size, "PROBE_SECONDS", 2.0)
    assert find_batch_size(Timed(at_once=64), AUDIO, "cpu", Room()) == 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("limit", "size"), [(0, 64), (3000, 64), (2700, 32), (1400, 16), (10, 1)])
def test_memory_is_not_exceeded(monkeypatch: pytest.MonkeyPatch, limit: int, size: int) -> None:
    engine = Timed(at_once=1000)

    def used(_: str) -> int:
        return 200 + 40 * max(engine.calls, default=0)

    monkeypatch.setattr(batch_size, "_used_mb", used)
    room = Room(memory_mb=limit, gpu_memory_mb=1)
    assert find_batch_size(engine, AUDIO, "cpu", room) == size
    assert not limit or used("cpu") <= max(limit, 240)


@pytest.mark.usefixtures("clock")
def test_what_was_found_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "sizes" / "key.json"
    assert settle_batch_size(Timed(at_once=4), AUDIO, "cpu", Room(), kept) == 4
    other = Timed(at_once=16)
    assert settle_batch_size(other, AUDIO, "cpu", Room(), kept) == 4
    assert (other.calls, other.batch_size) == ([], 4)
    kept.write_text(kept.read_text().replace("4", "5", 1))  # which was not written by us
    assert settle_batch_size(other, AUDIO, "cpu", Room(), kept) == 16


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA failed with error out of memory"),
        ValueError("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer"),
        MemoryError("Unable to allocate 3 GiB"),
    ],
)
def test_a_part_is_halved_when_memory_runs_out(error: Exception) -> None:
    def work(part: Any) -> list[int]:
        if len(part) > 2:
            raise error
        return [item * 2 for item in part]

    workers = Workers(1, 8)
    assert workers.map(range(8), work) == [item * 2 for item in range(8)]
    assert workers.batch_size == 2
    with pytest.raises(type(error)):
        workers.map([1], lambda part: work([*part] * 3))


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("CUDA driver version is insufficient for CUDA runtime version", "driver is too old"),
        ("The NVIDIA driver on your system is too old (found version 11040).\nmore", "is too old"),
        ("Library libcublas.so.12 is not found or cannot be loaded", "libraries of CUDA"),
        ("CUDA error: no kernel image is available for execution", "not built for this GPU"),
        ("Found no NVIDIA driver on your system.", "there is no GPU that works here"),
    ],
)
def test_a_gpu_that_cannot_be_used_is_one_line(said: str, meaning: str) -> None:
    with pytest.raises(UserError, match=meaning) as raised, clear_gpu_faults("cuda"):
        raise RuntimeError(said)
    assert "\n" not in str(raised.value)
    assert "--set-resources transcribe_chunks:gpu=0" in str(raised.value)
    with pytest.raises(RuntimeError, match=r"CUDA|NVIDIA|cublas"), clear_gpu_faults("cpu"):
        raise RuntimeError(said)
    with pytest.raises(ValueError, match="other"), clear_gpu_faults("cuda"):
        raise ValueError("something other")


@pytest.mark.parametrize(
    ("stored", "asked", "computed"),
    [
        ("float32", "default", "float16"),
        ("int8_float16", "default", "int8_float16"),
        ("float32", "float32", "float32"),
    ],
)
def test_a_gpu_computes_in_half_precision(
    monkeypatch: pytest.MonkeyPatch, stored: str, asked: str, computed: str
) -> None:
    class Model:
        def __init__(self, _: str, device: str, compute_type: str, **__: Any) -> None:
            assert device == "cuda"
            kind = stored if compute_type == "default" else compute_type
            self.model = SimpleNamespace(compute_type=kind, device="cuda", is_multilingual=False)

    monkeypatch.setattr(faster_whisper, "WhisperModel", Model)
    monkeypatch.setitem(sys.modules, "torch", None)  # which takes seconds to import
    assert CTranslate2Backend("x", asked, 2, "cuda").provenance()["compute_type"] == computed


@pytest.mark.parametrize("value", [0, -1, 2.5, "many", True])
def test_a_batch_size_is_a_number_or_auto(value: Any) -> None:
    assert Weights(weights="x", batch_size="auto").batch == 8
    with pytest.raises(ValueError, match="batch_size"):
        Weights(weights="x", batch_size=value)


@pytest.mark.slow
def test_no_text_depends_on_the_size(
    tiny_en: dict[str, Any], speech: list[np.ndarray], tmp_path: Path
) -> None:
    shard = Shard(tmp_path, speech, tiny_en, (2.0,) * 5)  # more chunks than a batch has at first
    found = shard.run("auto", batch_size="auto")
    (kept,) = (tmp_path / "auto" / "batch_sizes").rglob("*.json")
    size = json.loads(kept.read_text())["batch_size"]
    assert {row["run"]["batch_size"] for row in found} == {size}
    for fixed in (1, 5):
        assert [row["text"] for row in shard.run(f"of{fixed}", batch_size=fixed)] == [
            row["text"] for row in found
        ]
    again = shard.run("auto", batch_size="auto")
    assert without_times(again) == without_times(found)
