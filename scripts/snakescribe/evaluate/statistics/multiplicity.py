"""p-values of a family of comparisons -> adjusted p-values; nan stays nan and does not count."""

from collections.abc import Sequence
from math import isnan, nan


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down method (1979): controls the chance of one false finding in the family."""
    order = _ranked(p_values)
    adjusted = [nan] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def adjust_benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini & Hochberg's step-up method (1995): controls the share of false findings."""
    order = _ranked(p_values)
    adjusted = [nan] * len(p_values)
    smallest = 1.0
    for rank, index in reversed(list(enumerate(order, start=1))):
        smallest = min(smallest, p_values[index] * len(order) / rank)
        adjusted[index] = smallest
    return adjusted


def _ranked(p_values: Sequence[float]) -> list[int]:
    known = [index for index, value in enumerate(p_values) if not isnan(value)]
    return sorted(known, key=lambda index: p_values[index])
