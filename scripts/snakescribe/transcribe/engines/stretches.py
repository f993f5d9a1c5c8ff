"""Whole recordings -> stretches of speech, for engines that hear no more than some seconds.

The detector is Silero, in the build that faster-whisper ships.
"""

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

# Those of onnx-asr's own long form: stretches are short enough for every model that it runs.
_OPTIONS = VadOptions(
    threshold=0.5,
    min_speech_duration_ms=250,
    max_speech_duration_s=20,
    min_silence_duration_ms=100,
    speech_pad_ms=30,
)
_SAMPLE_RATE = 16000
_MOST_SAMPLES = 20 * _SAMPLE_RATE
_GAP_SAMPLES = _SAMPLE_RATE  # stretches that are nearer to each other are heard as one


def find_stretches(samples: np.ndarray) -> list[tuple[int, int]]:
    """A recording (float32 mono, 16 kHz) -> start and end of each stretch of speech, in samples.

    Neighbours are joined while they stay within 20 s: words at the border of a stretch are those
    that get lost.
    """
    joined: list[tuple[int, int]] = []
    for speech in get_speech_timestamps(samples, _OPTIONS):
        start, end = speech["start"], speech["end"]
        if joined and start - joined[-1][1] < _GAP_SAMPLES and end - joined[-1][0] < _MOST_SAMPLES:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
