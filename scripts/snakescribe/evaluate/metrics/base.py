"""What a metric is, for those that ship with snakescribe and for users' own.

A metric counts in each chunk; its figures are functions of the counts' sums over chunks. A corpus
figure is thus always a ratio of sums, never a mean of rates, and intervals, strata and tests work
for every metric alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from math import nan

import numpy as np

from snakescribe.evaluate.metrics.sample import Sample, Samples
from snakescribe.evaluate.statistics.figure import Figure

# By name a number for each sample.
Counts = Mapping[str, Sequence[float] | np.ndarray]


@dataclass(frozen=True)
class Metric:
    """What is counted, and the figures made of it.

    Attributes:
        name: its name in the config.
        counts: names of the counts, unique over all metrics.
        count: a function from samples to the counts: by name a value for each sample.
            `each_sample` makes it of a function from one sample.
        figures: what is reported.
        needs_reference: whether it counts in chunks with a reference only. Without, it counts in
            all, and the reference of a sample that has none is empty.
    """

    name: str
    counts: tuple[str, ...]
    count: Callable[[Samples], Counts]
    figures: tuple[Figure, ...]
    needs_reference: bool = True


def each_sample(
    count: Callable[[Sample], Mapping[str, float]],
) -> Callable[[Iterable[Sample]], dict[str, list[float]]]:
    """A function from a sample to its counts -> `Metric.count`; what a sample lacks is nan."""

    @wraps(count)
    def count_all(samples: Iterable[Sample]) -> dict[str, list[float]]:
        counted = [count(sample) for sample in samples]
        names = dict.fromkeys(name for counts in counted for name in counts)
        return {name: [counts.get(name, nan) for counts in counted] for name in names}

    return count_all
