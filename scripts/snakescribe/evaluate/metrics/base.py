"""The protocol of metrics.

A metric counts in each chunk; its figures are functions of the counts' sums over chunks. A corpus
figure is thus always a ratio of sums, never a mean of rates, and intervals, strata and tests work
for every metric alike.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from math import nan
from typing import Any

import numpy as np

from snakescribe.evaluate.metrics.sample import Sample, Samples

Sums = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Figure:
    """A number that a metric reports.

    Attributes:
        name: its name in the tables.
        description: what it is, with its unit.
        value: a function from sums of counts (arrays of one shape, by name) to an array of that
            shape, nan where it is not defined.
        unit: `rate` (a fraction), `s`, or in words.
        lower_is_better: for the reader of a difference.
    """

    name: str
    description: str
    value: Callable[[Sums], Any]
    unit: str = "rate"
    lower_is_better: bool = True


@dataclass(frozen=True)
class Metric:
    """What is counted, and the figures made of it.

    Attributes:
        name: its name in the config.
        counts: names of the counts, unique over all metrics.
        count: a function from samples to the counts: by name a value for each sample.
            `each_sample` makes it of a function from one sample.
        figures: what is reported.
    """

    name: str
    counts: tuple[str, ...]
    count: Callable[[Samples], Mapping[str, Any]]
    figures: tuple[Figure, ...]


def each_sample(
    count: Callable[[Sample], Mapping[str, float]],
) -> Callable[[Iterable[Sample]], dict[str, list[float]]]:
    """A function from a sample to its counts -> `Metric.count`; what a sample lacks is nan."""

    @wraps(count)
    def count_all(samples: Iterable[Sample]) -> dict[str, list[float]]:
        counted = [count(sample) for sample in samples]
        names = dict.fromkeys(name for one in counted for name in one)
        return {name: [one.get(name, nan) for one in counted] for name in names}

    return count_all


def divide(numerator: Any, denominator: Any) -> Any:
    """Two arrays -> their quotient, nan where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def ratio(numerator: str, denominator: str, factor: float = 1.0) -> Callable[[Sums], Any]:
    """Names of two counts -> the function that divides their sums."""

    def value(sums: Sums) -> Any:
        return factor * divide(sums[numerator], sums[denominator])

    return value
