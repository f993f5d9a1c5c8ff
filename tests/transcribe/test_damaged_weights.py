"""Weights are compared with their receipt when they are used, and fetched anew where damaged."""

from pathlib import Path
from typing import Any

import pytest

from snakescribe.errors import UserError
from snakescribe.store import file_sha256
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.receipt import Receipt
from snakescribe.transcribe.weights.verify import check_small_files, check_weights
from sounds import spoil

# A user's engine, which fetches: `models fetch` is called as a program of its own.
OWN_ENGINE = """
from pathlib import Path

from snakescribe.paths import cache_folder
from snakescribe.store import file_sha256
from snakescribe.transcribe.engines.external import ExternalEngine


class Own(ExternalEngine):
    OPTIONS = frozenset()

    def __init__(self, model, weights, threads, device):
        self.batch_size = 1

    @classmethod
    def fetch_weights(cls, weights):
        folder = cache_folder() / "models" / weights
        folder.mkdir(parents=True, exist_ok=True)
        for name, size in (("model.bin", 20_000_000), ("words.txt", 1000)):
            (folder / name).write_bytes(bytes(range(250)) * (size // 250))
        files = {str(path.resolve()): file_sha256(path) for path in folder.iterdir()}
        return {"weights": weights, "path": str(folder.resolve()), "sha256": "0" * 64,
                "source": "tests", "files": files}

    def provenance(self):
        return {}

    def decode(self, encoded, requests, options):
        return []
"""
ENGINE = "own_weighty_engine:Own"


@pytest.fixture
def receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """Weights in a cache of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "own_weighty_engine.py").write_text(OWN_ENGINE, encoding="utf-8")
    space: dict[str, Any] = {}
    exec(OWN_ENGINE, space)
    receipt: Receipt = space["Own"].fetch_weights("heavy")
    return receipt


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flipped", "cut short", "gone"])
@pytest.mark.parametrize("name", ["model.bin", "words.txt"])
def test_damaged_weights_are_fetched_again(
    receipt: Receipt, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    check_weights(receipt, ENGINE)
    path = Path(receipt["path"]) / name
    spoil(path, damage)
    if name == "model.bin" and damage == "flipped":
        check_small_files(receipt, ENGINE)
        assert file_sha256(path) != receipt["files"][str(path)]  # too large to be read at a start
        check_weights(receipt, ENGINE)
    else:
        check_small_files(receipt, ENGINE)
    assert {file: file_sha256(Path(file)) for file in receipt["files"]} == receipt["files"]
    assert f"weights are damaged: {path}; they are fetched again" in caplog.text


def test_weights_of_ones_own_are_left_alone(tmp_path: Path, receipt: Receipt) -> None:
    own = tmp_path / "own"
    Path(receipt["path"]).rename(own)
    files = WeightFiles("any", "a model", ("model.bin",), ("words.txt", "more.txt"))
    digests = files.digests_by_path(own, files.digests(own))
    assert [Path(path).name for path in digests] == ["model.bin", "words.txt"]
    mine: Receipt = {**receipt, "path": str(own), "source": "path", "files": digests}
    check_weights(mine, ENGINE)
    spoil(own / "model.bin", "flipped")
    with pytest.raises(UserError, match=r"own/model\.bin: changed .*--forcerun fetch_model"):
        check_weights(mine, ENGINE)
    assert (own / "model.bin").exists()


@pytest.mark.slow
def test_weights_that_are_not_to_be_had_again(tmp_path: Path, receipt: Receipt) -> None:
    (tmp_path / "own_weighty_engine.py").unlink()
    spoil(Path(receipt["path"]) / "model.bin", "flipped")
    with pytest.raises(UserError, match="'heavy' are damaged and not to be had again: "):
        check_weights(receipt, ENGINE)
