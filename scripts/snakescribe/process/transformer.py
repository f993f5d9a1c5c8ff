"""What every filter of a chain is: a transformer of scikit-learn, from samples to as many samples.

`fit` learns from the whole recording what a filter needs to know of it (its noise, its loudness),
and `transform` filters it. Samples are float32 mono in [-1, 1], an array that is mapped from a
file: ours take it block by block, in memory that does not grow with its length.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from tempfile import TemporaryFile, gettempdir
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone

from snakescribe.errors import UserError
from snakescribe.ffmpeg.samples import SAMPLE_RATE, map_samples
from snakescribe.machine import MachineError, at

Samples = NDArray[np.float32]

# Filters may shift the end by a little (look-ahead, resampling); more would unhinge the chunk plan.
_LENGTH_TOLERANCE = SAMPLE_RATE // 10


class FilterError(Exception):
    """A filter failed, or gave something that is no audio of the same length."""


class AudioTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A filter: what is derived from it says in `blocks` how samples are filtered.

    Parameters of `__init__` are kept under their own names, and what `fit` learns under names that
    end in `_`, as with all of scikit-learn. `label` is the filter's name in the config.
    """

    label: str = ""

    def fit(self, samples: Samples, labels: None = None) -> Self:
        """Learn from a whole recording."""
        del samples, labels
        return self

    def blocks(self, samples: Samples) -> Samples | Iterator[Samples]:
        """A whole recording -> it filtered: an array, or an iterator of blocks in order."""
        raise NotImplementedError

    def transform(self, samples: Samples) -> Samples:
        """A whole recording -> it filtered, mapped from a nameless file.

        Raises:
            FilterError: the filter gave NaN, more channels or another duration.
        """
        filtered = self.blocks(samples)
        count = 0
        with at(gettempdir()), TemporaryFile() as target:
            for block in [filtered] if isinstance(filtered, np.ndarray) else filtered:
                if not isinstance(block, np.ndarray) or block.ndim != 1:
                    raise FilterError("it gave no array of one dimension")
                if not np.isfinite(block).all():
                    raise FilterError("it gave NaN or infinity")
                count += len(block)
                target.write(block.astype("<f4", copy=False).data)
            if abs(count - len(samples)) > _LENGTH_TOLERANCE:
                raise FilterError(
                    f"it changed the duration from {len(samples) / SAMPLE_RATE:.2f} s to "
                    f"{count / SAMPLE_RATE:.2f} s; all variants are cut at the same places"
                )
            target.truncate(4 * len(samples))
            return map_samples(target)

    def fit_transform(self, samples: Samples, labels: None = None, **_: Any) -> Samples:
        """Learn from a whole recording and filter it.

        Raises:
            FilterError: the filter failed; the message has its name. Faults of this machine are
                raised as they are.
        """
        try:
            return self.fit(samples, labels).transform(samples)
        except (OSError, MemoryError, MachineError, UserError):
            raise
        except Exception as error:  # whatever a user's filter raises
            text = f"filter '{self.label}': {error or type(error).__name__}"
            raise FilterError(text) from error

    def fitted(self) -> dict[str, float]:
        """The numbers that `fit` learned, by name."""
        return _fitted(self)


class OptionsTransformer(AudioTransformer):
    """A filter whose parameters are those of a function elsewhere."""

    def __init__(self, sample_rate: int = SAMPLE_RATE, **options: Any) -> None:
        """Keep the options."""
        self.sample_rate = sample_rate
        self.options = options

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        del deep
        return {"sample_rate": self.sample_rate, **self.options}

    def set_params(self, **params: Any) -> Self:
        self.sample_rate = params.pop("sample_rate", self.sample_rate)
        self.options = {**self.options, **params}
        return self


class FunctionFilter(OptionsTransformer):
    """A user's function `(samples, sample_rate, **options)` as a transformer."""

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        """Keep function and options."""
        super().__init__(**options)
        self.function = function

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"function": self.function, **super().get_params(deep)}

    def blocks(self, samples: Samples) -> Samples | Iterator[Samples]:
        filtered: Samples | Iterator[Samples] = self.function(
            samples, self.sample_rate, **self.options
        )
        return filtered


class ForeignTransformer(AudioTransformer):
    """A user's transformer, whose `transform` gives as many samples as it takes."""

    def __init__(self, transformer: Any) -> None:
        """Keep the transformer."""
        self.transformer = transformer

    def fit(self, samples: Samples, labels: None = None) -> Self:
        del labels
        self.transformer.fit(samples)
        return self

    def blocks(self, samples: Samples) -> Samples | Iterator[Samples]:
        filtered: Samples | Iterator[Samples] = self.transformer.transform(samples)
        return filtered

    def fitted(self) -> dict[str, float]:
        return _fitted(self.transformer)


def _fitted(transformer: Any) -> dict[str, float]:
    learned = {
        name: value
        for name, value in vars(transformer).items()
        if name.endswith("_") and not name.startswith("_")
    }
    return {
        name.rstrip("_"): float(value)
        for name, value in learned.items()
        if isinstance(value, int | float | np.number) and np.isfinite(value)
    }


def make_foreign(plugin: Any, options: Mapping[str, Any]) -> AudioTransformer:
    """What a user named and its options -> a transformer.

    It is a function, a class with `fit` and `transform`, or an object with them. A class with a
    parameter `sample_rate` is told it, unless the options do.
    """
    if inspect.isclass(plugin) and hasattr(plugin, "transform"):
        if "sample_rate" in inspect.signature(plugin).parameters:
            options = {"sample_rate": SAMPLE_RATE, **options}
        return ForeignTransformer(plugin(**options))
    if hasattr(plugin, "transform"):
        return ForeignTransformer(clone(plugin, safe=False).set_params(**options))
    return FunctionFilter(plugin, **options)


def overlapping(samples: Samples, size: int, margin: int) -> Iterator[tuple[Samples, int]]:
    """A recording -> blocks of `size` with `margin` on either side, and how much comes before."""
    for start in range(0, len(samples), size):
        first = max(0, start - margin)
        yield samples[first : start + size + margin], start - first
