"""Speech by a segmentation model of pyannote.audio (Bredin and Laurent 2021), where installed."""

import warnings
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snakescribe.errors import UserError
from snakescribe.plugins import explain_error
from snakescribe.process.detectors import FRAME_SAMPLES, PYANNOTE, SpeechDetector

Samples = NDArray[np.float32]

DEFAULT_WEIGHTS = "pyannote/segmentation-3.0"


class PyannoteDetector(SpeechDetector):
    """A speaker segmentation model: a frame is as likely speech as its likeliest speaker."""

    def __init__(self, weights: str) -> None:
        """Load a checkpoint: a file, a folder, or a name on the hub; empty is `DEFAULT_WEIGHTS`.

        Raises:
            UserError: the package is not installed, or does not load the checkpoint.
        """
        self._infer = load_inference(weights or DEFAULT_WEIGHTS)

    def __call__(self, samples: Samples, sample_rate: int) -> NDArray[np.float32]:
        frames = -(-len(samples) // FRAME_SAMPLES)
        sound = np.array(samples, dtype=np.float32).reshape(1, -1)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scores = self._infer({"waveform": as_tensor(sound), "sample_rate": sample_rate})
        except Exception as error:  # whatever the package raises
            raise UserError(
                f"chunking.detector: {PYANNOTE} fails with {explain_error(error)}"
            ) from error
        window = scores.sliding_window
        data = np.nan_to_num(np.asarray(scores.data, dtype=np.float32))
        speech = data.reshape(len(data), -1).max(axis=1).clip(0, 1)
        middles = (np.arange(frames) + 0.5) * FRAME_SAMPLES / sample_rate
        times = window.start + window.duration / 2 + window.step * np.arange(len(speech))
        probabilities: NDArray[np.float32] = np.interp(middles, times, speech).astype(np.float32)
        return probabilities


def as_tensor(samples: Samples) -> Any:
    """Samples (channels, samples) -> the tensor that the package takes, of the torch it brings."""
    return import_module("torch").from_numpy(samples)


def load_inference(weights: str) -> Any:
    """A checkpoint -> pyannote.audio's `Inference`, which slides over a recording.

    Raises:
        UserError: the package is not installed, or does not load the checkpoint.
    """
    try:
        audio = import_module("pyannote.audio")  # whoever takes another detector has no need of it
    except ImportError as error:
        raise UserError(
            f"chunking.detector: 'pyannote' needs the package pyannote.audio ({error}): "
            "pip install pyannote.audio, or take `silero`"
        ) from error
    problem = f"chunking.detector_weights: pyannote.audio does not load '{weights}'"
    remedy = "accept the model's terms on the hub and log in there, or give a file of your own"
    try:
        model = audio.Model.from_pretrained(weights)
    except Exception as error:  # whatever the package and the hub raise
        raise UserError(f"{problem}: {explain_error(error)}; {remedy}") from error
    if model is None:  # how the package says that the hub refuses
        raise UserError(f"{problem}; {remedy}")
    return audio.Inference(model)
