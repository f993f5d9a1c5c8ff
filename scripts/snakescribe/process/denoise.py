"""Our filters: Wiener (SciPy), spectral gating (noisereduce) and ffmpeg's own, in blocks.

Blocks have margins wide enough that the result is that of the whole recording at once, in memory
that does not grow with its length.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_WIENER_BLOCK = 2_000_000
# noisereduce works in pieces of this many samples (its default); blocks are cut at the same places.
_GATE_PIECE = 600_000
_GATE_BLOCK = 16 * _GATE_PIECE


def wiener(
    samples: "Samples", sample_rate: int, *, size: int, noise: float | None
) -> "Iterator[Samples]":
    """Samples -> the Wiener filter of them, `scipy.signal.wiener` (Lim 1990, p. 548).

    Args:
        size: samples in the window, odd.
        noise: noise power; None takes the mean local variance of the whole recording, as SciPy
            does, in a pass of its own.
    """
    import numpy as np
    from scipy.signal import wiener as scipy_wiener

    del sample_rate  # the window is given in samples
    margin = size // 2
    if noise is None:
        noise = _mean_local_variance(samples, size)
    for start in range(0, len(samples), _WIENER_BLOCK):
        first = max(0, start - margin)
        block = samples[first : start + _WIENER_BLOCK + margin].astype(np.float64)
        # Digital silence has no variance to divide by; SciPy's own formula leaves NaN there.
        with np.errstate(divide="ignore", invalid="ignore"):
            filtered = scipy_wiener(block, size, noise)
        filtered = np.where(np.isfinite(filtered), filtered, block)
        yield filtered[start - first :][:_WIENER_BLOCK].astype(np.float32)


def _mean_local_variance(samples: "Samples", size: int) -> float:
    """The noise power that SciPy estimates: the mean of the variance in a moving window."""
    import numpy as np
    from scipy.ndimage import uniform_filter1d

    margin = size // 2
    total = 0.0
    for start in range(0, len(samples), _WIENER_BLOCK):
        first = max(0, start - margin)
        block = samples[first : start + _WIENER_BLOCK + margin].astype(np.float64)
        mean = uniform_filter1d(block, size, mode="constant")
        variance = uniform_filter1d(block**2, size, mode="constant") - mean**2
        total += float(variance[start - first :][:_WIENER_BLOCK].sum())
    return max(0.0, total / len(samples))


def spectral_gate(samples: "Samples", sample_rate: int, **options: Any) -> "Iterator[Samples]":
    """Samples -> noise taken away by spectral gating (`noisereduce.reduce_noise`).

    With `stationary`, the noise threshold comes from the first 37.5 s of the recording, as
    noisereduce has it; without, it follows the sound, and only neighbouring pieces matter.
    """
    import numpy as np
    from noisereduce import reduce_noise

    noise = np.array(samples[:_GATE_PIECE]) if options["stationary"] else None
    for start in range(0, len(samples), _GATE_BLOCK):
        first = max(0, start - _GATE_PIECE)
        block = np.array(samples[first : start + _GATE_BLOCK + _GATE_PIECE])
        with np.errstate(divide="ignore", invalid="ignore"):
            filtered = reduce_noise(
                y=block, sr=sample_rate, y_noise=noise, chunk_size=_GATE_PIECE, **options
            )
        # Where there is only digital silence, its running mean is 0 and the gate is 0 / 0.
        filtered = np.where(np.isfinite(filtered), filtered, block)
        yield filtered[start - first :][:_GATE_BLOCK].astype(np.float32)


def ffmpeg(samples: "Samples", sample_rate: int, *, filter: str) -> "Samples":
    """Samples -> the same through ffmpeg's filters, e.g. ``highpass=f=80,afftdn=nr=12``."""
    from snakescribe.ffmpeg.samples import filter_samples
    from snakescribe.process.ffmpeg_chain import parse_chain

    del sample_rate  # that of `snakescribe.ffmpeg`
    return filter_samples(samples, parse_chain(filter))
