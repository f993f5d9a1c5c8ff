"""The filter `spectral_gate`: noisereduce, in blocks as it cuts them itself.

Blocks have margins wide enough that the result is that of the whole recording at once, in memory
that does not grow with its length.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from noisereduce import reduce_noise
from numpy.typing import NDArray

Samples = NDArray[np.float32]

# noisereduce works in pieces of this many samples (its default); blocks are cut at the same places.
_PIECE = 600_000
_BLOCK = 16 * _PIECE


def spectral_gate(samples: Samples, sample_rate: int, **options: Any) -> Iterator[Samples]:
    """Samples -> noise taken away by spectral gating (`noisereduce.reduce_noise`).

    With `stationary`, the noise threshold comes from the first 37.5 s of the recording, as
    noisereduce has it; without, it follows the sound, and only neighbouring pieces matter.
    """
    noise = np.array(samples[:_PIECE]) if options["stationary"] else None
    for start in range(0, len(samples), _BLOCK):
        first = max(0, start - _PIECE)
        block = np.array(samples[first : start + _BLOCK + _PIECE])
        with np.errstate(divide="ignore", invalid="ignore"):
            filtered = reduce_noise(
                y=block, sr=sample_rate, y_noise=noise, chunk_size=_PIECE, **options
            )
        # Where there is only digital silence, its running mean is 0 and the gate is 0 / 0.
        filtered = np.where(np.isfinite(filtered), filtered, block)
        yield filtered[start - first :][:_BLOCK].astype(np.float32)
