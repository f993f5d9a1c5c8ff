"""What a metric sees: one chunk under one condition, normalised and aligned."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Values = Sequence[float] | np.ndarray
else:
    Values = Sequence[float]

Term = tuple[str, ...]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Sample(NamedTuple):
    """A chunk under one condition, under one normaliser, with its reference.

    `alignment` is a string of operations, see `snakescribe.evaluate.align.align`. The lists that
    go with the words are as long as they are, with nan where nothing is known, or empty where
    nothing is known of any.
    """

    reference: Sequence[str]
    hypothesis: Sequence[str]
    alignment: str
    audio_seconds: float
    probabilities: Values = ()  # of the hypothesis' words
    reference_starts: Values = ()  # s, recording's clock; empty unless words are timed
    hypothesis_starts: Values = ()
    terms: Sequence[Term] = ()  # the recording's terms, each as its normalised words
    prompt: Sequence[str] = ()  # normalised words of the prompt as the model saw it
    chunk: Mapping[str, Any] = _NOTHING  # recording, number, start, end, snr_db
    item: Mapping[str, Any] = _NOTHING  # the row of the items table
