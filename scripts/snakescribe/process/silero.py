"""Silero VAD, the model that faster-whisper ships: how likely each frame is speech."""

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from snakescribe.process.detectors import FRAME_SAMPLES

Samples = NDArray[np.float32]

# Long recordings go through the model in blocks, each with a run-up to settle its memory.
_BLOCK_FRAMES = 20_000
_RUN_UP_FRAMES = 1_000
# How many frames the model is given at once: what lies between its layers fits the processor's
# cache. faster-whisper gives it 10,000, for the same answers; to map so much memory, a few hundred
# MB for each turn, takes a tenth of the time.
_AT_ONCE = 500
# What each frame has before it of the last one, and the size of the model's memory.
_CONTEXT_SAMPLES, _MEMORY = 64, (1, 1, 128)


def detect_speech(samples: Samples, sample_rate: int) -> NDArray[np.float32]:  # noqa: ARG001
    """16 kHz mono samples -> the probability of speech in each frame of 32 ms.

    Recordings of more than ten minutes are taken in blocks with 32 s of run-up.
    """
    frames = -(-len(samples) // FRAME_SAMPLES)
    probabilities = np.empty(frames, dtype=np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, frames)
        first = max(0, start - _RUN_UP_FRAMES)
        block = samples[first * FRAME_SAMPLES : stop * FRAME_SAMPLES]
        probabilities[start:stop] = _hear(block, stop - first)[start - first :]
    return probabilities


def _hear(samples: Samples, frames: int) -> NDArray[np.float32]:
    """Samples of so many frames, of which the last may lack some -> their probabilities.

    As faster-whisper's `SileroVADModel` does it, which remembers nothing at the beginning.
    """
    session = get_vad_model().session
    heard = np.empty(frames, dtype=np.float32)
    given = np.zeros((_AT_ONCE, _CONTEXT_SAMPLES + FRAME_SAMPLES), dtype=np.float32)
    memory = {"h": np.zeros(_MEMORY, np.float32), "c": np.zeros(_MEMORY, np.float32)}
    before = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)
    for start in range(0, frames, _AT_ONCE):
        count = min(_AT_ONCE, frames - start)
        part = samples[start * FRAME_SAMPLES : (start + count) * FRAME_SAMPLES]
        whole, rest = divmod(len(part), FRAME_SAMPLES)
        own = given[:count, _CONTEXT_SAMPLES:]
        own[:whole] = part[: whole * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        if rest:
            own[whole] = 0
            own[whole, :rest] = part[whole * FRAME_SAMPLES :]
        given[0, :_CONTEXT_SAMPLES] = before
        given[1:count, :_CONTEXT_SAMPLES] = own[:-1, -_CONTEXT_SAMPLES:]
        before = own[-1, -_CONTEXT_SAMPLES:].copy()
        out, h, c = session.run(None, {"input": given[:count], **memory})
        memory = {"h": h, "c": c}
        heard[start : start + count] = np.ravel(out)
    return heard
