"""Dear tests are named at the end of a run, whichever process ran them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from processor_time import ProcessorTime

def pytest_configure(config):
    config.pluginmanager.register(ProcessorTime(0.3))
"""
TESTS = """
import subprocess, sys, time, pytest

SPIN = "import time\\nwhile time.process_time() < 0.5: pass"

def spin():
    until = time.process_time() + 0.5
    while time.process_time() < until: pass

@pytest.fixture
def slowly(): spin()

def test_called(): spin()
def test_of_a_program(): subprocess.run([sys.executable, "-c", SPIN], check=True)
def test_set_up(slowly): pass
def test_asleep(): time.sleep(0.6)
"""


@pytest.mark.slow
@pytest.mark.parametrize("processes", [[], ["--numprocesses", "2"]])
def test_what_takes_long_is_named(tmp_path: Path, processes: list[str]) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "test_dear.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *processes, "."],
        cwd=tmp_path,
        # Not the folder of this run, which a pytest that starts closes to the tests' databases.
        env={**os.environ, "PYTEST_DEBUG_TEMPROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    _, _, named = done.stdout.partition("above 0.3 s of processor time")
    assert set(re.findall(r"s (call|setup) +test_dear\.py::(\w+)", named)) == {
        ("call", "test_called"), ("call", "test_of_a_program"), ("setup", "test_set_up"),
    }  # fmt: skip
