"""A GPU that is none: arrays which only the CUDA Array Interface tells of, as torch's tensors do.

Nothing that reads the host's arrays can read them; what uses one before the stream that made it is
done fails, as it would read rubbish on a GPU.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import ctranslate2
import numpy as np

TRUE_VIEW = ctranslate2.StorageView


class DeviceArray:
    """Contents in a GPU's memory; `pending` until the stream is waited for."""

    def __init__(self, content: np.ndarray, torch: "FakeTorch | None" = None) -> None:
        self._content, self._torch = content, torch
        if torch:
            torch.pending = True

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        told = self._content.__array_interface__
        return {**{key: told[key] for key in ("shape", "typestr", "data", "strides")}, "version": 3}

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("can't convert cuda:0 device type tensor to numpy")

    def __len__(self) -> int:
        return len(self._content)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._content.shape

    @property
    def dtype(self) -> Any:
        return TRUE_VIEW.from_array(self._content).dtype

    def to(self, dtype: Any) -> "DeviceArray":
        return DeviceArray(np.array(TRUE_VIEW.from_array(self._content).to(dtype)))

    def __getitem__(self, index: Any) -> "DeviceArray":
        assert isinstance(index, int | list), "torch takes a tuple for one index per dimension"
        if isinstance(index, int) and index >= len(self):
            raise IndexError(index)
        return DeviceArray(self._content[index], self._torch)

    def contiguous(self) -> "DeviceArray":
        return self


class FakeTorch:
    """As much of torch as states need."""

    def __init__(self) -> None:
        self.pending = False
        self.waits = 0
        stream = SimpleNamespace(synchronize=self._wait)
        self.cuda = SimpleNamespace(is_available=lambda: True, current_stream=lambda: stream)

    def _wait(self) -> None:
        self.pending = False
        self.waits += 1

    def as_tensor(self, shared: Any, device: str) -> DeviceArray:
        assert device == "cuda"
        return DeviceArray(read_device(shared), self)

    def stack(self, arrays: Sequence[DeviceArray]) -> DeviceArray:
        return DeviceArray(np.stack([read_device(array) for array in arrays]), self)


def read_device(shared: Any) -> np.ndarray:
    """What a GPU does: read what the interface tells of."""
    told = SimpleNamespace(__array_interface__=shared.__cuda_array_interface__, keep=shared)
    return np.asarray(told)


def share(torch: FakeTorch) -> Any:
    """A fake -> CTranslate2's view class that takes what lies in its memory."""

    def from_array(array: Any) -> Any:
        if not isinstance(array, DeviceArray):
            return TRUE_VIEW.from_array(array)
        assert not torch.pending, "read before it was there"
        return TRUE_VIEW.from_array(read_device(array))

    return SimpleNamespace(from_array=from_array)
