"""Speech detectors by name: what tells where in a recording somebody speaks.

A detector of frames is a function `(samples, sample_rate)` that takes the whole recording, float32
mono in [-1, 1] at 16 kHz, and returns an array with the probability of speech, from 0 to 1, in each
frame of 512 samples (32 ms), the last frame filled up with silence. Regions and pauses are made of
that by the thresholds of `chunking`. `segments` gives regions that the user has already. Both are
behind `snakescribe.process.regions.RegionFinder`. Detectors of your own: docs/process.md.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from snakescribe.plugins import PluginKind, function_fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

FRAME_SAMPLES = 512  # Silero's window at 16 kHz
DEFAULT_DETECTOR = "silero"
PYANNOTE = "pyannote"
SEGMENTS = "segments"


class SpeechDetector(Protocol):
    """Whole recording (float32 mono, 16 kHz) -> the probability of speech in each frame."""

    def __call__(self, samples: "Samples", sample_rate: int) -> "NDArray[np.float32]": ...


DETECTORS: PluginKind[SpeechDetector] = PluginKind(
    noun="speech detector",
    group="detectors",
    place="chunking.detector",
    built_in={
        DEFAULT_DETECTOR: "snakescribe.process.silero:detect_speech",
        "energy": "snakescribe.process.energy:detect_speech",
        PYANNOTE: "snakescribe.process.pyannote_detector:PyannoteDetector",
        SEGMENTS: "snakescribe.process.regions:SegmentRegions",
    },
    fault=function_fault("from samples and sample_rate to speech probabilities"),
)


def has_pyannote() -> bool:
    """Whether the package `pyannote.audio` is installed; it is not imported."""
    try:
        return find_spec("pyannote.audio") is not None
    except ModuleNotFoundError:  # not even `pyannote`
        return False
