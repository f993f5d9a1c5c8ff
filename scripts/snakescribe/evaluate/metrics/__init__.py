"""What is counted in each chunk, and the figures that the sums of counts give.

In come chunks under conditions, normalised and aligned (`sample.Samples`); out go counts, by name
a number for each sample (`Metric.count`), and functions from sums of counts to figures
(`Figure.value`). Users' own metrics are made of what this module exports; docs/evaluate.md shows
one.
"""

from snakescribe.evaluate.metrics.base import Metric, each_sample
from snakescribe.evaluate.metrics.registry import (
    built_in_metrics,
    count_samples,
    counted_metrics,
    find_metric,
    find_metrics,
)
from snakescribe.evaluate.statistics.figure import Figure, Sums

__all__ = [
    "Figure",
    "Metric",
    "Sums",
    "built_in_metrics",
    "count_samples",
    "counted_metrics",
    "each_sample",
    "find_metric",
    "find_metrics",
]
