"""The filter `loudnorm`: a recording brought to a loudness by one gain, as EBU R 128 has it."""

import math
from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from snakescribe.ffmpeg.samples import SAMPLE_RATE, sample_blocks
from snakescribe.process.loudness import measure_loudness
from snakescribe.process.transformer import AudioTransformer, overlapping

Samples = NDArray[np.float32]

_OVERSAMPLING = 4  # for the true peak: ITU-R BS.1770-4, annex 2
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


def measure_true_peak(samples: Samples) -> float:
    """A recording -> the largest absolute value between samples too (BS.1770-4, annex 2)."""
    peak = 0.0
    for part, _ in overlapping(samples, _PEAK_BLOCK, _PEAK_MARGIN):
        block = part.astype(np.float64)
        between = resample_poly(block, _OVERSAMPLING, 1)
        peak = max(peak, float(np.abs(between).max()), float(np.abs(block).max()))
    return peak
