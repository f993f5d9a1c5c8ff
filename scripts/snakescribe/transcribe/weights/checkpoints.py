"""openai-whisper's checkpoints: one file each, fetched and verified by the package's own table."""

import importlib.util
import logging
import shutil
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError, did_you_mean
from snakescribe.machine import describe_fault, is_fault, make_folder
from snakescribe.paths import cache_folder
from snakescribe.store import file_sha256
from snakescribe.transcribe.weights.receipt import Receipt

logger = logging.getLogger(__name__)

ENGLISH_VOCABULARY = 51864  # tokens of the English-only models; the others have more

# Official models by encoder layers, decoder layers, vocabulary and mel bands. large-v1 has the
# shape of large-v2, so that only its file's name tells them apart.
_SHAPES = {
    (4, 4, 51864, 80): "tiny.en",
    (4, 4, 51865, 80): "tiny",
    (6, 6, 51864, 80): "base.en",
    (6, 6, 51865, 80): "base",
    (12, 12, 51864, 80): "small.en",
    (12, 12, 51865, 80): "small",
    (24, 24, 51864, 80): "medium.en",
    (24, 24, 51865, 80): "medium",
    (32, 32, 51865, 80): "large-v2",
    (32, 32, 51866, 128): "large-v3",
    (32, 4, 51866, 128): "large-v3-turbo",
}


# The names that the package knows (a test compares them with its own): a config is checked without
# importing torch.
NAMES = frozenset({*_SHAPES.values(), "large-v1", "large", "turbo"})
_NO_CHECKPOINT = (
    "this is not a checkpoint of openai-whisper (a .pt file with 'dims' and 'model_state_dict')"
)
_NOT_INSTALLED = (
    "the engine openai-whisper is not installed: pip install 'snakescribe[openai-whisper]'"
)


def check_name(weights: str) -> None:
    """Raise a UserError if the package knows no model `weights`, or is not installed."""
    if importlib.util.find_spec("whisper") is None:
        raise UserError(_NOT_INSTALLED)
    if weights not in NAMES:
        raise UserError(
            f"unknown weights '{weights}': neither a .pt file nor a model of openai-whisper; "
            f"{did_you_mean(weights, NAMES)}"
        )


def looks_like_checkpoint(path: Path) -> bool:
    """Whether a file begins as those of torch do: a zip, or a pickle of old versions."""
    with path.open("rb") as stream:
        return stream.read(4).startswith((b"PK\x03\x04", b"\x80\x02"))


def check_file(path: Path) -> None:
    """Raise a UserError if a file cannot be a checkpoint; torch is not asked."""
    if not looks_like_checkpoint(path):
        raise UserError(f"{path}: {_NO_CHECKPOINT}: no file of torch")


def fetch_checkpoint(weights: str) -> Receipt:
    """A name or the path of a .pt file -> its receipt, as `weights.fetch` gives it.

    Raises:
        UserError: an unknown name, or a download that fails or is damaged.
    """
    path = Path(weights)
    source = "path"
    if not path.is_file():
        check_name(weights)
        path = cached_checkpoint(weights)
        source = "cache" if path.exists() else "openai-whisper"
        if not path.exists():
            _download(weights, path)
    languages = "en" if read_shape(path)[2] == ENGLISH_VOCABULARY else "multilingual"
    sha256 = file_sha256(path)
    return {
        "weights": weights,
        "path": str(path.resolve()),
        "sha256": sha256,
        "source": source,
        "languages": languages,
        "files": {str(path.resolve()): sha256},
    }


def cached_checkpoint(weights: str) -> Path:
    """The name of a model -> the file that it is kept in once it is fetched."""
    return cache_folder() / "models" / "openai-whisper" / f"{weights}.pt"


def read_shape(path: Path) -> tuple[int, int, int, int]:
    """A checkpoint -> encoder layers, decoder layers, vocabulary, mel bands; weights stay on disk.

    Raises:
        UserError: the file is no openai-whisper checkpoint.
    """
    # Not at the top: torch need not be installed, and takes seconds.
    import torch

    try:
        dims = torch.load(path, map_location="cpu", mmap=True, weights_only=True)["dims"]
    except Exception as error:  # torch passes on whatever unpickling a stranger's file raises
        raise UserError(f"{path}: {_NO_CHECKPOINT}: {error}") from error
    return dims["n_audio_layer"], dims["n_text_layer"], dims["n_vocab"], dims["n_mels"]


def official_name(path: Path, shape: tuple[int, int, int, int]) -> str | None:
    """Which official model a checkpoint is or was tuned from, by its file's name, else its shape.

    openai-whisper knows which attention heads follow the audio only for models loaded by name.
    """
    return path.stem if path.stem in NAMES else _SHAPES.get(shape)


def _download(weights: str, path: Path) -> None:
    whisper = _package()
    folder = path.parent / f".part-{weights}"
    logger.info("%s: fetching the checkpoint of openai-whisper", weights)
    try:
        make_folder(folder)
        download = Path(whisper._download(whisper._MODELS[weights], str(folder), False))
        download.replace(path)
    except (OSError, RuntimeError) as error:
        if is_fault(error):
            raise describe_fault(error, path.parent) from error
        raise UserError(
            f"{weights}: the checkpoint could not be fetched: {error}; fetch it where there is a "
            f"network (`snakescribe models fetch {weights} --engine openai-whisper`), or give the "
            "path of a .pt file as `weights`"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _package() -> Any:
    try:
        import whisper  # not at the top: the package need not be installed
    except ImportError as error:
        raise UserError(_NOT_INSTALLED) from error
    return whisper
