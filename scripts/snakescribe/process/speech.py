"""Samples -> speech probability and loudness, frame by frame -> speech regions and pauses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.detectors import FRAME_SAMPLES, SpeechDetector

Samples = NDArray[np.float32]

Span = tuple[int, int]

FRAME_MS = FRAME_SAMPLES * 1000 // SAMPLE_RATE
_BLOCK_FRAMES = 20_000  # ten minutes at a time, for memory


def measure_frames(samples: Samples, detect: SpeechDetector) -> NDArray[np.float32]:
    """16 kHz mono samples -> rows (speech probability, loudness in dBFS) x frames of 32 ms.

    Args:
        samples: the whole recording; the last frame is filled up with silence.
        detect: what tells how likely each frame is speech.
    """
    frames = -(-len(samples) // FRAME_SAMPLES)
    measured = np.empty((2, frames), dtype=np.float32)
    measured[0] = detect(samples, SAMPLE_RATE)
    for start in range(0, frames, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, frames)
        block = np.array(samples[start * FRAME_SAMPLES : stop * FRAME_SAMPLES], dtype=np.float32)
        padded = np.pad(block, (0, (stop - start) * FRAME_SAMPLES - len(block)))
        power = np.mean(padded.reshape(-1, FRAME_SAMPLES).astype(np.float64) ** 2, axis=1)
        measured[1, start:stop] = 10 * np.log10(np.maximum(power, 1e-12))
    return measured


def find_speech(
    probabilities: Sequence[float],
    total_ms: int,
    threshold: float,
    min_speech_ms: int,
    min_silence_ms: int,
) -> list[Span]:
    """Speech probabilities of 32 ms frames -> speech regions (start, end) in milliseconds.

    Silero's own rule (snakers4/silero-vad, `get_speech_timestamps`, without padding): a region
    begins at `threshold` and ends where it has been below `threshold - 0.15` for `min_silence_ms`.
    """
    low = max(threshold - 0.15, 0.01)
    regions: list[Span] = []
    start: int | None = None
    quiet: int | None = None
    for frame, probability in enumerate(probabilities):
        now = frame * FRAME_MS
        if probability >= threshold:
            quiet = None
            if start is None:
                start = now
        elif probability < low and start is not None:
            if quiet is None:
                quiet = now
            if now - quiet >= min_silence_ms:
                if quiet - start > min_speech_ms:
                    regions.append((start, quiet))
                start = quiet = None
    if start is not None and total_ms - start > min_speech_ms:
        regions.append((start, total_ms))
    return regions


def find_pauses(probabilities: Sequence[float], threshold: float) -> list[Span]:
    """Speech probabilities of 32 ms frames -> the runs of frames that are no speech, in ms."""
    pauses: list[Span] = []
    start: int | None = None
    for frame, probability in enumerate([*probabilities, 1.0]):
        if probability < threshold:
            start = frame if start is None else start
        elif start is not None:
            pauses.append((start * FRAME_MS, frame * FRAME_MS))
            start = None
    return pauses
