"""The filter `spectral_gate`: noisereduce, in blocks as it cuts them itself.

Blocks have margins wide enough that the result is that of the whole recording at once.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np
from noisereduce import reduce_noise
from numpy.typing import NDArray

from snakescribe.process.transformer import OptionsTransformer, overlapping

Samples = NDArray[np.float32]

# noisereduce works in pieces of this many samples (its default); blocks are cut at the same places.
_PIECE = 600_000
_BLOCK = 16 * _PIECE


class SpectralGate(OptionsTransformer):
    """Samples -> noise taken away by spectral gating (`noisereduce.reduce_noise`).

    When `stationary`, the noise threshold comes from the first 37.5 s of the recording, as
    noisereduce has it; else it follows the sound, and only neighbouring pieces matter.
    """

    def fit(self, samples: Samples, labels: None = None) -> Self:
        """Take the sound that tells of the noise."""
        del labels
        self.noise_sound_ = np.array(samples[:_PIECE]) if self.options.get("stationary") else None
        return self

    def blocks(self, samples: Samples) -> Iterator[Samples]:
        for part, lead in overlapping(samples, _BLOCK, _PIECE):
            block = np.array(part)
            with np.errstate(divide="ignore", invalid="ignore"):
                filtered = reduce_noise(
                    y=block,
                    sr=self.sample_rate,
                    y_noise=self.noise_sound_,
                    chunk_size=_PIECE,
                    **self.options,
                )
            # Where there is only digital silence, its running mean is 0 and the gate is 0 / 0.
            np.copyto(filtered, block, where=~np.isfinite(filtered))
            yield filtered[lead:][:_BLOCK].astype(np.float32, copy=False)
