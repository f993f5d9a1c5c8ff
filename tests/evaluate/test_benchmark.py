"""The benchmark measures what the command line does."""

import subprocess
import sys

import pytest

from snakescribe.paths import REPOSITORY


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["", "text utterances"])
def test_it_measures_scoring_and_comparing(kind):
    command = [
        sys.executable,
        str(REPOSITORY / "benchmarks/evaluate.py"),
        "300",
        "2",
        *kind.split(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "score: " in done.stdout and "compare: " in done.stdout
