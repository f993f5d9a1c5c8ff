"""The stage in a folder of its own, and recordings to give it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray
from process_stage import Stage, recording_row

from snakescribe.tables import Row
from sounds import write_wav


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., Row]:
    """Samples -> the recordings row of a WAV file that holds them."""

    def make(name: str, samples: NDArray[Any], rate: int = 16_000) -> Row:
        return recording_row(write_wav(tmp_path / f"{name}.wav", samples, rate))

    return make
