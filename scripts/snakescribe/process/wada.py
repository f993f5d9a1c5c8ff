"""WADA-SNR: a signal-to-noise ratio from the distribution of the samples alone.

Kim & Stern, "Robust Signal-to-Noise Ratio Estimation Based on Waveform Amplitude Distribution
Analysis", Interspeech 2008. The samples of clean speech are taken to have a symmetric gamma
distribution with shape 0.4, the noise to be Gaussian. The statistic G = ln E|x| - E ln|x| then
depends on their ratio alone, and is looked up in a table of it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SPEECH_SHAPE = 0.4  # alpha in the paper
LOWEST_DB, HIGHEST_DB = -20, 100  # the paper's table
# What 16 bit round to zero is uniform below half a step d; the mean of its logarithm is ln(d / e).
_ZERO = np.float32(0.5 / 32768 / np.e)


def wada_snr(samples: Samples) -> float | None:
    """A chunk (float32 mono) -> its signal-to-noise ratio in dB, from -20 to 100.

    The power of all speech, pauses counted, over that of the noise. None where all is silent.
    """
    magnitudes = np.maximum(np.abs(samples), _ZERO)
    if not len(magnitudes) or magnitudes.max() <= _ZERO:
        return None
    statistic = np.log(magnitudes.mean(dtype=np.float64)) - np.log(magnitudes).mean(
        dtype=np.float64
    )
    ratios, statistics = wada_table()
    return round(float(np.interp(statistic, statistics, ratios)), 2)


@cache
def wada_table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nothing -> ratios from -20 to 100 dB in steps of one, and G for each (rising).

    The paper's table was simulated; this is the integral. With the characteristic function f(t) of
    speech + noise (that of the gamma distribution's real part times a Gaussian), E|x| is
    2/pi times the integral of (1 - f) / t^2, and E ln|x| that of (exp(-t) - f) / t, for t from 0
    to infinity; both are sums over evenly spaced ln t.
    """
    ratios = np.arange(LOWEST_DB, HIGHEST_DB + 1, dtype=np.float64)
    log_t, step = np.linspace(-45, 25, 2001, retstep=True)
    t = np.exp(log_t)
    statistics = []
    for ratio in 10 ** (ratios / 10):
        speech, noise = ratio / (1 + ratio), 1 / (1 + ratio)
        scale = np.sqrt(speech / (SPEECH_SHAPE * (SPEECH_SHAPE + 1)))
        of_speech = (1 + (scale * t) ** 2) ** (-SPEECH_SHAPE / 2) * np.cos(
            SPEECH_SHAPE * np.arctan(scale * t)
        )
        both = of_speech * np.exp(-noise * t**2 / 2)
        mean = 2 / np.pi * np.sum((1 - both) / t) * step
        statistics.append(np.log(mean) - np.sum(np.exp(-t) - both) * step)
    return ratios, np.array(statistics)
