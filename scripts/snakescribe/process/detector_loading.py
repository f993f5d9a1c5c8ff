"""A speech detector's name -> its function, which says with its name what a user's does wrong."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snakescribe.errors import UserError
from snakescribe.plugins import explain_error
from snakescribe.process.detectors import (
    DEFAULT_DETECTOR,
    DETECTORS,
    FRAME_SAMPLES,
    PYANNOTE,
    SpeechDetector,
)

Samples = NDArray[np.float32]


# Raised when what one of ours hears changes; Silero's has none, as before there were others.
_VERSIONS = {"energy": 1, PYANNOTE: 1}


@cache  # asked for each recording, as is the next one
def load_detector(name: str, weights: str = "") -> SpeechDetector:
    """A detector of frames by name -> its function, which raises a UserError for what goes wrong.

    Args:
        name: as the config has it.
        weights: of those that take some: which.

    Raises:
        UserError: it cannot be loaded.
    """
    detect: Any = DETECTORS.find(name)
    if name == PYANNOTE:
        detector: SpeechDetector = detect(weights)
        return detector
    return detect if name in DETECTORS.built_in else _GuardedDetector(name, detect)


@cache
def detector_marks(name: str, weights: str = "") -> tuple[str | int, ...]:
    """A detector's name and weights -> what its answers are kept under, beside the recording.

    Of Silero there is nothing: what it heard before there were others is still what it heard.
    """
    if name == DEFAULT_DETECTOR:
        return ()
    if name in DETECTORS.built_in:
        return (name, _VERSIONS[name], weights)
    return (name, DETECTORS.source_digest(name))


class _GuardedDetector(SpeechDetector):
    """A user's detector, which says with its name what it does wrong."""

    def __init__(self, name: str, detect: SpeechDetector) -> None:
        self._subject = f"{DETECTORS.place}: the speech detector '{name}'"
        self._detect = detect

    def __call__(self, samples: Samples, sample_rate: int) -> NDArray[np.float32]:
        frames = -(-len(samples) // FRAME_SAMPLES)
        try:
            probabilities = np.asarray(self._detect(samples, sample_rate), dtype=np.float32)
        except Exception as error:  # whatever a user's function raises
            raise UserError(
                f"{self._subject} fails with {explain_error(error)}; mend it"
            ) from error
        if probabilities.shape != (frames,):
            raise UserError(
                f"{self._subject} gives an array of shape {probabilities.shape} for {frames} "
                f"frames: it must give a probability for every {FRAME_SAMPLES} samples"
            )
        if not ((probabilities >= 0) & (probabilities <= 1)).all():  # neither is nan
            raise UserError(f"{self._subject} gives what is no probability, from 0 to 1")
        return probabilities
