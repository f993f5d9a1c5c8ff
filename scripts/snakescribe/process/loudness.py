"""A recording -> its loudness by ITU-R BS.1770-4, which EBU R 128 is made of.

The two weighting filters are applied by Fourier transforms: what is heard of a moment a quarter of
a second later is less than 1e-20 of it, so that the result is that of the filters' recursions.
SciPy, which has these, takes longer to import than to measure an hour.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE

Samples = NDArray[np.float32]
Powers = NDArray[np.float64]

# Gating blocks of 400 ms, a new one every 100 ms; one that is not complete does not count.
_STEP_SECONDS = 0.1
_STEPS_IN_BLOCK = 4
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
# The two stages at any rate, as De Man has them ("Evaluation of implementations of the EBU R128
# loudness measurement", AES 145, 2018): hertz, quality, and the gain of the shelf in dB.
_SHELF = (1681.974450955533, 0.7071752369554196, 3.999843853973347)
_SHELF_MIDDLE = 0.4996667741545416
_HIGH_PASS = (38.13547087602444, 0.5003270373238773)
# Of a transform over a second, this part is run-up.
_RUN_UP_SHARE = 4


def measure_loudness(samples: Samples, sample_rate: int = SAMPLE_RATE) -> float | None:
    """A recording -> its integrated loudness in LUFS, a minute at a time.

    None where it is shorter than a gating block of 0.4 s, or nowhere above -70 LUFS.
    """
    steps = _step_powers(samples, sample_rate)
    if len(steps) < _STEPS_IN_BLOCK:
        return None
    blocks = np.convolve(steps, np.full(_STEPS_IN_BLOCK, 1 / _STEPS_IN_BLOCK), mode="valid")
    loud = blocks[_to_lufs(blocks) >= _ABSOLUTE_GATE]
    if not len(loud):
        return None
    gate = _to_lufs(loud.mean()) + _RELATIVE_GATE
    return float(_to_lufs(loud[_to_lufs(loud) > gate].mean()))


def _to_lufs(power: Powers) -> Powers:
    with np.errstate(divide="ignore"):
        return np.asarray(_OFFSET + 10 * np.log10(power))


def _step_powers(samples: Samples, sample_rate: int) -> Powers:
    """A recording -> the weighted power of each whole tenth of a second."""
    size, step = sample_rate, round(_STEP_SECONDS * sample_rate)
    run_up = size // _RUN_UP_SHARE
    before = np.zeros(run_up)
    powers = [np.empty(0)]
    for start in range(0, len(samples), 60 * sample_rate):
        block = samples[start : start + 60 * sample_rate]
        filled = np.zeros(-(-len(block) // (size - run_up)) * (size - run_up) + run_up)
        filled[:run_up] = before
        filled[run_up : run_up + len(block)] = block
        before = filled[len(block) : len(block) + run_up].copy()
        windows = np.lib.stride_tricks.sliding_window_view(filled, size)[:: size - run_up]
        spectra = np.fft.rfft(windows)
        spectra *= _response(sample_rate)
        weighted = np.fft.irfft(spectra, size)[:, run_up:].reshape(-1)[: len(block)]
        whole = weighted[: len(weighted) // step * step].reshape(-1, step)
        powers.append(np.einsum("ij,ij->i", whole, whole) / step)
    return np.concatenate(powers)


@cache
def _response(sample_rate: int) -> NDArray[np.complex128]:
    """The weighting at the frequencies of a transform over a second."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(sample_rate))  # z to the power of -1
    hertz, quality, gain = _SHELF
    k = math.tan(math.pi * hertz / sample_rate)
    high = 10 ** (gain / 20)
    middle = high**_SHELF_MIDDLE
    below = (1 + k / quality + k * k) + 2 * (k * k - 1) * z + (1 - k / quality + k * k) * z * z
    above = (
        (high + middle * k / quality + k * k)
        + 2 * (k * k - high) * z
        + (high - middle * k / quality + k * k) * z * z
    )
    hertz, quality = _HIGH_PASS
    k = math.tan(math.pi * hertz / sample_rate)
    a0 = 1 + k / quality + k * k
    below = below * (1 + 2 * (k * k - 1) / a0 * z + (1 - k / quality + k * k) / a0 * z * z)
    response: NDArray[np.complex128] = above * (1 - z) ** 2 / below
    return response
