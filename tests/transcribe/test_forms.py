"""Which form of weights an engine takes, refuses or converts; nothing is loaded."""

import errno
import json
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.config.transcribe import Model
from snakescribe.errors import UserError
from snakescribe.machine import MachineError, make_folder, told
from snakescribe.transcribe.engines import engine_class
from snakescribe.transcribe.weights.checkpoints import fetch_checkpoint
from snakescribe.transcribe.weights.hub import is_hub_address
from snakescribe.workflow.params import transcribe_environment


def write_folder(folder: Path, kind: str, *names: str) -> str:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    for name in names:
        (folder / name).write_bytes(b"weights")
    return str(folder)


def test_what_an_engine_converts_is_told(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "tuned", "whisper", "model.safetensors", "preprocessor_config.json"
    )
    checkpoint = tmp_path / "tuned.pt"
    checkpoint.write_bytes(b"PK\x03\x04weights")
    for engine, weights, said in (
        ("faster-whisper", folder, "a folder of transformers; the run converts it"),
        ("faster-whisper", str(checkpoint), "a .pt file of openai-whisper; the run converts it"),
        ("openai-whisper", folder, "a folder of transformers; the run converts it"),
        ("transformers", str(checkpoint), "a .pt file of openai-whisper; the run converts it"),
        ("openai-whisper", str(checkpoint), ""),
        ("transformers", folder, ""),
    ):
        engine_class(engine).check_weights(weights)
        assert engine_class(engine).describe_weights(weights) == said


def test_an_english_only_whisper_is_known_by_its_settings(tmp_path: Path) -> None:
    folder = Path(write_folder(tmp_path / "tuned", "whisper", "model.safetensors"))
    english = engine_class("transformers").is_english_only
    assert not english(str(folder))
    for text, expected in (('{"is_multilingual": false}', True), ("{}", False), ("{", False)):
        (folder / "generation_config.json").write_text(text)
        assert english(str(folder)) is expected
    assert english("openai/whisper-tiny.en")
    assert not english("openai/whisper-tiny")


def test_only_whisper_in_another_form_is_converted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tuned", "whisper", "model.bin")
    for output, fault in (
        (tmp_path / "new", "no Whisper in another form than faster-whisper's"),
        (tmp_path, "is there already"),
    ):
        call = ["models", "convert", folder, "--output", str(output)]
        result = CliRunner().invoke(cli, call)
        assert isinstance(result.exception, UserError)
        assert fault in str(result.exception)
    model = Model(weights=write_folder(tmp_path / "theirs", "whisper", "model.safetensors"))
    assert transcribe_environment(model).endswith("transcribe-engines.yaml")


@pytest.mark.parametrize(
    ("engine", "kind", "names", "fault"),
    [
        ("transformers", "whisper", ["model.bin"], "a CTranslate2 folder, which only faster-whisp"),
        ("openai-whisper", "whisper", ["model.bin"], "a CTranslate2 folder, which only faster-wh"),
        (
            "faster-whisper",
            "wav2vec2",
            ["model.safetensors"],
            "no Whisper; the engine transf",
        ),
        ("transformers", "wav2vec2", ["vocab.json"], r"no config\.json with \*\.safetensors or"),
        ("transformers", "wav2vec2", ["model.safetensors"], r"no preprocessor_config\.json or"),
        ("faster-whisper", "whisper", ["tokenizer.json"], r"no model\.bin in this folder"),
    ],
)
def test_a_wrong_folder_is_refused(
    tmp_path: Path, engine: str, kind: str, names: list[str], fault: str
) -> None:
    folder = write_folder(tmp_path / "model", kind, *names)
    with pytest.raises(UserError, match=fault):
        engine_class(engine).check_weights(folder)


def test_an_address_on_the_hub_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "mine").mkdir(parents=True)
    assert is_hub_address("Systran/faster-whisper-tiny.en")
    assert is_hub_address("openai/whisper-tiny@refs")
    for weights in ("models/mine", "tiny.en", "/models/mine", "../models/x", "a/b/c", "a/../b"):
        assert not is_hub_address(weights)
    for engine in ("faster-whisper", "openai-whisper", "transformers"):
        engine_class(engine).check_weights("openai/whisper-tiny.en")
        said = engine_class(engine).describe_weights("openai/whisper-tiny.en")
        assert said == "no folder here: the run fetches 'openai/whisper-tiny.en' from the model hub"


def test_an_address_is_fetched_once_and_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub that has a model for CTranslate2 under the one name, nothing under others."""
    import huggingface_hub

    asked: list[str] = []

    def snapshot_download(name: str, local_dir: str, **_: object) -> None:
        asked.append(name)
        if name == "Systran/empty":
            return
        if name != "Systran/small":
            raise OSError("404 Client Error: Repository Not Found\nmore lines")
        (Path(local_dir) / "model.bin").write_bytes(b"weights")

    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    fast = engine_class("faster-whisper")
    for _ in range(2):
        receipt = fast.fetch_weights("Systran/small@v1")
        assert (receipt["weights"], receipt["source"]) == ("Systran/small@v1", "hub")
    assert asked == ["Systran/small"]
    with pytest.raises(UserError, match=r"no folder here, and the model hub did not give it: 404"):
        fast.fetch_weights("Systran/smal")
    for _ in range(2):
        with pytest.raises(UserError, match=r"did not give it: it has none of model\.bin"):
            fast.fetch_weights("Systran/empty")


def test_a_cache_that_cannot_be_written_to_is_not_the_hubs_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it cannot be made, or is full as the hub's libraries say it; the next run works."""
    import huggingface_hub

    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    answers = iter([full, RuntimeError("Data processing error: No space left on device"), None])

    def snapshot_download(name: str, local_dir: str, **_: object) -> None:
        if error := next(answers):
            raise error
        (Path(local_dir) / "model.bin").write_bytes(name.encode())

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    fetch = engine_class("faster-whisper").fetch_weights
    (tmp_path / "file").touch()
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "file"))
    with pytest.raises(MachineError, match=r"file/models/hub: Not a directory; this machine"):
        fetch("Systran/small")
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    for _ in range(2):
        with pytest.raises(MachineError, match=r"cache/models/hub: No space left .*; this machine"):
            fetch("Systran/small")
        assert not list((tmp_path / "cache").rglob("*.bin"))
    assert fetch("Systran/small")["source"] == "hub"


def test_a_cache_that_cannot_hold_a_conversion_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"file/x: Not a directory; this machine"):
        make_folder(tmp_path / "file" / "x")
    with (
        pytest.raises(MachineError, match=r"here: No space left"),
        told("here"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(ValueError, match="other"), told("here"):
        raise ValueError("other")


def test_a_checkpoint_for_which_there_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Package:
        __spec__: ClassVar = ModuleSpec("whisper", None)
        _MODELS: ClassVar = {"tiny.en": "https://example.org/tiny.en.pt"}

        @staticmethod
        def _download(url: str, root: str, in_memory: bool) -> str:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), f"{root}/{url[-2:]}{in_memory}")

    monkeypatch.setitem(sys.modules, "whisper", Package)
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path))
    with pytest.raises(MachineError, match=r"Read-only file system; this machine is at fault"):
        fetch_checkpoint("tiny.en")
    assert not list(tmp_path.rglob(".part-*"))
