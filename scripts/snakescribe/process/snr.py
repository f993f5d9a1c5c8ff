"""How loud the speech of a chunk is against its pauses."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE

Samples = NDArray[np.float32]

Seconds = Sequence[float]

# Pauses this far around a chunk count as its own.
MARGIN_SECONDS = 2.0
# Pauses begin and end this far from speech, whose edges are soft.
GUARD_SECONDS = 0.064
# Less speech or pause than this tells nothing.
LEAST_SECONDS = 0.1
# Power of the rounding to 16 bit (full scale is 1): the noise that is always there.
_QUANTISATION_POWER = 2.0**-30 / 12


def measure_snr(samples: Samples, chunk: Seconds, speech: Sequence[Seconds]) -> float | None:
    """A recording, a chunk (s) and the speech regions (s) -> speech-to-pause energy ratio in dB.

    10 log10(S / P), with S the mean power of the speech in the chunk and P that of the pauses in
    it and 2 s around it, each plus the power of 16-bit rounding; so it is finite, and at most
    about 98 dB. The speech has the noise in it: an SNR near 0 dB means that the pauses are as loud.
    None where there is less than 0.1 s of either.
    """
    start, end = chunk
    around = (max(0.0, start - MARGIN_SECONDS), end + MARGIN_SECONDS)
    near = _between(around[0] - GUARD_SECONDS, around[1] + GUARD_SECONDS, speech)
    loud = _between(start, end, speech)
    quiet = _pauses(*around, near)
    powers = [_mean_power(samples, spans) for spans in (loud, quiet)]
    if powers[0] is None or powers[1] is None:
        return None
    ratio = (powers[0] + _QUANTISATION_POWER) / (powers[1] + _QUANTISATION_POWER)
    return round(10 * math.log10(ratio), 2)


def speech_seconds(chunk: Seconds, speech: Sequence[Seconds]) -> float:
    """A chunk (s) and the speech regions (s) -> seconds of speech inside."""
    start, end = chunk
    return round(sum(last - first for first, last in _between(start, end, speech)), 3)


def _between(start: float, end: float, spans: Sequence[Seconds]) -> list[tuple[float, float]]:
    """Spans -> the parts of them between `start` and `end`."""
    return [
        (max(start, first), min(end, last)) for first, last in spans if first < end and last > start
    ]


def _pauses(start: float, end: float, speech: Sequence[Seconds]) -> list[tuple[float, float]]:
    """What lies between `start` and `end` and is not near speech."""
    pauses = []
    position = start
    for first, last in speech:
        if first - GUARD_SECONDS > position and position < end:
            pauses.append((position, min(end, first - GUARD_SECONDS)))
        position = max(position, last + GUARD_SECONDS)
    if position < end:
        pauses.append((position, end))
    return pauses


def _mean_power(samples: Samples, spans: Sequence[tuple[float, float]]) -> float | None:
    """Mean square over the spans (s); None where they are too short in all."""
    total, count = 0.0, 0
    for start, end in spans:
        part = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        total += float(np.sum(part.astype(np.float64) ** 2))
        count += len(part)
    return total / count if count >= LEAST_SECONDS * SAMPLE_RATE else None
