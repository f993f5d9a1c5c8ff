"""Pink noise at a chosen distance below the speech, the same noise for each recording."""

import numpy as np


def pink_noise(samples, sample_rate, *, snr_db=10.0):  # noqa: ARG001
    """Add noise whose power falls with 3 dB an octave, `snr_db` below the recording's own power."""
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(len(samples)))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, n=len(samples))
    power = np.mean(np.square(samples, dtype=np.float64))
    noise *= np.sqrt(power / 10 ** (snr_db / 10) / np.mean(noise**2))
    return (samples + noise).astype(np.float32)
