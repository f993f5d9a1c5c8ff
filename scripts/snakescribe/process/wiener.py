"""The filter `wiener`: SciPy's Wiener filter, in blocks.

Blocks have margins wide enough that the result is that of the whole recording at once, in memory
that does not grow with its length.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import wiener as scipy_wiener

Samples = NDArray[np.float32]

_BLOCK = 2_000_000


def wiener(
    samples: Samples, sample_rate: int, *, size: int, noise: float | None
) -> Iterator[Samples]:
    """Samples -> the Wiener filter of them, `scipy.signal.wiener` (Lim 1990, p. 548).

    Args:
        size: samples in the window, odd.
        noise: noise power; None takes the mean local variance of the whole recording, as SciPy
            does, in a pass of its own.
    """
    del sample_rate  # the window is given in samples
    margin = size // 2
    if noise is None:
        noise = _mean_local_variance(samples, size)
    for start in range(0, len(samples), _BLOCK):
        first = max(0, start - margin)
        block = samples[first : start + _BLOCK + margin].astype(np.float64)
        # Digital silence has no variance to divide by; SciPy's own formula leaves NaN there.
        with np.errstate(divide="ignore", invalid="ignore"):
            filtered = scipy_wiener(block, size, noise)
        filtered = np.where(np.isfinite(filtered), filtered, block)
        yield filtered[start - first :][:_BLOCK].astype(np.float32)


def _mean_local_variance(samples: Samples, size: int) -> float:
    """The noise power that SciPy estimates: the mean of the variance in a moving window."""
    margin = size // 2
    total = 0.0
    for start in range(0, len(samples), _BLOCK):
        first = max(0, start - margin)
        block = samples[first : start + _BLOCK + margin].astype(np.float64)
        mean = uniform_filter1d(block, size, mode="constant")
        variance = uniform_filter1d(block**2, size, mode="constant") - mean**2
        total += float(variance[start - first :][:_BLOCK].sum())
    return max(0.0, total / len(samples))
