"""Speech detectors by name: what tells how likely each frame of a recording is speech.

A detector is a function `(samples, sample_rate)` that takes the whole recording, float32 mono in
[-1, 1] at 16 kHz, and returns an array with the probability of speech, from 0 to 1, in each frame
of 512 samples (32 ms), the last frame filled up with silence. Regions and pauses are made of that
by the thresholds of `chunking`. Detectors of your own: docs/process.md, docs/plugins.md.
"""

from functools import cache
from typing import TYPE_CHECKING, Protocol

from snakescribe.errors import UserError
from snakescribe.plugins import PluginKind, explain_error, function_fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

FRAME_SAMPLES = 512  # Silero's window at 16 kHz
DEFAULT_DETECTOR = "silero"


class SpeechDetector(Protocol):
    """Whole recording (float32 mono, 16 kHz) -> the probability of speech in each frame."""

    def __call__(self, samples: "Samples", sample_rate: int) -> "NDArray[np.float32]": ...


DETECTORS: PluginKind[SpeechDetector] = PluginKind(
    noun="speech detector",
    group="detectors",
    place="chunking.detector",
    built_in={DEFAULT_DETECTOR: "snakescribe.process.silero:detect_speech"},
    fault=function_fault("from samples and sample_rate to speech probabilities"),
)


@cache  # asked for each recording, as is the next one
def load_detector(name: str) -> SpeechDetector:
    """A detector's name -> its function, which raises a UserError for what a user's does wrong.

    Raises:
        UserError: it cannot be loaded.
    """
    detect = DETECTORS.find(name)
    return detect if name in DETECTORS.built_in else _Guarded(name, detect)


@cache
def detector_marks(name: str) -> tuple[str, ...]:
    """A detector's name -> what its answers are kept under, beside the recording.

    Of ours there is nothing: what it heard before there were others is still what it heard.
    """
    return () if name in DETECTORS.built_in else (name, DETECTORS.source_digest(name))


class _Guarded(SpeechDetector):
    """A user's detector, which says with its name what it does wrong."""

    def __init__(self, name: str, detect: SpeechDetector) -> None:
        self._subject = f"{DETECTORS.place}: the speech detector '{name}'"
        self._detect = detect

    def __call__(self, samples: "Samples", sample_rate: int) -> "NDArray[np.float32]":
        import numpy as np

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
