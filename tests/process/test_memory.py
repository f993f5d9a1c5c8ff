"""The steps of the stage take no more memory for eighty minutes than for ten."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from process_stage import recording_row
from scipy.io import wavfile

from snakescribe.tables import CHUNKS, RECORDINGS, read_table, write_table
from sounds import noise

# Silero takes half a minute for them, in blocks of ten minutes.
QUICK_DETECTOR = """
import numpy as np

def everywhere(samples, sample_rate):
    return np.ones(-(-len(samples) // 512), dtype=np.float32)
"""


# Not what the system tells of a child that ended: that counts what pytest itself held before it
# became another program.
TOLD_AT_THE_END = """
import atexit, sys
from snakescribe.cli import main

def tell():
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))

atexit.register(tell)
sys.argv[0] = "snakescribe"
main()
"""


def most_megabytes(folder: Path, *args: str | Path) -> float:
    """Run a step as a program -> the most memory that it held."""
    command = [sys.executable, "-c", TOLD_AT_THE_END, "process", *map(str, args)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) * 1024 / 1e6


@pytest.mark.slow
def test_eighty_minutes_are_prepared_planned_and_cut_in_little_memory(tmp_path: Path) -> None:
    """As float32 they are 307 MB; what the programs are without them is about 250 MB."""
    path = tmp_path / "long.wav"
    wavfile.write(path, 16_000, np.tile((noise(60.0, 0.05) * 32767).astype(np.int16), 80))
    write_table(RECORDINGS, tmp_path / "recordings.tsv", [recording_row(path)])
    (tmp_path / "own_quick_detector.py").write_text(QUICK_DETECTOR, encoding="utf-8")
    audio, plans, chunks = (tmp_path / f"{name}.tsv" for name in ("audio", "plans", "chunks"))
    common = ("--store", tmp_path / "store", "--output")
    chunking = json.dumps({"detector": "own_quick_detector:everywhere"})
    most = {
        "prepare": most_megabytes(
            tmp_path, "prepare", "--recordings", tmp_path / "recordings.tsv",
            "--filters", '["highpass"]', *common, audio,
        ),
        "plan": most_megabytes(
            tmp_path, "plan", "--audio", audio, "--chunking", chunking, *common, plans
        ),
        "cut": most_megabytes(
            tmp_path, "cut", "--audio", audio, "--plans", plans, "--raw", audio, *common, chunks
        ),
    }  # fmt: skip
    assert sum(1 for _ in read_table(CHUNKS, chunks)) >= 160
    assert max(most.values()) < 450, most
