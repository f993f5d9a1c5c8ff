"""A GPU slot is one job's at a time, whoever asks and however it ends."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from snakescribe.devices import device_name, gpu_memory_mb, take_device, visible_gpus

JOB = """
import os, sys, time
from pathlib import Path
from snakescribe.devices import take_device
with take_device(1) as device:
    mark = Path(sys.argv[1]) / os.environ["CUDA_VISIBLE_DEVICES"]
    mark.touch(exist_ok=False)      # fails if another job holds this GPU
    time.sleep(0.05)
    mark.unlink()
"""


@pytest.fixture(autouse=True)
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("SNAKESCRIBE_GPU_LOCKS", str(tmp_path / "locks"))
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)


def start(code: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, str(folder)])


@pytest.mark.slow
def test_twenty_jobs_never_share_one_of_two_gpus(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    jobs = [start(JOB, marks) for _ in range(20)]
    assert [job.wait(timeout=60) for job in jobs] == [0] * 20


def test_a_killed_job_frees_its_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    holder = JOB.replace("time.sleep(0.05)", "time.sleep(60)")
    job = start(holder, tmp_path)
    while not (tmp_path / "0").exists():
        time.sleep(0.02)
    job.kill()
    job.wait()
    with take_device(1) as device:
        assert device == "cuda"


def test_no_gpu_asked_for_is_the_cpu() -> None:
    with take_device(0) as device:
        assert device == "cpu"


def test_under_slurm_the_schedulers_choice_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    with take_device(1) as device:
        assert device == "cuda"
        assert visible_gpus() == ["3"]


def test_one_slurm_job_with_two_gpus_gives_each_step_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with take_device(1):
        assert visible_gpus() == ["0"]
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")  # what Slurm tells the next step
        with take_device(1):
            assert visible_gpus() == ["1"]


def test_two_slurm_jobs_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may call its GPU 0, where Slurm shows a job none but its own."""
    monkeypatch.delenv("SNAKESCRIBE_GPU_LOCKS")
    monkeypatch.setattr("snakescribe.devices.gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with take_device(1):
        monkeypatch.setenv("SLURM_JOB_ID", "8")
        with take_device(1) as device:
            assert device == "cuda"


def test_where_slurm_gave_no_gpu_jobs_share_out_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site may have GPUs that Slurm knows nothing of."""
    monkeypatch.delenv("SNAKESCRIBE_GPU_LOCKS")
    monkeypatch.setattr("snakescribe.devices.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("snakescribe.devices.visible_gpus", lambda: ["0", "1"])
    taken = []
    with ExitStack() as stack:
        for job in ("7", "8"):
            monkeypatch.setenv("SLURM_JOB_ID", job)
            monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
            stack.enter_context(take_device(1))
            taken.append(os.environ["CUDA_VISIBLE_DEVICES"])
    assert taken == ["0", "1"]


def test_the_driver_is_asked_for_name_and_memory_of_this_jobs_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text(
        '#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n'
        'case "$1" in *name*) echo "NVIDIA H200";; *) echo 4321;; esac\n',
        encoding="utf-8",
    )
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert device_name("cuda") == "NVIDIA H200"
    assert gpu_memory_mb() == 4321
    assert "--id=3" in (tmp_path / "asked").read_text(encoding="utf-8")


def test_without_a_driver_the_processor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert device_name("cpu")
    assert gpu_memory_mb() is None
