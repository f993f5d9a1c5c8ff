"""Samples -> speech probability and loudness, frame by frame -> speech regions and pauses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.detectors import FRAME_SAMPLES, SpeechDetector
from snakescribe.process.levels import measure_levels

Samples = NDArray[np.float32]

Span = tuple[int, int]

FRAME_MS = FRAME_SAMPLES * 1000 // SAMPLE_RATE


def measure_frames(samples: Samples, detect: SpeechDetector | None) -> NDArray[np.float32]:
    """16 kHz mono samples -> rows (speech probability, loudness in dBFS) x frames of 32 ms.

    Args:
        samples: the whole recording; the last frame is filled up with silence.
        detect: what tells how likely each frame is speech; without it, none is.
    """
    levels = measure_levels(samples)
    measured = np.zeros((2, len(levels)), dtype=np.float32)
    measured[1] = levels
    if detect:
        measured[0] = detect(samples, SAMPLE_RATE)
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
