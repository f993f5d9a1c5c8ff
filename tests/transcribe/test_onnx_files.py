"""Folders of models for onnx-asr: which kind they hold, and what they lack."""

import json
from pathlib import Path

import pytest
from onnx_asr.loader import create_asr_resolver

from snakescribe.config.transcribe import Model
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.transcribe.check import find_transcribe_problems
from snakescribe.transcribe.engines import ENGINES
from snakescribe.transcribe.engines.onnx import Onnx
from snakescribe.transcribe.weights.onnx_files import FILES, FORMATS, read_folder
from snakescribe.transcribe.weights.table import known_models
from snakescribe.workflow.params import OPTIONAL_ENGINES, transcribe_environment


def write_folder(folder: Path, *names: str, kind: str = "nemo-conformer-ctc") -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"weights")
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    return folder


def test_files_of_each_kind_are_those_that_onnx_asr_reads(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for kind, patterns in FILES.items():
        theirs = create_asr_resolver(kind, tmp_path / "empty").model_type
        for told in ("", "?int8", "?fp16"):
            wanted = theirs._get_model_files(told.removeprefix("?") or None)
            assert sorted(name.format(q=told) for name in patterns) == sorted(wanted.values())


def test_a_folder_says_what_it_lacks(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "model.onnx", "vocab.txt")
    assert read_folder(folder).files == {"float32": ("model.onnx", "vocab.txt")}
    with pytest.raises(UserError, match=r"no weights in int8 here, which would be model\?int8"):
        read_folder(folder).choose_format("int8")
    write_folder(folder, "model.int8.onnx")
    (folder / "model.onnx.data").write_bytes(b"weights above 2 GB")
    model = read_folder(folder)
    assert model.files["float32"] == ("model.onnx", "model.onnx.data", "vocab.txt")
    assert model.choose_format("default") == "float32"
    assert model.choose_format("int8") == "int8"
    (folder / "model.onnx").unlink()
    assert read_folder(folder).choose_format("default") == "int8"
    (folder / "model_int8.onnx").write_bytes(b"")
    with pytest.raises(UserError, match=r"several files are model\?int8\.onnx"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({}, r"no model that onnx-asr runs \(no config\.json with a model_type"),
        ({"config.json": '{"model_type": "llama"}'}, r"says model_type 'llama'"),
        ({"config.json": "{"}, r"config\.json: no JSON"),
        (
            {"config.json": '{"model_type": "nemo-conformer-tdt"}', "vocab.txt": ""},
            r"no encoder-model\.onnx, decoder_joint-model\.onnx in this folder, which a model of "
            "the kind nemo-conformer-tdt has",
        ),
        (
            {
                "encoder_model.onnx": "", "decoder_model_merged.onnx": "", "vocab.json": "{}",
                "added_tokens.json": '{"<|startoftranscript|>": 50257}',
            },
            "an English-only Whisper, which onnx-asr starts as if it knew languages",
        ),
    ],
)  # fmt: skip
def test_a_wrong_folder_is_refused(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=fault):
        Onnx.check_weights(str(tmp_path))


def test_a_number_format_that_is_not_there_is_told_before_the_run(tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path, "model.onnx", "vocab.txt"))

    def problems(compute_type: str) -> list[str]:
        model = Model(engine="onnx", weights=folder, compute_type=compute_type)
        return list(find_transcribe_problems({"mine": model}, {}))

    assert problems("default") == problems("float32") == []
    (fault,) = problems("int8")
    assert fault.startswith(f"models.mine.compute_type: {tmp_path}: no weights in int8 here")
    (fault,) = problems("int16")
    assert "models.mine.compute_type: the engine onnx has no 'int16'" in fault


def test_models_of_optional_engines_have_an_environment_of_their_own() -> None:
    for engine in ENGINES.built_in:
        path = (
            REPOSITORY
            / "workflow/rules"
            / transcribe_environment(Model(engine=engine, weights="x"))
        )
        packages = path.resolve().read_text(encoding="utf-8")
        assert ("onnx-asr" in packages) == (engine in OPTIONAL_ENGINES)


def test_an_unknown_name_suggests_another() -> None:
    with pytest.raises(UserError, match=r"did you mean 'parakeet-tdt-0\.6b-v3'"):
        Onnx.check_weights("parakeet-tdt-0.6b-v4")
    assert Onnx.is_english_only("parakeet-tdt-0.6b-v2")
    assert not Onnx.is_english_only("parakeet-tdt-0.6b-v3")


def test_known_models_have_the_files_of_a_kind() -> None:
    for model in known_models().values():
        if model.engine == "onnx":
            names = {name for name in model.files if not name.endswith(".data")}
            assert any(
                names == {name.format(q=told.replace("?", ".")) for name in patterns}
                for patterns in FILES.values()
                for told in FORMATS.values()
            )
