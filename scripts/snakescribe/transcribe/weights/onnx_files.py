"""Which kind of model of onnx-asr a folder holds, and which of its files are read.

onnx-asr knows the same, but imports numpy and onnxruntime to say it; a config is checked without.
A test holds the two together.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.transcribe.weights.files import WeightFiles

# By kind, as onnx-asr calls it: the files, with `{q}` where the number format is told.
FILES = {
    "nemo-conformer-ctc": ("model{q}.onnx", "vocab.txt"),
    "nemo-conformer-rnnt": ("encoder-model{q}.onnx", "decoder_joint-model{q}.onnx", "vocab.txt"),
    "nemo-conformer-tdt": ("encoder-model{q}.onnx", "decoder_joint-model{q}.onnx", "vocab.txt"),
    "nemo-conformer-aed": ("encoder-model{q}.onnx", "decoder-model{q}.onnx", "vocab.txt"),
    "gigaam-v3-e2e-ctc": ("v3_e2e_ctc{q}.onnx", "v3_e2e_ctc_vocab.txt"),
    "gigaam-v3-e2e-rnnt": (
        "v3_e2e_rnnt_encoder{q}.onnx", "v3_e2e_rnnt_decoder{q}.onnx", "v3_e2e_rnnt_joint{q}.onnx",
        "v3_e2e_rnnt_vocab.txt",
    ),
    "gigaam-v3-ctc": ("v?_ctc{q}.onnx", "v?_vocab.txt"),
    "gigaam-v3-rnnt": (
        "v?_rnnt_encoder{q}.onnx", "v?_rnnt_decoder{q}.onnx", "v?_rnnt_joint{q}.onnx",
        "v?_vocab.txt",
    ),
    "gigaam-multilingual-ctc": ("multilingual*_ctc{q}.onnx", "multilingual_vocab.txt"),
    "kaldi-rnnt": (
        "*/encoder{q}.onnx", "*/decoder{q}.onnx", "*/joiner{q}.onnx", "*/tokens.txt",
    ),
    "t-one-ctc": ("model{q}.onnx",),
    "whisper": (
        "**/encoder_model{q}.onnx", "**/decoder_model_merged{q}.onnx", "vocab.json",
        "added_tokens.json",
    ),
    "whisper-ort": ("whisper-*_beamsearch{q}.onnx", "vocab.json", "added_tokens.json"),
}  # fmt: skip
# Kinds whose files another kind has too: config.json must say which it is.
_TOLD_BY_CONFIG = {"nemo-conformer-rnnt", "nemo-conformer-tdt", "t-one-ctc"}
# Number formats, in the order in which `default` looks for them, and how files tell them.
FORMATS = {"float32": "", "int8": "?int8", "float16": "?fp16"}
_ENGLISH_START = 50257  # of a transcript, in vocabularies of English-only Whisper


@dataclass(frozen=True)
class OnnxModel:
    """A folder: its kind, and by number format the files that are read, by name inside it."""

    folder: Path
    kind: str
    files: dict[str, tuple[str, ...]]

    def choose_format(self, compute_type: str) -> str:
        """The `compute_type` of a config -> a number format that is here.

        Raises:
            UserError: there are no files of it.
        """
        if compute_type == "default":
            return next(iter(self.files))
        if compute_type not in self.files:
            wanted = ", ".join(_patterns(self.kind, compute_type))
            raise UserError(
                f"{self.folder}: no weights in {compute_type} here, which would be {wanted}; "
                f"there are {', '.join(self.files)}"
            )
        return compute_type

    @property
    def weight_files(self) -> WeightFiles:
        """All files that any number format reads."""
        names = dict.fromkeys(name for names in self.files.values() for name in names)
        return make_weight_files(tuple(names))


def make_weight_files(names: tuple[str, ...]) -> WeightFiles:
    """Files of a model -> what is needed of a folder or source."""
    return WeightFiles("onnx", "a model for onnx-asr", names, ("config.json", "config.yaml"))


def read_folder(folder: Path) -> OnnxModel:
    """A folder -> the model in it.

    Raises:
        UserError: it holds no model that onnx-asr runs, or not all of its files.
    """
    told = _told_kind(folder)
    kinds = [told] if told in FILES else [kind for kind in FILES if kind not in _TOLD_BY_CONFIG]
    for kind in kinds:
        files = {
            name: named for name in FORMATS if (named := _find_files(folder, _patterns(kind, name)))
        }
        if files:
            _refuse_english_whisper(folder, kind)
            return OnnxModel(folder, kind, files)
    if told in FILES:
        lacking = [name for name in _patterns(told, "float32") if not _one(folder, name)]
        raise UserError(
            f"{folder}: no {', '.join(lacking)} in this folder, which a model of the kind {told} "
            "has"
        )
    said = f"config.json says model_type '{told}'" if told else "no config.json with a model_type"
    raise UserError(
        f"{folder}: no model that onnx-asr runs ({said}, and the files are those of no kind); "
        f"kinds are {', '.join(FILES)}"
    )


def _told_kind(folder: Path) -> str:
    path = folder / "config.json"
    if not path.is_file():
        return ""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: no JSON: {error}") from error
    told = config.get("model_type") if isinstance(config, dict) else None
    return told if isinstance(told, str) else ""


def _patterns(kind: str, number_format: str) -> list[str]:
    return [name.format(q=FORMATS[number_format]) for name in FILES[kind]]


def _find_files(folder: Path, patterns: list[str]) -> tuple[str, ...]:
    """Patterns -> the files' names inside a folder; nothing where one of them is not there."""
    names: list[str] = []
    for pattern in patterns:
        path = _one(folder, pattern)
        if path is None:
            return ()
        beside = folder.glob(f"{path.relative_to(folder)}?data")  # weights above 2 GB
        names += [str(part.relative_to(folder)) for part in (path, *sorted(beside))]
    return tuple(names)


def _one(folder: Path, pattern: str) -> Path | None:
    """The one file of a pattern, or its `.ort` form; None where there is none.

    Raises:
        UserError: there are several, of which onnx-asr takes none.
    """
    for name in (pattern, pattern.removesuffix(".onnx") + ".ort"):
        paths = sorted(path for path in folder.glob(name) if path.is_file())
        if len(paths) > 1:
            several = ", ".join(path.name for path in paths)
            raise UserError(f"{folder}: several files are {name} ({several}); leave one of them")
        if paths:
            return paths[0]
    return None


def _refuse_english_whisper(folder: Path, kind: str) -> None:
    """onnx-asr begins every transcript with a language token, which these models do not know."""
    if not kind.startswith("whisper"):
        return
    path = folder / "added_tokens.json"
    try:
        start = json.loads(path.read_text(encoding="utf-8"))["<|startoftranscript|>"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: no vocabulary of Whisper: {error!r}") from error
    if start == _ENGLISH_START:
        raise UserError(
            f"{folder}: an English-only Whisper, which onnx-asr starts as if it knew languages, so "
            "that text is lost; give it to the engine faster-whisper, or take a multilingual one"
        )
