"""The filter `wiener`: SciPy's Wiener filter, in blocks.

Blocks have margins wide enough that the result is that of the whole recording at once.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate
from scipy.signal import wiener as scipy_wiener

from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.transformer import AudioTransformer, overlapping

Samples = NDArray[np.float32]

_BLOCK = 1 << 17  # small enough for the processor's cache


class Wiener(AudioTransformer):
    """Samples -> the Wiener filter of them, `scipy.signal.wiener` (Lim 1990, p. 548)."""

    def __init__(
        self, size: int = 3, noise: float | None = None, sample_rate: int = SAMPLE_RATE
    ) -> None:
        """Keep the options.

        Args:
            size: samples in the window, odd.
            noise: noise power; None takes the mean local variance of the whole recording, as SciPy
                does, in a pass of its own.
            sample_rate: of the samples; the window is given in samples.
        """
        self.size = size
        self.noise = noise
        self.sample_rate = sample_rate

    def fit(self, samples: Samples, labels: None = None) -> Self:
        """Find the noise power."""
        del labels
        self.noise_ = self._mean_variance(samples) if self.noise is None else self.noise
        return self

    def blocks(self, samples: Samples) -> Iterator[Samples]:
        for part, lead in overlapping(samples, _BLOCK, self.size // 2):
            block = part.astype(np.float64)
            # Digital silence has no variance to divide by; SciPy's own formula leaves NaN there.
            with np.errstate(divide="ignore", invalid="ignore"):
                filtered = scipy_wiener(block, self.size, self.noise_)
            np.copyto(filtered, block, where=~np.isfinite(filtered))
            yield filtered[lead:][:_BLOCK].astype(np.float32)

    def _mean_variance(self, samples: Samples) -> float:
        """The noise power that SciPy estimates: the mean of the variance in a moving window.

        The squares are summed without the window: each is in as many windows as these are long,
        but for those at both ends, where windows reach beyond.
        """
        half, window = self.size // 2, np.full(self.size, 1 / self.size)
        total = 0.0
        for part, lead in overlapping(samples, _BLOCK, half):
            block = part.astype(np.float64)
            mean = correlate(block, window, "same")[lead:][:_BLOCK]
            own = block[lead:][:_BLOCK]
            # Not by `@`: the threads of BLAS wait in loops.
            total += float(np.einsum("i,i", own, own) - np.einsum("i,i", mean, mean))
        for end in (samples[:half], samples[max(0, len(samples) - half) :][::-1]):
            lacking = np.arange(half, half - len(end), -1) / self.size
            total -= float(np.sum(end.astype(np.float64) ** 2 * lacking))
        return max(0.0, total / max(1, len(samples)))
