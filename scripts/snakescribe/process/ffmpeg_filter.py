"""The filter `ffmpeg`: a chain of ffmpeg's own filters."""

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE, filter_samples
from snakescribe.process.ffmpeg_chain import parse_chain
from snakescribe.process.transformer import AudioTransformer

Samples = NDArray[np.float32]


class Ffmpeg(AudioTransformer):
    """Samples -> the same through ffmpeg's filters, e.g. ``highpass=f=80,afftdn=nr=12``."""

    def __init__(self, filter: str, sample_rate: int = SAMPLE_RATE) -> None:
        """Keep the chain as ffmpeg writes it."""
        self.filter = filter
        self.sample_rate = sample_rate

    def blocks(self, samples: Samples) -> Samples:
        return filter_samples(samples, parse_chain(self.filter))
