"""Intervals of figures: Student's t with a cluster-robust standard error, or percentiles.

The standard error is that of the jackknife that leaves out one unit (recording, speaker) at a time,
as recordings are clusters of chunks: CR3, or HC3 where a unit is a single chunk (MacKinnon & White,
J. Econometrics 29, 1985; Bell & McCaffrey, Survey Methodology 28, 2002; Hansen, *Econometrics*,
2022, section 4.23). A share is moved to the logit scale, where it has no bounds, and back (Agresti,
*Categorical Data Analysis*, 2013, section 3.1; so do Stata and R's `survey` with the shares of
clustered samples). docs/evaluate.md has the coverage by simulation.
"""

import numpy as np
from scipy.special import expit, logit, stdtrit

# A standard error below this is rounding: no unit differs.
ROUNDING = 1e-12


def robust_interval(
    value: np.ndarray,
    without: np.ndarray,
    each: np.ndarray,
    units: np.ndarray,
    confidence: float,
) -> np.ndarray:
    """Figures, and the same of fewer units -> lower and upper limits (2, rows).

    Args:
        value: (rows,) the figures.
        without: (rows, units) each figure with one of the units left out.
        each: (rows, units) the figure of each unit alone, nan where it has none: where all are
            shares, the limits are shares as well, and where none is below 0, they are not either.
        units: (rows,) how many of the units have data.
        confidence: wanted share of intervals that hold the truth.

    Returns:
        The figure itself twice where no unit makes a difference; nan where fewer than two units
        have data, or where one left out leaves nothing to make the figure of.
    """
    error = np.sqrt(((without - value[:, None]) ** 2).sum(axis=1))
    error = np.where(error < ROUNDING * np.maximum(1, np.abs(value)), 0, error)
    reach = stdtrit(np.maximum(units, 2) - 1, (1 + confidence) / 2) * error
    sides = np.array([[-1], [1]])
    known = np.isfinite(each)
    is_positive = np.where(known, each >= 0, True).all(axis=1)
    is_share = is_positive & np.where(known, each <= 1, True).all(axis=1)
    is_share &= (value > 0) & (value < 1)
    plain = value + sides * reach
    plain[0] = np.where(is_positive, np.maximum(plain[0], 0), plain[0])
    share = np.where(is_share, value, 0.5)
    limits = np.where(is_share, expit(logit(share) + sides * reach / (share * (1 - share))), plain)
    limits = np.where(error == 0, value, limits)
    return np.where(units > 1, limits, np.nan)


def percentile_interval(replicates: np.ndarray, confidence: float) -> np.ndarray:
    """Replicates (rows, replicates) without nan -> lower and upper limits (2, rows)."""
    tail = (1 - confidence) / 2
    place = np.array([tail, 1 - tail]) * (replicates.shape[1] - 1)
    below = place.astype(int)
    above = np.minimum(below + 1, replicates.shape[1] - 1)
    parted = np.partition(replicates, np.unique([below, above]), axis=1)
    low, high = parted[:, below], parted[:, above]
    return np.transpose(low + (high - low) * (place - below))
