"""A filter that learns from the whole recording: the constant part of the signal goes."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class RemoveOffset(TransformerMixin, BaseEstimator):
    """In a config: `audio: {clean: [remove_offset]}`; `share` is how much of it goes."""

    def __init__(self, share: float = 1.0) -> None:
        self.share = share

    def fit(self, samples: NDArray[np.float32], y: None = None) -> Self:  # noqa: ARG002
        self.offset_ = float(np.mean(samples))  # names that end in `_` are told in `fitted`
        return self

    def transform(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples - np.float32(self.share * self.offset_)
