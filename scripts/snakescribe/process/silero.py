"""Silero VAD, the model that faster-whisper ships: how likely each frame is speech."""

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from snakescribe.process.detectors import FRAME_SAMPLES

Samples = NDArray[np.float32]

# Long recordings go through the model in blocks, each with a run-up to settle its memory.
_BLOCK_FRAMES = 20_000
_RUN_UP_FRAMES = 1_000


def detect_speech(samples: Samples, sample_rate: int) -> NDArray[np.float32]:  # noqa: ARG001
    """16 kHz mono samples -> the probability of speech in each frame of 32 ms.

    Recordings of more than ten minutes are taken in blocks with 32 s of run-up.
    """
    model = get_vad_model()
    frames = -(-len(samples) // FRAME_SAMPLES)
    probabilities = np.empty(frames, dtype=np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, frames)
        first = max(0, start - _RUN_UP_FRAMES)
        block = np.array(samples[first * FRAME_SAMPLES : stop * FRAME_SAMPLES], dtype=np.float32)
        # One frame more than needed: the model blanks the end of what it is given.
        padded = np.pad(block, (0, (stop - first + 1) * FRAME_SAMPLES - len(block)))
        probabilities[start:stop] = np.ravel(model(padded))[start - first : stop - first]
    return probabilities
