"""The bootstrap: resampled units -> replicates of sums, and what follows from replicates.

Sources: Bisani & Ney (ICASSP 2004) for error rates and the probability of improvement; Liu & Peng
(arXiv 1912.09508) for resampling blocks, here whole recordings, as the chunks of a recording are
not independent; Hesterberg (The American Statistician 69, 2015, section 4.4) for what is done about
differences of few recordings: Student's t with the bootstrap's standard error.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtr, stdtrit

from snakescribe.config.evaluate import Scoring
from snakescribe.evaluate.statistics.intervals import ROUNDING, percentile_interval
from snakescribe.evaluate.statistics.units import ENOUGH_UNITS

# More units than this are drawn in random groups of equal numbers, whose sums are as independent:
# the standard error is then known to 1.6 % (1 / sqrt(2 groups)), and what it costs is bounded.
MOST_DRAWN = 2000
# Weights of up to this many bytes are kept; more are drawn again, the same, at each use.
KEPT_BYTES = 50_000_000
BLOCK_BYTES = 100_000_000


@dataclass(frozen=True)
class Difference:
    """What is known of differences; all are arrays (rows,), nan where nothing is known.

    Attributes:
        low: lower limit of the interval.
        high: upper limit.
        p: two-sided p of no difference.
        error: standard error.
    """

    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class Bootstrap:
    """How units are drawn with replacement, and what their draws say.

    Attributes:
        replicates: how many.
        seed: of the draws, which are the same for the same number of units.
        confidence: coverage of the intervals.
        adjusted: whether intervals and p-values allow for the number of units: of figures by the
            jackknife, without draws (`intervals.robust_interval`).
        margin: a difference of error rates up to this counts as none, if it is not 0.
    """

    replicates: int
    seed: int
    confidence: float
    adjusted: bool
    margin: float = 0.0

    @classmethod
    def from_config(cls, scoring: Scoring) -> "Bootstrap":
        """The config's `scoring` -> the bootstrap that it asks for."""
        return cls(
            replicates=scoring.bootstrap_replicates,
            seed=scoring.seed,
            confidence=scoring.confidence,
            adjusted=scoring.interval == "adjusted",
            margin=scoring.equivalence_margin,
        )

    def sums(self, counts: np.ndarray, clusters: np.ndarray | None = None) -> np.ndarray:
        """Counts by unit (rows, units) -> replicates of their sums (rows, replicates).

        The counts are whole numbers mostly: float64 keeps their sums exact, so that equal
        conditions have equal replicates. More than `MOST_DRAWN` units are put into random groups
        of equal numbers (Wolter, *Introduction to Variance Estimation*, 2007, chapter 2).

        Args:
            counts: by unit.
            clusters: (units,) the outer unit of each, where units are nested: these are drawn
                first, and in each that was drawn as many units as it has (Davison & Hinkley 1997,
                section 3.8, strategy 2).
        """
        out = np.zeros((len(counts), self.replicates))
        if clusters is None and counts.shape[1] > MOST_DRAWN:
            counts = _group(counts, self.seed)
        if counts.shape[1]:
            units, replicates, seed = counts.shape[1], self.replicates, self.seed
            if clusters is None:
                blocks = _draw_weights(units, replicates, seed)
            else:
                blocks = _draw_nested(clusters, replicates, seed)
            for start, weights in blocks:
                out[:, start : start + len(weights)] = counts @ weights.astype(float).T
        return out

    def percentiles(
        self, value: np.ndarray, replicates: np.ndarray, units: np.ndarray
    ) -> np.ndarray:
        """Figures (rows,) and their replicates (rows, replicates) -> limits (2, rows).

        nan where there are fewer than two units.

        Args:
            value: nan where there is none.
            replicates: one that drew nothing to divide by is nan and says nothing.
            units: (rows,) how many units each figure has data in.
        """
        limits = np.full((2, len(replicates)), np.nan)
        known = np.flatnonzero(
            (units > 1) & np.isfinite(value) & np.isfinite(replicates).any(axis=1)
        )
        if len(known):
            limits[:, known] = percentile_interval(_fill(replicates[known]), self.confidence)
        return limits

    @property
    def smallest_p(self) -> float:
        """The p-value that no difference can be below."""
        return 0.0 if self.adjusted else 2 / (self.replicates + 1)

    def difference(
        self, delta: np.ndarray, replicates: np.ndarray, units: np.ndarray
    ) -> Difference:
        """Differences (rows,) and their replicates (rows, replicates) -> what is known of them.

        If adjusted, Student's t with one degree of freedom less than units, on the replicates'
        standard deviation by the root of (n - 1) / n, which the bootstrap's is too small by.
        Else percentiles, and twice the smaller share of replicates on one side of 0, those at 0
        counted with it and one added to both (Davison & Hinkley 1997, section 4.2.5). Where all
        units differ alike, and where there are fewer than `ENOUGH_UNITS`, p is not below that of
        the sign test of so many units.

        Args:
            delta: nan where there is none.
            replicates: nan where nothing was drawn to divide by.
            units: (rows,) how many units each difference has data in; fewer than 2 tell nothing.
        """
        known = (units > 1) & np.isfinite(delta) & np.isfinite(replicates).any(axis=1)
        size = np.where(known, units, 2)
        drawn = _fill(replicates)
        error = drawn.std(axis=1, ddof=1)
        scale = np.maximum(1, np.abs(delta))
        error = np.where(error < ROUNDING * scale, 0.0, error)
        below, above = (drawn <= 0).sum(axis=1), (drawn >= 0).sum(axis=1)
        p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (self.replicates + 1))
        sign_test = 0.5 ** (size - 1)
        alike = np.where(np.abs(delta) < ROUNDING * scale, 1.0, np.maximum(p, sign_test))
        if self.adjusted:
            error = error * (size / (size - 1)) ** 0.5
            reach = stdtrit(size - 1, (1 + self.confidence) / 2) * error
            low, high = delta - reach, delta + reach
            with np.errstate(divide="ignore", invalid="ignore"):
                p = 2 * stdtr(size - 1, -np.abs(delta) / error)
        else:
            low, high = self.percentiles(delta, replicates, units)
        p = np.where(size < ENOUGH_UNITS, np.maximum(p, sign_test), p)
        p = np.where(error > 0, p, alike)
        return Difference(*(np.where(known, part, np.nan) for part in (low, high, p, error)))


