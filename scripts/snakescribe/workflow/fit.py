"""Sizes of jobs and the seconds that they took -> a line by which others are foretold."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

# Sizes that differ by less than this part of the largest say nothing of a slope.
ALIKE = 0.1


def fit(points: Sequence[tuple[float, float]], start: float | None) -> tuple[float, float] | None:
    """Points of size and seconds -> seconds at no size, and more for each unit; neither below 0.

    Args:
        points: none gives None.
        start: of points of one size alone, the seconds that do not grow; None: none of them do.
    """
    if not points:
        return None
    sizes, seconds = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    if np.ptp(sizes) > ALIKE * sizes.max():
        scale = sizes.max()
        weights = 1 / np.maximum(seconds, 1e-3)  # what is off by a tenth is, whatever its size
        system = np.column_stack([weights, weights * sizes / scale])
        (at_none, slope), _ = nnls(system, weights * seconds)
        return float(at_none), float(slope / scale)
    mean, size = float(seconds.mean()), float(sizes.mean())
    if start is None or size <= 0:
        return mean, 0.0
    return min(start, mean), max(0.0, mean - start) / size
