"""The filter `highpass`: a Butterworth high-pass, which takes hum and rumble away."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfilt_zi

from snakescribe.ffmpeg.samples import SAMPLE_RATE, sample_blocks
from snakescribe.process.transformer import AudioTransformer

Samples = NDArray[np.float32]


class Highpass(AudioTransformer):
    """Samples -> them without what is below a frequency (`scipy.signal.butter`, `sosfilt`).

    It runs forwards only, as in a telephone, and begins as if the first sample had stood for ever,
    so that a constant offset makes no click.
    """

    def __init__(self, hertz: float = 80.0, order: int = 4, sample_rate: int = SAMPLE_RATE) -> None:
        """Keep the options.

        Args:
            hertz: the frequency at which half of the power is left.
            order: of the filter: it falls by 6 dB an octave times this.
            sample_rate: of the samples.
        """
        self.hertz = hertz
        self.order = order
        self.sample_rate = sample_rate

    def blocks(self, samples: Samples) -> Iterator[Samples]:
        sections = butter(self.order, self.hertz, "highpass", fs=self.sample_rate, output="sos")
        state = sosfilt_zi(sections) * float(samples[0] if len(samples) else 0)
        for block in sample_blocks(samples):
            filtered, state = sosfilt(sections, block.astype(np.float64), zi=state)
            yield filtered.astype(np.float32)
