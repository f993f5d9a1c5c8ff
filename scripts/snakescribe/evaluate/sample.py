"""What a metric sees: one chunk under one condition, normalised and aligned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Term = tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """A chunk under one condition, under one normaliser, with its reference.

    `alignment` is a string of operations, see `snakescribe.evaluate.align.align`. The lists that
    go with the words are as long as they are, with nan where nothing is known, or empty where
    nothing is known of any.
    """

    reference: Sequence[str]
    hypothesis: Sequence[str]
    alignment: str
    audio_seconds: float
    probabilities: Sequence[float] = ()  # of the hypothesis' words
    reference_starts: Sequence[float] = ()  # s, recording's clock; empty unless words are timed
    hypothesis_starts: Sequence[float] = ()
    terms: Sequence[Term] = ()  # the recording's terms, each as its normalised words
    prompt: Sequence[str] = ()  # normalised words of the prompt as the model saw it
    chunk: Mapping[str, Any] = field(default_factory=dict)  # recording, number, start, end, snr_db
    item: Mapping[str, Any] = field(default_factory=dict)  # the row of the items table
