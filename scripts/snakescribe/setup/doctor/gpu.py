"""NVIDIA GPUs, their driver, and the libraries with which models compute on them."""

import ctypes
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import ctranslate2

from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs

DRIVER = Path("/proc/driver/nvidia")
# The library, the package that brings it, and who needs it.
LIBRARIES = {
    "libcublas.so.12": ("nvidia-cublas-cu12", "faster-whisper"),
    "libcudnn.so.9": ("nvidia-cudnn-cu12", "onnxruntime-gpu"),
}
_FIELDS = "name,driver_version,memory.total"


def check_gpus(needs: Needs) -> Iterator[Finding]:
    """The GPUs of this machine; none is no fault, models run on the CPU then."""
    if not needs.computes:
        return
    query = ["nvidia-smi", f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(query, capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError:
        yield from _without_program()
        return
    except (OSError, subprocess.TimeoutExpired) as error:
        yield odd("gpu", f"nvidia-smi does not answer: {error}", "mend or update the driver")
        return
    if told.returncode:
        said = " ".join((told.stdout + told.stderr).split()) or f"status {told.returncode}"
        yield odd("gpu", f"nvidia-smi fails: {said}", "mend or update the driver")
        return
    for number, line in enumerate(told.stdout.splitlines()):
        name, driver, memory = (part.strip() for part in line.split(","))
        yield fine("gpu", f"GPU {number}: {name}, {memory} MB, driver {driver}")
    if told.stdout.strip():
        yield from _computing()
        yield from _libraries()


def _without_program() -> Iterator[Finding]:
    if DRIVER.exists():
        text = "there is a driver for NVIDIA GPUs, but no nvidia-smi, by which they are counted"
        yield odd("gpu", text, "install nvidia-smi (package nvidia-utils), or put it on the PATH")
    else:
        yield fine("gpu", "no NVIDIA GPU: models run on the CPU")


def _computing() -> Iterator[Finding]:
    """Whether CTranslate2, which runs Whisper, sees a GPU."""
    count = ctranslate2.get_cuda_device_count()
    if count:
        yield fine("gpu", f"CTranslate2 {ctranslate2.__version__} sees {count} of them")
    else:
        text = f"CTranslate2 {ctranslate2.__version__} sees no GPU: the driver is too old for it"
        yield odd("gpu", text, "update the driver, or --set-resources transcribe_chunks:gpu=0")


def _libraries() -> Iterator[Finding]:
    for library, (package, user) in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            if folder := _folder_of(library):
                cure = f"export LD_LIBRARY_PATH={folder}:$LD_LIBRARY_PATH"
                yield odd("gpu", f"{library} is installed, but programs do not find it", cure)
            else:
                text = f"{library} is not here, which {user} needs on a GPU"
                yield odd("gpu", text, f"pip install {package}")
        else:
            yield fine("gpu", f"{library} is found")


def _folder_of(library: str) -> Path | None:
    """A library -> the folder of the packages of NVIDIA in which it lies, if it does."""
    package = find_spec("nvidia")
    for place in (package.submodule_search_locations or ()) if package else ():
        for path in Path(place).glob(f"*/lib/{library}"):
            return path.parent
    return None
