"""The bootstrap: resampled units -> replicates of sums, and what follows from replicates.

Sources: Bisani & Ney (ICASSP 2004) for error rates and the probability of improvement; Liu & Peng
(arXiv 1912.09508) for resampling blocks, here whole recordings, as the chunks of a recording are
not independent; Hesterberg (The American Statistician 69, 2015) for what is done about few
recordings: expanded percentiles (section 5.3.2) and Student's t with the bootstrap's standard error
(section 4.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# Fewer recordings than this say too little about how recordings differ.
MIN_RECORDINGS = 6
# Weights of up to this many bytes are kept; more are drawn again, the same, at each use.
KEPT_BYTES = 400_000_000
BLOCK_BYTES = 100_000_000


@dataclass(frozen=True)
class Bootstrap:
    """Draws of units with replacement, the same at each use.

    Attributes:
        unit_of: for each chunk, the position of the unit that it belongs to.
        unit: `recording` or `chunk`.
        replicates: how many.
        seed: of the draws.
        confidence: coverage of the intervals.
        adjusted: whether intervals and p-values allow for the number of units.
    """

    unit_of: "np.ndarray"
    unit: str
    replicates: int
    seed: int
    confidence: float
    adjusted: bool

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return int(self.unit_of.max()) + 1 if len(self.unit_of) else 0

    def by_unit(self, counts: "np.ndarray") -> "np.ndarray":
        """Counts (..., chunks) -> their sums over each unit (..., units)."""
        import numpy as np

        sums = np.zeros((*counts.shape[:-1], self.units))
        rows = prod(counts.shape[:-1])  # not -1: there may be no chunks at all
        flat, target = counts.reshape(rows, counts.shape[-1]), sums.reshape(rows, self.units)
        for source, row in zip(flat, target, strict=True):
            row[:] = np.bincount(self.unit_of, weights=source, minlength=self.units)
        return sums

    def sums(self, counts: "np.ndarray") -> "np.ndarray":
        """Counts (..., chunks) -> replicates of their sums (replicates, ...).

        The counts are whole numbers mostly: float64 keeps their sums exact, so that equal
        conditions have equal replicates.
        """
        import numpy as np

        if not self.units:
            return np.zeros((self.replicates, *counts.shape[:-1]))
        by_unit = self.by_unit(counts)
        matrix = np.ascontiguousarray(by_unit.reshape(prod(by_unit.shape[:-1]), self.units).T)
        used = np.flatnonzero(matrix.any(axis=1))
        few = 2 * len(used) < self.units  # a stratum: its units alone are worth multiplying
        if few:
            matrix = matrix[used]
        out = np.empty((self.replicates, matrix.shape[1]))
        for start, weights in self._weights():
            out[start : start + len(weights)] = (weights[:, used] if few else weights) @ matrix
        return out.reshape(self.replicates, *by_unit.shape[:-1])

    def _weights(self) -> Iterator[tuple[int, "np.ndarray"]]:
        if self.replicates * self.units * 8 <= KEPT_BYTES:
            yield from self._kept
        else:
            yield from self._draw()

    @cached_property
    def _kept(self) -> list[tuple[int, "np.ndarray"]]:
        return list(self._draw())

    def _draw(self) -> Iterator[tuple[int, "np.ndarray"]]:
        """Yield (first replicate, how often each unit was drawn) in blocks of replicates."""
        import numpy as np

        random = np.random.default_rng(self.seed)
        block = max(1, BLOCK_BYTES // (8 * max(self.units, 1)))
        for start in range(0, self.replicates, block):
            count = min(block, self.replicates - start)
            drawn = random.integers(self.units, size=(count, self.units), dtype=np.int32)
            drawn += np.arange(count, dtype=np.int32)[:, None] * self.units
            weights = np.bincount(drawn.ravel(), minlength=count * self.units)
            yield start, weights.reshape(count, self.units).astype(np.float64)

    def interval(self, replicates: "np.ndarray") -> "np.ndarray":
        """Replicates (replicates, ...) -> lower and upper limit (2, ...); nan if there is none.

        Percentiles, as a rate's interval should be neither symmetric nor below 0; expanded ones,
        if adjusted.
        """
        import numpy as np

        if self.units < 2:
            return np.full((2, *replicates.shape[1:]), np.nan)
        tail = self._tail((1 - self.confidence) / 2)
        if np.isfinite(replicates).all():
            return np.quantile(replicates, [tail, 1 - tail], axis=0)
        # A replicate that drew nothing to divide by says nothing; if none did, nor do the others.
        never = ~np.isfinite(replicates).any(axis=0)
        limits = np.nanquantile(np.where(never, 0.0, replicates), [tail, 1 - tail], axis=0)
        return np.where(never, np.nan, limits)

    def _tail(self, tail: float) -> float:
        """A nominal tail probability -> the share of replicates to cut off."""
        if not self.adjusted:
            return tail
        from scipy.special import ndtr, stdtrit

        spread = (self.units / (self.units - 1)) ** 0.5
        return float(ndtr(spread * stdtrit(self.units - 1, tail)))

    @property
    def smallest_p(self) -> float:
        """The p-value that no difference can be below."""
        return 0.0 if self.adjusted else 2 / (self.replicates + 1)

    def difference(self, delta: Any, replicates: "np.ndarray") -> "Difference":
        """Differences (...) and their replicates (replicates, ...) -> what is known of them.

        If adjusted, Student's t with one degree of freedom less than units, on the replicates'
        standard deviation by the root of (n - 1) / n, which the bootstrap's is too small by.
        Else percentiles, and twice the smaller share of replicates on one side of 0, those at 0
        counted with it and one added to both (Davison & Hinkley 1997, section 4.2.5).
        """
        import numpy as np

        delta = np.asarray(delta, float)
        known = np.isfinite(replicates).any(axis=0)
        if self.units < 2 or not known.any():
            return Difference(*(np.full(delta.shape, np.nan) for _ in range(4)))
        error = np.nanstd(np.where(known, replicates, 0.0), axis=0, ddof=1)
        below = (replicates <= 0).sum(axis=0)
        above = (replicates >= 0).sum(axis=0)
        p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (self.replicates + 1))
        if not self.adjusted:
            low, high = self.interval(replicates)
        else:
            from scipy.special import stdtr, stdtrit

            error = error * (self.units / (self.units - 1)) ** 0.5
            reach = stdtrit(self.units - 1, (1 + self.confidence) / 2) * error
            low, high = delta - reach, delta + reach
            with np.errstate(divide="ignore", invalid="ignore"):
                student = 2 * stdtr(self.units - 1, -np.abs(delta) / error)
            p = np.where(error > 0, student, p)  # where all units differ alike, t has no say
        return Difference(*(np.where(known, one, np.nan) for one in (low, high, p, error)))


@dataclass(frozen=True)
class Difference:
    """Interval, two-sided p of no difference, and standard error of differences (arrays)."""

    low: Any
    high: Any
    p: Any
    error: Any


def improvement(differences: "np.ndarray") -> Any:
    """Replicates of differences -> the share below 0, ties counted half (Bisani & Ney 2004)."""
    import numpy as np

    share = (differences < 0).mean(axis=0) + (differences == 0).mean(axis=0) / 2
    return np.where(np.isfinite(differences).any(axis=0), share, np.nan)


def choose_unit(asked: str, recordings: int) -> str:
    """What the config asks for and how many recordings are scored -> `recording` or `chunk`."""
    if asked == "auto":
        return "recording" if recordings >= MIN_RECORDINGS else "chunk"
    return asked


def make_bootstrap(recording_of: "np.ndarray", scored: "np.ndarray", scoring: Any) -> Bootstrap:
    """The recording of each chunk and which chunks are scored -> the bootstrap to use.

    Chunks without a reference belong to no unit's draw: their counts are 0 and their recordings
    are left out.
    """
    import numpy as np

    with_reference = scored.any(axis=0)
    used = np.unique(recording_of[with_reference])
    unit = choose_unit(scoring["bootstrap_unit"], len(used))
    if unit == "chunk":
        unit_of = np.cumsum(with_reference) - 1
    else:
        unit_of = np.searchsorted(used, recording_of)
    last = max(int(with_reference.sum()) if unit == "chunk" else len(used), 1) - 1
    return Bootstrap(
        unit_of=np.clip(unit_of, 0, last).astype(int) if len(unit_of) else unit_of,
        unit=unit,
        replicates=scoring["bootstrap_replicates"],
        seed=scoring["seed"],
        confidence=scoring["confidence"],
        adjusted=scoring["interval"] == "adjusted",
    )
