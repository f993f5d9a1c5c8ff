"""A chain of filters -> a scikit-learn `Pipeline`, and samples through it."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import check_ffmpeg
from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.filters import BUILT_IN, Step, load_filter
from snakescribe.process.transformer import AudioTransformer, FilterError, make_foreign

Samples = NDArray[np.float32]


class Filtered(NamedTuple):
    """A recording after its chain, and what the filters learned of it, a dictionary for each."""

    samples: Samples
    fitted: list[dict[str, float]]


def make_pipeline(steps: Sequence[Step]) -> Pipeline:
    """Steps of a chain -> a scikit-learn Pipeline from samples (16 kHz, mono) to as many samples.

    Its steps are named as the filters, with their number in front: `1 wiener`. Without any step it
    passes samples on.

    Raises:
        UserError: a filter cannot be loaded.
    """
    named: list[tuple[str, AudioTransformer | str]] = [
        (f"{number} {step.name}", _make(step)) for number, step in enumerate(steps, 1)
    ]
    return Pipeline(named or [("nothing", "passthrough")])


def _make(step: Step) -> AudioTransformer:
    plugin = load_filter(step.name)
    ours = step.name in BUILT_IN
    made: AudioTransformer = plugin(**step.options) if ours else make_foreign(plugin, step.options)
    made.label = step.name
    return made


def apply_chain(samples: Samples, steps: Sequence[Step]) -> Filtered:
    """16 kHz mono samples -> them filtered, in a nameless file.

    Raises:
        FilterError: a filter failed, or gave NaN, more channels or another duration; the message
            has its name. Faults of this machine are raised as they are.
        UserError: a filter cannot be loaded.
    """
    pipeline = make_pipeline(steps)
    filtered = pipeline.fit_transform(samples)
    learned = [step.fitted() for step in pipeline if isinstance(step, AudioTransformer)]
    return Filtered(filtered, learned)


def try_chain(steps: Sequence[Step]) -> None:
    """Run the chain on a second of noise, so that a wrong option stops the run before it starts.

    Raises:
        UserError: a filter cannot be loaded, or fails.
    """
    samples = np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE).astype(np.float32)
    for step in steps:
        try:
            samples = apply_chain(samples, [step]).samples
        except FilterError as error:
            check_ffmpeg()
            raise UserError(
                f"audio: the filter '{step.name}' does not work with {json.dumps(step.options)}: "
                f"{error.__cause__ or error}; mend it, or its options"
            ) from error
