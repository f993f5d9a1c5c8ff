"""The filter `loudnorm`: a recording brought to a loudness by one gain, as EBU R 128 has it."""

import math
from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyloudnorm import Meter
from scipy.signal import lfilter, resample_poly

from snakescribe.ffmpeg.samples import SAMPLE_RATE, sample_blocks
from snakescribe.process.transformer import AudioTransformer, overlapping

Samples = NDArray[np.float32]

# ITU-R BS.1770-4: blocks of 400 ms, a new one every 100 ms, and the two gates.
_STEP_SECONDS = 0.1
_STEPS_IN_BLOCK = 4
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
_OVERSAMPLING = 4  # for the true peak, annex 2
_PEAK_BLOCK, _PEAK_MARGIN = 60 * SAMPLE_RATE, 64


class Loudnorm(AudioTransformer):
    """Samples -> them with the gain that brings the recording's loudness to a target.

    One gain for the whole recording, so that its own dynamics stay. It is lowered where the true
    peak would pass a limit, and 1 where nothing is above the gate at -70 LUFS.
    """

    def __init__(
        self, lufs: float = -23.0, true_peak_dbtp: float = -1.0, sample_rate: int = SAMPLE_RATE
    ) -> None:
        """Keep the options.

        Args:
            lufs: the loudness to reach; -23 LUFS is that of EBU R 128.
            true_peak_dbtp: no peak between samples is louder; -1 dBTP is the recommendation's.
            sample_rate: of the samples.
        """
        self.lufs = lufs
        self.true_peak_dbtp = true_peak_dbtp
        self.sample_rate = sample_rate

    def fit(self, samples: Samples, labels: None = None) -> Self:
        """Measure loudness and true peak, and find the gain."""
        del labels
        loudness = measure_loudness(samples, self.sample_rate)
        peak = measure_true_peak(samples)
        self.loudness_lufs_ = math.nan if loudness is None else loudness
        self.true_peak_dbtp_ = 20 * math.log10(peak) if peak else -math.inf
        wanted = 0.0 if loudness is None else self.lufs - loudness
        self.gain_db_ = min(wanted, self.true_peak_dbtp - self.true_peak_dbtp_)
        return self

    def blocks(self, samples: Samples) -> Iterator[Samples]:
        gain = np.float32(10 ** (self.gain_db_ / 20))
        for block in sample_blocks(samples):
            yield block * gain


def measure_loudness(samples: Samples, sample_rate: int) -> float | None:
    """A recording -> its integrated loudness in LUFS (ITU-R BS.1770-4); None where it is silent.

    By the weighting filters of pyloudnorm (De Man 2014), a minute at a time.
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


def _step_powers(samples: Samples, sample_rate: int) -> NDArray[np.float64]:
    """A recording -> the weighted power of each whole tenth of a second."""
    filters = list(Meter(sample_rate, filter_class="DeMan")._filters.values())
    states = [np.zeros(len(stage.a) - 1) for stage in filters]
    step = round(_STEP_SECONDS * sample_rate)
    powers = []
    for block in sample_blocks(samples):  # a minute, a whole number of steps
        weighted = block.astype(np.float64)
        for number, stage in enumerate(filters):
            weighted, states[number] = lfilter(stage.b, stage.a, weighted, zi=states[number])
        whole = weighted[: len(weighted) // step * step].reshape(-1, step)
        powers.append(np.mean(whole**2, axis=1))
    return np.concatenate(powers) if powers else np.empty(0)


def _to_lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(_OFFSET + 10 * np.log10(power))


def measure_true_peak(samples: Samples) -> float:
    """A recording -> the largest absolute value between samples too (BS.1770-4, annex 2)."""
    peak = 0.0
    for part, _ in overlapping(samples, _PEAK_BLOCK, _PEAK_MARGIN):
        block = part.astype(np.float64)
        between = resample_poly(block, _OVERSAMPLING, 1)
        peak = max(peak, float(np.abs(between).max()), float(np.abs(block).max()))
    return peak
