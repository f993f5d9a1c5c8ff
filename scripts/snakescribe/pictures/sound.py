"""A recording's samples -> what of them fits into a picture a few hundred columns wide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE, Samples, sample_blocks

WINDOW = 512
_HOP = 256
# Below the loudest band by this much there is nothing to see.
RANGE_DB = 70.0
_TAPER = np.hanning(WINDOW).astype(np.float32)


@dataclass(frozen=True)
class Overview:
    """A recording in columns of equal duration.

    Attributes:
        seconds: how long it is.
        low: the smallest sample of each column.
        high: the largest.
        levels: (256 bands from 0 to 8 kHz, columns) power in dB below the loudest, from -70 to 0.
    """

    seconds: float
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    levels: NDArray[np.float32]


def look_over(samples: Samples, columns: int) -> Overview:
    """Samples (float32 mono, 16 kHz) -> their overview, in memory that does not grow with them."""
    columns = max(1, min(columns, len(samples) // _HOP))
    low, high = np.zeros(columns, np.float32), np.zeros(columns, np.float32)
    power = np.zeros((columns, WINDOW // 2), np.float64)
    count = np.zeros(columns, np.int64)
    start, last = 0, np.zeros((1, _HOP), np.float32)  # a window is a hop and the one before
    for block in sample_blocks(samples):
        frames = block[: len(block) // _HOP * _HOP].reshape(-1, _HOP)
        place = (start + np.arange(len(frames)) * _HOP) * columns // max(1, len(samples))
        np.minimum.at(low, place, frames.min(axis=1, initial=0))
        np.maximum.at(high, place, frames.max(axis=1, initial=0))
        before = np.concatenate([last, frames])
        spectra = np.fft.rfft(np.concatenate([before[:-1], frames], axis=1) * _TAPER)[:, :-1]
        np.add.at(power, place, np.abs(spectra) ** 2)
        np.add.at(count, place, 1)
        last = before[-1:]
        start += len(block)
    power /= np.maximum(count, 1)[:, None]
    loudest = float(power.max()) or 1.0
    levels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    return Overview(len(samples) / SAMPLE_RATE, low, high, levels.T.astype(np.float32))
