"""The filter `ffmpeg`: a chain of ffmpeg's own filters."""

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import filter_samples
from snakescribe.process.ffmpeg_chain import parse_chain

Samples = NDArray[np.float32]


def ffmpeg(samples: Samples, sample_rate: int, *, filter: str) -> Samples:
    """Samples -> the same through ffmpeg's filters, e.g. ``highpass=f=80,afftdn=nr=12``."""
    del sample_rate  # that of `snakescribe.ffmpeg`
    return filter_samples(samples, parse_chain(filter))
