"""Real weights for both Whisper packages, real speech, and the defaults of decoding."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tone_engine import SelfDetecting, ToneEngine
from tone_shard import ToneShard, cut_tones

from snakescribe.config.transcribe import Decoding
from snakescribe.tables import Row

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


@pytest.fixture(scope="session")
def tone_chunks(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The chunks of `ToneShard`, cut once."""
    return cut_tones(tmp_path_factory.mktemp("tones"))


@pytest.fixture
def tones(tone_chunks: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToneShard:
    """A shard of tones; the engine that hears them is installed as a user's package would be."""
    package = tmp_path / "site" / "tone_engine-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: tone-engine\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[snakescribe.engines]\ntone = tone_engine:ToneEngine\n"
        "self-detecting = tone_engine:SelfDetecting\n"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    ToneEngine.forget()
    SelfDetecting.forget()
    return ToneShard(tmp_path, [dict(row) for row in tone_chunks])
