"""What a figure is: a number made of sums of counts, such as an error rate.

A figure is a function of sums, never a mean of rates, so that the same function gives the figure of
a corpus, of a stratum, of a recording and of each bootstrap replicate.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# Sums of counts by name: arrays of one shape, such as (conditions,) or (conditions, replicates).
Sums = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Figure:
    """A number that a metric reports.

    Attributes:
        name: its name in the tables.
        description: what it is, with its unit.
        value: a function from sums to an array of their shape, nan where it is not defined.
        unit: `rate` (a fraction), `s`, or in words.
        lower_is_better: for the reader of a difference.
        needs_reference: whether it is a figure of chunks with a reference; else of all.
    """

    name: str
    description: str
    value: Callable[[Sums], np.ndarray]
    unit: str = "rate"
    lower_is_better: bool = True
    needs_reference: bool = True


class LazySums(Mapping[str, np.ndarray]):
    """A mapping with the names of another one that makes its values when asked for them."""

    def __init__(self, names: Mapping[str, np.ndarray], make: Callable[[str], np.ndarray]) -> None:
        self._names, self._make = names, make
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        self.asked.add(name)
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def divide(numerator: ArrayLike, denominator: ArrayLike) -> np.ndarray:
    """Two arrays, or numbers -> their quotient as floats, nan where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def ratio(numerator: str, denominator: str, factor: float = 1.0) -> Callable[[Sums], np.ndarray]:
    """Names of two counts -> a figure's function: `factor` times the quotient of their sums."""

    def value(sums: Sums) -> np.ndarray:
        return factor * divide(sums[numerator], sums[denominator])

    return value