def improvement(differences: np.ndarray) -> np.ndarray:
    """Replicates of differences (rows, replicates) -> the share below 0, ties counted half.

    Bisani & Ney (2004). Of those that are known; nan where none is.
    """
    below = (differences < 0).sum(axis=1) + (differences == 0).sum(axis=1) / 2
    with np.errstate(invalid="ignore"):
        share: np.ndarray = below / np.isfinite(differences).sum(axis=1)
    return share


def _fill(replicates: np.ndarray) -> np.ndarray:
    """Replicates with unknown ones -> the same with known ones of their row repeated instead."""
    if np.isfinite(replicates).all():
        return replicates
    filled = np.zeros_like(replicates)
    for row, target in zip(replicates, filled, strict=True):
        known = row[np.isfinite(row)]
        if len(known):
            target[:] = np.resize(known, len(row))
    return filled


def _group(counts: np.ndarray, seed: int) -> np.ndarray:
    """Counts by unit (rows, units) -> by random group of units (rows, `MOST_DRAWN`).

    The groups are the same for the same number of units.
    """
    places = np.random.default_rng([seed, 2]).permutation(counts.shape[1]) % MOST_DRAWN
    return np.array([np.bincount(places, row, MOST_DRAWN) for row in counts])


def _draw_weights(units: int, replicates: int, seed: int) -> Iterable[tuple[int, np.ndarray]]:
    """Blocks of replicates: the first one's number, and how often each unit was drawn in each."""
    if 2 * replicates * units <= KEPT_BYTES:
        return _keep_weights(units, replicates, seed)
    return _draw(units, replicates, seed)


@lru_cache(maxsize=8)
def _keep_weights(units: int, replicates: int, seed: int) -> list[tuple[int, np.ndarray]]:
    return list(_draw(units, replicates, seed))


def _draw(units: int, replicates: int, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    random = np.random.default_rng(seed)
    block = max(1, BLOCK_BYTES // (8 * units))
    for start in range(0, replicates, block):
        count = min(block, replicates - start)
        drawn = random.integers(units, size=(count, units), dtype=np.int32)
        drawn += np.arange(count, dtype=np.int32)[:, None] * units
        weights = np.bincount(drawn.ravel(), minlength=count * units)
        # No unit is drawn 65,536 times: the chance is nil where there are as many units.
        yield start, weights.reshape(count, units).astype(np.uint16)


def _draw_nested(
    clusters: np.ndarray, replicates: int, seed: int
) -> Iterator[tuple[int, np.ndarray]]:
    """The cluster of each unit -> blocks of replicates, as of `_draw`, drawn in two steps."""
    _, cluster_of, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(cluster_of, kind="stable"), np.cumsum(sizes)[:-1])
    inside = np.random.default_rng([seed, 1])
    for start, of_clusters in _draw(len(sizes), replicates, seed):
        weights = np.zeros((len(of_clusters), len(clusters)), np.uint16)
        for cluster, units in enumerate(members):
            drawn = of_clusters[:, cluster].astype(int) * len(units)
            weights[:, units] = inside.multinomial(drawn, np.full(len(units), 1 / len(units)))
        yield start, weights
