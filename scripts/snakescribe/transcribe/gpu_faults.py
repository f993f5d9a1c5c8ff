"""What packages say where a GPU cannot be used -> one line that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from snakescribe.errors import UserError

# Words of CTranslate2, torch and onnxruntime -> what is wrong, and what helps.
_FAULTS = (
    (
        ("driver version is insufficient", "driver on your system is too old", "cuda_error_no_dev"),
        "the NVIDIA driver is too old for this package; update the driver",
    ),
    (
        ("no kernel image", "not compatible with the current pytorch", "unsupported architecture"),
        "this package was not built for this GPU; install a build for it",
    ),
    (
        ("libcublas", "libcudnn", "libcudart", "cublas_status_not", "cudnn_status_not"),
        "libraries of CUDA are missing or of another version; install those that the package names",
    ),
    (
        ("no cuda-capable device", "found no nvidia driver", "cuda is not available"),
        "there is no GPU that works here",
    ),
)


@contextmanager
def clear_gpu_faults(device: str) -> Iterator[None]:
    """Turn a package's error about the GPU into one line.

    Args:
        device: `cuda` or `cpu`; on a CPU errors are passed on as they are.

    Raises:
        UserError: the GPU cannot be used.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # each package has classes of its own
        said = str(error)
        for words, meaning in _FAULTS if device == "cuda" else ():
            if any(word in said.lower() for word in words):
                raise UserError(
                    f"the GPU cannot be used: {meaning}, or compute on the CPU "
                    f"(--set-resources transcribe_chunks:gpu=0); {said.strip().splitlines()[0]}"
                ) from error
        raise
