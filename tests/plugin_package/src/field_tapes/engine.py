"""An engine without weights: it says its words where the sound is centred, and others where not."""

import numpy as np
from numpy.typing import NDArray

from snakescribe.transcribe.engines import TextEngine


class Beeper(TextEngine):
    """In a config: `models: {beeper: {engine: beeper, weights: "two beeps"}}`."""

    def load(self) -> None:
        self.words = str(self.weights)

    def transcribe(self, samples: NDArray[np.float32]) -> str:
        return self.words if abs(float(np.mean(samples))) < 0.01 else "humming"
