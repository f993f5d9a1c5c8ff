"""Samples -> loudness, frame by frame."""

import numpy as np
from numpy.typing import NDArray

from snakescribe.process.detectors import FRAME_SAMPLES

_BLOCK_FRAMES = 1_000  # half a minute at a time: what fits the processor's cache


def measure_levels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """16 kHz mono samples -> the level of each frame of 32 ms, in dBFS, at least -120."""
    frames = -(-len(samples) // FRAME_SAMPLES)
    levels = np.empty(frames, dtype=np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, frames)
        block = np.array(samples[start * FRAME_SAMPLES : stop * FRAME_SAMPLES], dtype=np.float32)
        padded = np.pad(block, (0, (stop - start) * FRAME_SAMPLES - len(block)))
        power = np.mean(padded.reshape(-1, FRAME_SAMPLES).astype(np.float64) ** 2, axis=1)
        levels[start:stop] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels
