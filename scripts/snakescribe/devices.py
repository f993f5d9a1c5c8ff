"""Which device a job may use: a GPU slot taken by file lock, or the CPU.

Snakemake counts GPUs but does not say which one a job got. A slot is a lock file for each GPU of
this machine; the kernel frees it when the job ends, also after ``kill -9``. Slurm gives a job
GPUs of its own; where it gives one job several, the steps within it share them out in the same way.
"""

import fcntl
import logging
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2


def visible_gpus() -> list[str]:
    """The GPUs this process may choose from: `$CUDA_VISIBLE_DEVICES`, else all there are."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name.strip() for name in chosen.split(",") if name.strip() not in {"", "-1"}]
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, check=False, timeout=30
        ).stdout
    except OSError:
        return []
    return [str(index) for index, line in enumerate(listed.splitlines()) if line.startswith("GPU ")]


@contextmanager
def take_device(gpus: int) -> Iterator[str]:
    """Hold a GPU for as long as the context lasts, if `gpus` is not 0 and the machine has one.

    Yields:
        `cuda`, with `CUDA_VISIBLE_DEVICES` naming the one GPU, or `cpu`.
    """
    pool = visible_gpus() if gpus else []
    if not pool:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        logger.info("device: CPU (%s)", "no GPU on this machine" if gpus else "no GPU asked for")
        yield "cpu"
        return
    name, handle = _wait_for_slot(pool)
    os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    os.environ["CUDA_VISIBLE_DEVICES"] = name
    logger.info("device: GPU %s", name)
    try:
        yield "cuda"
    finally:
        os.close(handle)


def _wait_for_slot(pool: list[str]) -> tuple[str, int]:
    """Lock the first free GPU of the pool, waiting for one if need be."""
    default = Path(gettempdir()) / f"snakescribe-gpus-{os.getuid()}"
    if "CUDA_VISIBLE_DEVICES" in os.environ and (job := os.environ.get("SLURM_JOB_ID")):
        # Slurm gave this job GPUs; another one may call a GPU 0 that is not this one's.
        default = default.with_name(f"{default.name}-{job}")
    folder = Path(os.environ.get("SNAKESCRIBE_GPU_LOCKS", default))
    folder.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        for name in pool:
            path = folder / f"gpu-{name.replace('/', '_')}.lock"
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
            else:
                return name, handle
        if not told:
            logger.info("all of %d GPUs are in use; waiting", len(pool))
            told = True
        time.sleep(POLL_SECONDS)


def device_name(device: str) -> str:
    """`cuda` or `cpu` -> the name of the GPU or the processor, for people to compare speeds by."""
    if device == "cuda" and (names := _ask_nvidia("name")):
        return names[0]
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def gpu_memory_mb() -> int | None:
    """MB in use on this job's GPU, whoever uses them; None where no driver says."""
    answers = _ask_nvidia("memory.used")
    return int(float(answers[0])) if answers else None


def _ask_nvidia(what: str) -> list[str]:
    """A field of `nvidia-smi --query-gpu` -> its value for each GPU that this job may use."""
    command = ["nvidia-smi", f"--query-gpu={what}", "--format=csv,noheader,nounits"]
    if chosen := os.environ.get("CUDA_VISIBLE_DEVICES"):
        command.append(f"--id={chosen}")
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in told.stdout.splitlines()] if told.returncode == 0 else []
