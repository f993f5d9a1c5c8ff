"""The benchmark measures what the command line does."""

import re
import subprocess
import sys

import pytest

from snakescribe.paths import REPOSITORY


@pytest.mark.slow
def test_it_compares_the_stage_with_the_bare_libraries() -> None:
    command = [sys.executable, REPOSITORY / "benchmarks" / "process.py", "0.5", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [ratio] = re.findall(r"process raw: ([\d.]+) x what they cost alone", done.stdout)
    assert float(ratio) > 1
    for name in ("prepare", "plan", "cut", "wiener", "spectral_gate", "spectral_gate stationary"):
        assert f"\n{name}: " in done.stdout
