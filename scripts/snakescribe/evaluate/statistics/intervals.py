"""Intervals of figures from their bootstrap replicates: percentiles, and stretched ones.

Percentiles of the replicates alone hold the truth too seldom where recordings are few: all of
them lie between the figure of the lowest and that of the highest recording, the spread of the
draws is too small by the root of (n - 1) / n, and rates have a long tail upwards. Three things are
done about it:

- percentiles are taken at the levels of Efron's BCa (JASA 82, 1987), with a sixth of the
  replicates' skewness as acceleration and as bias, but only where that widens the interval: the
  skewness of few units is mostly noise;
- their distance from the figure is stretched by t / z for n - 1 degrees of freedom (Hesterberg,
  The American Statistician 69, 2015, sections 4.4 and 5.3.2) and by n / (n - 1), the leverage of
  a mean's residuals (HC3; MacKinnon & White, J. Econometrics 29, 1985);
- on the scale on which the figure has no bounds: the logit of shares, the logarithm of what
  cannot be negative (Davison & Hinkley 1997, chapter 5), but plainly upwards where there is no
  upper bound: few recordings with one far out would have limits of no meaning.

The three together are this project's own; docs/evaluate.md has their coverage by simulation.
"""

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri, stdtrit

# Beyond it the levels of BCa turn round.
LARGEST_SHIFT = 0.25
ROUNDING = 1e-12


def stretched_interval(
    value: np.ndarray, replicates: np.ndarray, units: np.ndarray, confidence: float
) -> np.ndarray:
    """Figures and their replicates -> lower and upper limits (2, rows).

    Args:
        value: (rows,) the figures.
        replicates: (rows, replicates) without nan.
        units: (rows,) how many units were resampled, 2 or more.
        confidence: wanted share of intervals that hold the truth.
    """
    tail = (1 - confidence) / 2
    z = ndtri(tail)
    ordered = np.sort(replicates, axis=1)
    shift = np.clip(_skewness(replicates) / 6, -LARGEST_SHIFT, LARGEST_SHIFT)
    limits = []
    for normal, outward in ((z, np.minimum(shift, 0)), (-z, np.maximum(shift, 0))):
        level = ndtr(outward + (outward + normal) / (1 - outward * (outward + normal)))
        limits.append(_percentile(ordered, level))
    factor = stdtrit(units - 1, tail) / z * units / (units - 1)
    return _stretch(value, np.stack(limits), factor, ordered[:, 0], ordered[:, -1])


def percentile_interval(replicates: np.ndarray, confidence: float) -> np.ndarray:
    """Replicates (rows, replicates) without nan -> lower and upper limits (2, rows)."""
    tail = (1 - confidence) / 2
    place = np.array([tail, 1 - tail]) * (replicates.shape[1] - 1)
    below = place.astype(int)
    above = np.minimum(below + 1, replicates.shape[1] - 1)
    parted = np.partition(replicates, np.unique([below, above]), axis=1)
    low, high = parted[:, below], parted[:, above]
    return np.transpose(low + (high - low) * (place - below))


def _skewness(replicates: np.ndarray) -> np.ndarray:
    mean = replicates.mean(axis=1, keepdims=True)
    away = replicates - mean
    squares = away * away
    spread = np.sqrt(squares.mean(axis=1))
    varies = spread > ROUNDING * np.maximum(1, np.abs(mean[:, 0]))
    squares *= away
    return np.where(varies, squares.mean(axis=1) / np.where(varies, spread, 1) ** 3, 0)


def _percentile(ordered: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Ascending rows and a level for each -> the percentile, linear between two values."""
    place = level * (ordered.shape[1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    between: np.ndarray = low + (place - below) * (high - low)
    return between


def _stretch(
    value: np.ndarray,
    limits: np.ndarray,
    factor: np.ndarray,
    lowest: np.ndarray,
    highest: np.ndarray,
) -> np.ndarray:
    """Limits -> the same, `factor` times as far from the value on the scale without bounds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        odds, log = logit(value), np.log(value)
        share = expit(odds + factor * (logit(limits) - odds))
        positive = np.exp(log + factor * (np.log(limits) - log))
    linear = value + factor * (limits - value)
    positive = np.where(limits > value, linear, positive)
    is_positive = lowest >= 0
    out = np.where(is_positive & (highest <= 1), share, np.where(is_positive, positive, linear))
    return np.where(limits == value, value, out)  # 0, 1, and what never varies
