"""Speech by loudness alone: a detector without a model, for clean recordings and comparisons."""

import numpy as np
from numpy.typing import NDArray

from snakescribe.process.levels import measure_levels

Samples = NDArray[np.float32]

QUIET_PERCENTILE = 10  # the level of pauses, where a recording has some
LOUD_PERCENTILE = 95
LEAST_RANGE_DB = 10.0  # a recording whose level varies less has nothing that stands out
SMOOTH_FRAMES = 3


def detect_speech(samples: Samples, sample_rate: int) -> NDArray[np.float32]:  # noqa: ARG001
    """16 kHz mono samples -> the probability of speech in each frame of 32 ms.

    It is where the level (mean of three frames, dBFS) lies between that of the recording's pauses
    (10th percentile: 0) and that of its loud parts (95th: 1); 0 where these are within 10 dB.
    """
    levels = measure_levels(samples).astype(np.float64)
    if not len(levels):
        return np.zeros(0, dtype=np.float32)
    low, high = np.percentile(levels, [QUIET_PERCENTILE, LOUD_PERCENTILE])
    if high - low < LEAST_RANGE_DB:
        return np.zeros(len(levels), dtype=np.float32)
    padded = np.pad(levels, SMOOTH_FRAMES // 2, mode="edge")
    smooth = np.convolve(padded, np.ones(SMOOTH_FRAMES) / SMOOTH_FRAMES, mode="valid")
    probabilities: NDArray[np.float32] = np.clip((smooth - low) / (high - low), 0, 1).astype(
        np.float32
    )
    return probabilities
