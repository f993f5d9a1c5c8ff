"""Where the encoder's states of a CTranslate2 model lie between its calls.

On a GPU they stay there if PyTorch with CUDA is installed: CTranslate2 has no operation of its own
to pick chunks out of a batch. Without it they go through the host's memory for each call; the texts
are the same.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import ctranslate2
import numpy as np

logger = logging.getLogger(__name__)


class EncoderStates(Protocol):
    """Takes states apart and puts them together; `states` are arrays of (chunks, frames, width)."""

    to_cpu: bool

    def split(self, encoded: Any) -> list[Any]:
        """What the encoder gave of a part of a batch -> the states of each chunk."""
        ...

    def stack(self, states: Sequence[Any]) -> Any:
        """The states of single chunks -> those of a batch."""
        ...

    def view(self, states: Any) -> Any:
        """States -> what CTranslate2 takes: a view, which keeps them alive."""
        ...


class HostStates(EncoderStates):
    """In the host's memory, as numpy arrays."""

    to_cpu = True

    def split(self, encoded: Any) -> list[np.ndarray]:
        return list(np.array(_shareable(encoded)))

    def stack(self, states: Sequence[np.ndarray]) -> np.ndarray:
        return np.stack(states)

    def view(self, states: np.ndarray) -> Any:
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(states))


class DeviceStates(EncoderStates):
    """In a GPU's memory, as tensors of PyTorch: the two share it by the CUDA Array Interface."""

    to_cpu = False

    def __init__(self, torch: Any) -> None:
        """`torch` is the package: imported by who knows that it is there, and has CUDA."""
        self._torch = torch

    def split(self, encoded: Any) -> list[Any]:
        # CTranslate2 has waited until they are all there.
        return list(self._torch.as_tensor(_shareable(encoded), device="cuda"))

    def stack(self, states: Sequence[Any]) -> Any:
        return self._torch.stack(states)

    def view(self, states: Any) -> Any:
        whole = states.contiguous()
        # Each works on a stream of its own: what picked the chunks must be done.
        self._torch.cuda.current_stream().synchronize()
        return ctranslate2.StorageView.from_array(whole)


def _shareable(encoded: Any) -> Any:
    """States -> the same in a type that other packages know; CTranslate2 takes any and converts."""
    if encoded.dtype == ctranslate2.DataType.bfloat16:
        return encoded.to(ctranslate2.DataType.float32)
    return encoded


def states_on(device: str) -> EncoderStates:
    """The device of a model, `cpu` or `cuda` -> where its states lie."""
    if device != "cuda":
        return HostStates()
    with suppress(ImportError, OSError):  # the latter where its own libraries lack
        import torch  # not at the top: it need not be installed, and takes seconds

        if torch.cuda.is_available():
            return DeviceStates(torch)
    logger.info("no PyTorch with CUDA: the encoder's states go through the host's memory")
    return HostStates()
