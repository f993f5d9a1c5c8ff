"""Real weights for both Whisper packages, real speech, and the defaults of decoding."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from snakescribe.config.transcribe import Decoding

CLIPS = ("museum-clockmaker-1", "museum-lock-keepers-1", "baseball-herons-kites-1")


@pytest.fixture(scope="session")
def tiny_en_checkpoint(tiny_en: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of tiny.en for openai-whisper, under a name that says nothing."""
    from checkpoint import write_checkpoint  # with torch

    target = tmp_path_factory.mktemp("checkpoint") / "tuned.pt"
    return write_checkpoint(Path(tiny_en["path"]), target)


@pytest.fixture(scope="session")
def speech(demo_audio: Path) -> list[np.ndarray]:
    """Eight seconds of three of the bundled recordings."""
    from faster_whisper.audio import decode_audio

    return [decode_audio(str(demo_audio / f"{clip}.opus"))[: 8 * 16000] for clip in CLIPS]


@pytest.fixture(scope="session")
def options() -> Decoding:
    """The default decode options, in English."""
    return Decoding(language="en")
