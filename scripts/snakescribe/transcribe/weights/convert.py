"""Whisper in another form than an engine reads: converted once, and kept in the cache.

People have a checkpoint of openai-whisper (`.pt`) or a folder of transformers, fine-tuned or not;
faster-whisper reads CTranslate2's folders. Converting needs torch and transformers.
"""

import json
import shutil
from collections.abc import Callable
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from snakescribe.errors import UserError
from snakescribe.machine import make_folder, told
from snakescribe.paths import cache_folder, is_file, is_folder
from snakescribe.store import digest, file_sha256
from snakescribe.transcribe.weights.checkpoints import looks_like_checkpoint
from snakescribe.transcribe.weights.receipt import Receipt

# What a folder of transformers is read from.
TRANSFORMERS_FILES = ("*.safetensors", "pytorch_model*.bin", "*.json", "*.txt")
_WEIGHTS = TRANSFORMERS_FILES[:2]


class Form(StrEnum):
    """How a model is kept."""

    CTRANSLATE2 = "a CTranslate2 folder"
    TRANSFORMERS = "a folder of transformers"
    CHECKPOINT = "a .pt file of openai-whisper"


READS = {
    "faster-whisper": Form.CTRANSLATE2,
    "openai-whisper": Form.CHECKPOINT,
    "transformers": Form.TRANSFORMERS,
}


def form_of(weights: str) -> Form | None:
    """The path of a model -> its form; None where it is no path, or none of these."""
    path = Path(weights)
    if is_file(weights):
        return Form.CHECKPOINT if looks_like_checkpoint(path) else None
    if not is_folder(weights):
        return None
    if (path / "model.bin").is_file():
        return Form.CTRANSLATE2
    weighty = any(next(path.glob(pattern), None) for pattern in _WEIGHTS)
    return Form.TRANSFORMERS if weighty and (path / "config.json").is_file() else None


def needs_conversion(weights: str, engine: str) -> bool:
    """Whether a path names a model in another form than the engine reads."""
    return form_of(weights) not in (None, READS.get(engine))


def check_conversion(weights: str, engine: str) -> None:
    """Raise a UserError if what `needs_conversion` cannot be converted."""
    form = form_of(weights)
    if form is Form.CTRANSLATE2:
        raise UserError(
            f"{weights}: {form}, which only faster-whisper reads; give the model it was made of"
        )
    if form is Form.TRANSFORMERS and (kind := model_type(Path(weights))) != "whisper":
        raise UserError(
            f"{weights}: its config.json says model_type '{kind}', no Whisper; the engine "
            "transformers runs it"
        )
    needed = ["torch", "transformers", *(["whisper"] if form is Form.CHECKPOINT else [])]
    if missing := [name for name in needed if not find_spec(name)]:
        raise UserError(
            f"{weights}: {form}, which must be converted for {engine}; that needs "
            f"{', '.join(missing)}: pip install 'snakescribe[transformers,openai-whisper]'"
        )


def model_type(folder: Path) -> str:
    """A folder of transformers -> what its config.json says it is; empty where it does not.

    Raises:
        UserError: the file is no JSON.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: no JSON: {error}") from error
    told = config.get("model_type") if isinstance(config, dict) else None
    return told if isinstance(told, str) else ""


def source_digest(weights: str) -> str:
    """A model as people have it -> a digest of all its files."""
    return digest({path.name: file_sha256(path) for path in _source_files(weights)})


def source_state(weights: str) -> str:
    """A model as people have it -> changes when a file of it does; nothing is read for it."""
    stats = [(path.name, path.stat()) for path in _source_files(weights)]
    return digest([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])


def fetch_converted(
    weights: str, engine: str, fetch: Callable[[str], Receipt], source: str = ""
) -> Receipt:
    """A model as people have it -> the receipt of the same in the form that the engine reads.

    Args:
        weights: as the config names it.
        engine: the name of the engine.
        fetch: gives the receipt of a path that the engine reads.
        source: the path, where `weights` is another name.
    """
    path = source or weights
    check_conversion(path, engine)
    sha256 = source_digest(path)
    name = f"{sha256[:32]}-{engine}{'.pt' if READS[engine] is Form.CHECKPOINT else ''}"
    target = cache_folder() / "models" / "converted" / name
    if not target.exists():
        convert(path, engine, target)
    receipt = fetch(str(target))
    return {**receipt, "weights": weights, "source": "converted", "converted_from": sha256}


def convert(weights: str, engine: str, target: Path) -> None:
    """Write a model as people have it in the form that an engine reads.

    Args:
        weights: a `.pt` file, or a folder of transformers.
        engine: the name of the engine.
        target: the folder or file to make; it appears when it is complete.
    """
    check_conversion(weights, engine)
    # Not at the top: torch need not be installed.
    from snakescribe.transcribe.weights import transformers_folder as theirs

    make_folder(target.parent)
    with told(target.parent), TemporaryDirectory(dir=target.parent, prefix=".part-") as name:
        folder, part = Path(weights), Path(name) / "part"
        if form_of(weights) is Form.CHECKPOINT:
            folder = Path(name) / "transformers"
            theirs.write_folder(Path(weights), folder)
        if READS[engine] is Form.TRANSFORMERS:
            shutil.move(folder, part)
        elif READS[engine] is Form.CHECKPOINT:
            theirs.write_checkpoint(folder, part)
        else:
            theirs.write_ctranslate2(folder, part)
        part.rename(target)


def _source_files(weights: str) -> list[Path]:
    path = Path(weights)
    if path.is_file():
        return [path]
    return sorted({file for pattern in TRANSFORMERS_FILES for file in path.glob(pattern)})
