"""What all tests share: real weights, fetched once into the user's cache."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from snakescribe.paths import REPOSITORY
from snakescribe.transcribe.weights.fetch import fetch_model

# A loaded machine is no failed test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def tiny_en() -> dict[str, Any]:
    """The receipt of Whisper tiny.en: real weights, verified."""
    return {**fetch_model("tiny.en"), "engine": "faster-whisper"}


@pytest.fixture(scope="session")
def demo_audio() -> Path:
    """The folder of the bundled recordings."""
    return REPOSITORY / "resources" / "demo" / "audio"
