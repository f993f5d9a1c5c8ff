"""The benchmark of transcription calls the program as the workflow's rule does."""

import importlib.util
from pathlib import Path

import pytest

from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.slow


def test_a_sweep_is_timed_and_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = REPOSITORY / "benchmarks"
    monkeypatch.syspath_prepend(folder)
    spec = importlib.util.spec_from_file_location("benchmark", folder / "transcribe.py")
    assert spec and spec.loader
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    monkeypatch.setattr(benchmark, "RECORDINGS", "museum-*.opus")
    bench = benchmark.Bench(tmp_path, copies=1, threads=2)
    for model in benchmark.MODELS:
        seconds, errors = bench.sweep(["none"], ["greedy"], model)
        assert seconds > 0
        assert list(errors) == ["none.greedy"]
        assert 0.02 < errors["none.greedy"] < 0.4
