"""Where onnxruntime computes: on the GPU of the job, where its build can."""

import onnxruntime

from snakescribe.notices import Kind, notify

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


def choose_providers(device: str, source: str) -> list[str]:
    """`cuda` or `cpu`, and whose engine asks -> onnxruntime's providers, the first one preferred.

    A build without CUDA computes on the CPU, and a notice says so.
    """
    offered = onnxruntime.get_available_providers()
    if device == "cuda" and CUDA not in offered:
        notify(Kind.GPU_UNUSED, "onnxruntime has no CUDA here", source=source)
    return [name for name in (CUDA, CPU) if name in offered and (name == CPU or device == "cuda")]
