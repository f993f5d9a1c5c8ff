"""Metrics: what is counted in each chunk, and the figures that the counts' sums give."""

from snakescribe.evaluate.metrics.base import Figure, Metric, Sums, each_sample
from snakescribe.evaluate.metrics.registry import METRICS, count_samples, find_metric, find_metrics

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
