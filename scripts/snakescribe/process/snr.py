"""How loud speech is against the noise under it: by the speech regions, frame by frame."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE, sample_blocks

Samples = NDArray[np.float32]
Powers = NDArray[np.float64]

Seconds = Sequence[float]

# Frames of 20 ms: short enough to lie between two words, long enough for a steady power.
FRAME_SAMPLES = 320
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
# Pauses this far around a chunk count as its own; without any, those of the whole recording.
MARGIN_SECONDS = 2.0
# Pauses begin and end this far from speech, whose edges are soft.
GUARD_SECONDS = 0.064
# Less speech or pause than this tells nothing.
LEAST_SECONDS = 0.1
# Speech that is no louder than this says nothing but that it is not: its power is a difference.
LOWEST_DB = -20.0
# Power of the rounding to 16 bit (full scale is 1): the noise that is always there.
_QUANTISATION_POWER = 2.0**-30 / 12


def frame_powers(samples: Samples) -> Powers:
    """A recording (float32 mono, 16 kHz) -> the mean square of each frame of 20 ms.

    Around the mean of the recording: an offset, as of a bad sound card, is not heard. What is left
    over at the end, less than a frame, is left out.
    """
    powers = np.empty(len(samples) // FRAME_SAMPLES, dtype=np.float64)
    means = np.empty_like(powers)
    done = 0
    for block in sample_blocks(samples):  # a minute, which is a whole number of frames
        frames = block[: len(block) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        part = slice(done, done + len(frames))
        powers[part] = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / FRAME_SAMPLES
        means[part] = np.einsum("ij->i", frames, dtype=np.float64) / FRAME_SAMPLES
        done += len(frames)
    offset = float(means.mean()) if done else 0.0
    return np.maximum(powers - 2 * offset * means + offset**2, 0.0)


def measure_snr(powers: Powers, chunk: Seconds, speech: Sequence[Seconds]) -> float | None:
    """A recording's frames, a chunk (s) and the speech regions (s) -> signal-to-noise ratio in dB.

    10 log10((S - N) / N). S is the mean power of the frames with speech in the chunk, in which the
    noise is too; N is the median power of the frames in the pauses of the chunk and 2 s around it,
    or of the whole recording where there is none. Both have the power of 16-bit rounding added, so
    that the ratio is finite: from -20, where speech is not louder than the pauses, to about 98.

    The median makes N the steady noise: a word that the detector missed, a cough or a door changes
    a mean, and a single one of them by 10 dB. None where there is less than 0.1 s of either.
    """
    start, end = chunk
    loud = _take(powers, _between(start, end, speech))
    around = max(0.0, start - MARGIN_SECONDS), end + MARGIN_SECONDS
    quiet = _take(powers, _pauses(*around, speech))
    if not _enough(quiet):
        quiet = _take(powers, _pauses(0.0, len(powers) * FRAME_SECONDS, speech))
    if not (_enough(loud) and _enough(quiet)):
        return None
    noise = float(np.median(quiet)) + _QUANTISATION_POWER
    ratio = (float(np.mean(loud)) + _QUANTISATION_POWER - noise) / noise
    lowest = 10 ** (LOWEST_DB / 10)
    return round(10 * math.log10(max(ratio, lowest)), 2)


def speech_seconds(chunk: Seconds, speech: Sequence[Seconds]) -> float:
    """A chunk (s) and the speech regions (s) -> seconds of speech inside."""
    start, end = chunk
    return round(sum(last - first for first, last in _between(start, end, speech)), 3)


def _between(start: float, end: float, spans: Sequence[Seconds]) -> list[tuple[float, float]]:
    """Spans -> the parts of them between `start` and `end`."""
    return [
        (max(start, first), min(end, last)) for first, last in spans if first < end and last > start
    ]


def _pauses(start: float, end: float, speech: Sequence[Seconds]) -> Iterator[tuple[float, float]]:
    """What lies between `start` and `end` and is not near speech."""
    position = start
    for first, last in speech:
        if first - GUARD_SECONDS > end:
            break
        if first - GUARD_SECONDS > position:
            yield position, first - GUARD_SECONDS
        position = max(position, last + GUARD_SECONDS)
    if position < end:
        yield position, end


def _take(powers: Powers, spans: Sequence[Seconds] | Iterator[Seconds]) -> Powers:
    """The frames that lie in the spans (s) as a whole."""
    parts = [
        powers[math.ceil(start / FRAME_SECONDS - 1e-6) : math.floor(end / FRAME_SECONDS + 1e-6)]
        for start, end in spans
    ]
    return np.concatenate(parts) if parts else powers[:0]


def _enough(frames: Powers) -> bool:
    return len(frames) * FRAME_SECONDS >= LEAST_SECONDS
