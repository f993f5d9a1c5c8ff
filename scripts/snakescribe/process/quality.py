"""A chunk's sound -> figures of its quality, each with its source in docs/process.md."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.loudness import measure_loudness
from snakescribe.process.snr import Powers, measure_snr, speech_seconds
from snakescribe.process.wada import wada_snr

Samples = NDArray[np.float32]
Seconds = Sequence[float]

# The loudest that 16 bit hold on either side; what is as loud was most likely louder.
FULL_SCALE = 32767 / 32768
# Nothing is quieter than half a step of 16 bit.
LOWEST_DBFS = -96.33
# A band is part of the sound down to this much below the strongest one.
BANDWIDTH_DB = 50.0
# Blackman-Harris, four terms, as of a period (Harris 1978, table I).
_ANGLES = 2 * np.pi * np.arange(512) / 512
_TERMS = np.array([0.35875, -0.48829, 0.14128, -0.01168])
_WINDOW = np.sum(_TERMS * np.cos(np.outer(_ANGLES, range(4))), axis=1).astype(np.float32)
_LONGEST_SECONDS = 30 * 60  # more than that at once would take gigabytes


def describe_chunk(
    samples: Samples, powers: Powers, raw: Samples | None, chunk: Seconds, speech: Sequence[Seconds]
) -> dict[str, float | None]:
    """A recording in a variant and where a chunk lies -> the columns of its quality.

    Args:
        samples: the whole recording, float32 mono at 16 kHz.
        powers: its frames, by `frame_powers`.
        raw: the same recording without any filter; None where no variant has none.
        chunk: start and end, s.
        speech: the recording's speech regions, s.
    """
    spoken = speech_seconds(chunk, speech)
    part = _cut(samples, chunk)
    loudness = measure_loudness(part)
    return {
        "speech_seconds": spoken,
        "speech_share": round(spoken / (chunk[1] - chunk[0]), 4),
        "snr_db": measure_snr(powers, chunk, speech),
        "wada_snr_db": wada_snr(part),
        "peak_dbfs": measure_peak(part),
        "clipped_share": clipped_share(part),
        "bandwidth_hz": measure_bandwidth(part),
        "loudness_lufs": None if loudness is None else round(loudness, 2),
        "processed_to_raw_db": None if raw is None else compare_powers(part, _cut(raw, chunk)),
    }


def _cut(samples: Samples, chunk: Seconds) -> Samples:
    """The samples of a chunk, of a very long one the first half hour."""
    start, end = round(chunk[0] * SAMPLE_RATE), round(chunk[1] * SAMPLE_RATE)
    return np.asarray(samples[start : min(end, start + _LONGEST_SECONDS * SAMPLE_RATE)])


def measure_peak(samples: Samples) -> float:
    """Samples -> the largest of them in dB below full scale; -96.33 where all are zero."""
    peak = float(np.abs(samples).max(initial=0))
    return round(max(20 * math.log10(peak), LOWEST_DBFS), 2) if peak else LOWEST_DBFS


def clipped_share(samples: Samples) -> float:
    """Samples -> how many of them are at full scale, from 0 to 1."""
    clipped = np.count_nonzero(np.abs(samples) >= FULL_SCALE)
    return round(int(clipped) / max(1, len(samples)), 6)


def measure_bandwidth(samples: Samples) -> float | None:
    """Samples -> the highest frequency in Hz that is at most 50 dB below the strongest one.

    Of the mean power spectrum with Blackman-Harris windows of 512 samples, as NVIDIA's Speech Data
    Explorer has it (`eval_bandwidth`, with its threshold), but side by side, without overlap. None
    where there is no sound.
    """
    frames = samples[: len(samples) // len(_WINDOW) * len(_WINDOW)].reshape(-1, len(_WINDOW))
    if not len(frames):
        return None
    spectrum = np.mean(np.abs(np.fft.rfft(frames * _WINDOW)) ** 2, axis=0)
    strongest = float(spectrum.max())
    if strongest <= 0:
        return None
    inside = np.flatnonzero(spectrum > strongest * 10 ** (-BANDWIDTH_DB / 10))
    return float(inside[-1]) * SAMPLE_RATE / len(_WINDOW)


def compare_powers(processed: Samples, raw: Samples) -> float | None:
    """A chunk with and without the filters -> 10 log10 of the ratio of their powers, in dB.

    None where either is silent.
    """
    with_filters, without = (
        float(np.mean(np.square(part, dtype=np.float64))) if len(part) else 0.0
        for part in (processed, raw)
    )
    return round(10 * math.log10(with_filters / without), 2) if with_filters and without else None
