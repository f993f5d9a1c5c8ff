"""A results folder to load."""

from pathlib import Path

import pytest
from load_study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = Study(tmp_path / "results")
    made.write()
    return made
