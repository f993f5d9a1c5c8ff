"""Metrics: what is counted in each chunk, and the figures that the counts' sums give."""

from snakescribe.evaluate.metrics.base import Metric, each_sample
from snakescribe.evaluate.metrics.registry import METRICS, count_samples, find_metric, find_metrics
from snakescribe.evaluate.statistics.figure import Figure, Sums

__all__ = [
    "METRICS",
    "Figure",
    "Metric",
    "Sums",
    "count_samples",
    "each_sample",
    "find_metric",
    "find_metrics",
]
