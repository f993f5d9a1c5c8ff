"""Counts of conditions -> figures with intervals, and differences between conditions.

Which units a figure has data in depends on the figure and the condition: a unit counts where the
figure, computed from that unit's sums alone, is a number. Their number gives degrees of freedom
and intervals, and says whether there are enough recordings to resample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeVar

import numpy as np

from snakescribe.evaluate.statistics.bootstrap import Bootstrap, improvement
from snakescribe.evaluate.statistics.figure import Figure, LazySums
from snakescribe.evaluate.statistics.intervals import robust_interval
from snakescribe.evaluate.statistics.units import MIN_UNITS, RECORDING, Units, outer_unit

# Blocks of chunks that are kept for the next figure, and contrasts that are worked on at a time.
KEPT_BLOCKS = 64
BATCH = 64

# The weight of each condition that takes part: {3: 1, 0: -1} is the difference of 3 from 0.
Contrast = Mapping[int, float]


@dataclass(frozen=True)
class Intervals:
    """A figure of each condition; all are arrays (conditions,).

    Attributes:
        value: the figure over the corpus, nan where it is not defined.
        low: lower limit of its interval, nan where there is none.
        high: upper limit.
        units: the number of units with data; of nested ones, of the outer.
        unit: what was resampled, such as `recording`, `speaker` or `chunk`.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    units: np.ndarray
    unit: np.ndarray


@dataclass(frozen=True)
class Differences:
    """A figure's contrasts; all are arrays (contrasts,), nan where nothing is known.

    Attributes:
        delta: the contrast, such as a difference of error rates.
        low: lower limit of its interval.
        high: upper limit.
        p: two-sided p of no difference.
        error: standard error.
        improvement: the share of replicates below 0.
        units: the smallest number of units with data of its conditions.
        unit: what was resampled, such as `recording`, `speaker` or `chunk`.
    """

    delta: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    error: np.ndarray
    improvement: np.ndarray
    units: np.ndarray
    unit: np.ndarray


Outcome = TypeVar("Outcome", Intervals, Differences)


class Resampled:
    """Counts of conditions in chunks, and what resampling says about any figure made of them."""

    def __init__(
        self,
        counts: Mapping[str, np.ndarray],
        scored: np.ndarray,
        units: Units,
        bootstrap: Bootstrap,
        *,
        paired: bool,
    ) -> None:
        """Take counts by name and what is scored, both (conditions, chunks).

        Args:
            counts: 0 where nothing is scored.
            scored: whether the condition has the chunk, and the chunk a reference.
            units: what is drawn, and the recording of each chunk.
            bootstrap: how units are drawn.
            paired: whether a contrast is made on the chunks that all its conditions have.
        """
        self._counts = counts
        self._scored = scored
        self._units = units
        self._bootstrap = bootstrap
        self._paired = paired
        self._by_unit: dict[tuple[str, str], np.ndarray] = {}
        self._replicates: dict[tuple[str, str, bytes], np.ndarray] = {}
        self._blocks: dict[tuple[str, tuple[int, ...], bytes], Resampled] = {}

    def choose(self, conditions: Sequence[int], chunks: np.ndarray) -> "Resampled":
        """Some conditions, and whether each chunk is wanted (chunks,) -> the same of these."""
        return self._choose(conditions, chunks, self._units)

    def _choose(self, conditions: Sequence[int], chunks: np.ndarray, units: Units) -> "Resampled":
        place = np.ix_(np.array(conditions, int), chunks)
        return Resampled(
            LazySums(self._counts, lambda name: self._counts[name][place]),
            self._scored[place],
            units.choose(chunks),
            self._bootstrap,
            paired=self._paired,
        )

    @cached_property
    def sums(self) -> dict[str, np.ndarray]:
        """The sums of all counts, by name (conditions,)."""
        return {name: self._counts[name].sum(axis=1) for name in self._counts}

    def chunks_of(self, contrast: Contrast) -> np.ndarray:
        """A contrast -> whether each chunk takes part (chunks,)."""
        combine = np.logical_and if self._paired else np.logical_or
        taking_part: np.ndarray = combine.reduce(self._scored[list(contrast)], axis=0)
        return taking_part

    def recordings_in(self, chunks: np.ndarray) -> int:
        """Whether each chunk is wanted (chunks,) -> how many recordings these are of."""
        return int(np.count_nonzero(np.bincount(self._units.positions[RECORDING][chunks])))

    def intervals(self, figure: Figure) -> Intervals:
        """A figure -> its value and interval for each condition."""
        value = np.asarray(figure.value(self.sums))
        if self._bootstrap.adjusted:
            low, high, units = self._leave_out(figure, value)
        else:
            drawn, units = self._draw(figure)
            low, high = self._bootstrap.percentiles(value, drawn, units)
        unit = np.full(len(units), self._units.unit, object)
        intervals = Intervals(value, low, high, units, unit)
        few = np.flatnonzero(self._too_few(units))
        if len(few):
            by_others = self._block(few.tolist(), self._every_chunk, self._units.next())
            _put(intervals, few, by_others.intervals(figure))
        return intervals

    def differences(self, figure: Figure, contrasts: Sequence[Contrast]) -> Differences:
        """A figure and contrasts -> the figure's contrast, in a paired design on common chunks."""
        differences = Differences(
            **{field.name: np.full(len(contrasts), np.nan) for field in fields(Differences)}
            | {
                "units": np.zeros(len(contrasts), int),
                "unit": np.full(len(contrasts), self._units.unit, object),
            }
        )
        every = self._scored.any(axis=0)
        groups: dict[bytes, list[int]] = {}
        for place, contrast in enumerate(contrasts):
            common = self.chunks_of(contrast) if self._paired else every
            groups.setdefault(common.tobytes(), []).append(place)
        for key, places in groups.items():
            common = np.frombuffer(key, bool)
            group = [contrasts[place] for place in places]
            if (common == every).all():
                _put(differences, places, self._contrast(figure, group))
            elif common.any():
                used = _conditions_in(group)
                block = self._block(used, common, self._units)
                _put(differences, places, block._contrast(figure, _renumber(group, used)))
        return differences

    def _contrast(self, figure: Figure, contrasts: Sequence[Contrast]) -> Differences:
        """Contrasts on the chunks that are here."""
        drawn, units = self._draw(figure)
        values = np.asarray(figure.value(self.sums))
        parts = []
        for start in range(0, len(contrasts), BATCH):
            batch = contrasts[start : start + BATCH]
            delta = np.array([_weigh(contrast, values) for contrast in batch])
            replicates = np.stack([_weigh(contrast, drawn) for contrast in batch])
            fewest = np.array([units[list(contrast)].min() for contrast in batch])
            told = self._bootstrap.difference(delta, replicates, fewest)
            better = np.where(fewest > 1, improvement(replicates), np.nan)
            units_here = np.full(len(batch), self._units.unit, object)
            parts.append(
                (delta, told.low, told.high, told.p, told.error, better, fewest, units_here)
            )
        differences = Differences(*(np.concatenate(cell) for cell in zip(*parts, strict=True)))
        few = np.flatnonzero(self._too_few(differences.units))
        if len(few):
            group = [contrasts[place] for place in few.tolist()]
            used = _conditions_in(group)
            block = self._block(used, self._every_chunk, self._units.next())
            _put(differences, few, block._contrast(figure, _renumber(group, used)))
        return differences

    @property
    def _every_chunk(self) -> np.ndarray:
        return np.ones(self._scored.shape[1], bool)

    def _too_few(self, units: np.ndarray) -> np.ndarray:
        if len(self._units.chain) == 1:
            return np.zeros(len(units), bool)
        return (units > 0) & (units < MIN_UNITS)

    def _block(self, conditions: Sequence[int], chunks: np.ndarray, units: Units) -> "Resampled":
        key = (units.unit, tuple(conditions), chunks.tobytes())
        if key in self._blocks:
            return self._blocks[key]
        block = self._choose(conditions, chunks, units)
        if len(self._blocks) < KEPT_BLOCKS:
            self._blocks[key] = block
        return block

    def _leave_out(
        self, figure: Figure, value: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A figure and its values (conditions,) -> limits of their intervals, and units with data.

        Of nested units the outer ones are left out, with all that is in them: how much these
        differ holds how much the inner ones do.
        """
        unit = outer_unit(self._units.unit)
        sums = LazySums(self._counts, lambda name: self._sum_by_unit(name, unit))
        each = np.asarray(figure.value(sums))
        units = (np.isfinite(each) & (self._sum_by_unit("", unit) > 0)).sum(axis=1)
        rest = LazySums(self._counts, lambda name: self.sums[name][:, None] - sums[name])
        without = np.asarray(figure.value(rest))
        limits = robust_interval(value, without, each, units, self._bootstrap.confidence)
        return limits[0], limits[1], units

    def _draw(self, figure: Figure) -> tuple[np.ndarray, np.ndarray]:
        """A figure -> its replicates (conditions, replicates), and its units (conditions,).

        Units in which no condition has anything that the figure is made of are not drawn.
        """
        outer, unit = outer_unit(self._units.unit), self._units.unit
        sums = LazySums(self._counts, lambda name: self._sum_by_unit(name, outer))
        known = np.isfinite(figure.value(sums)) & (self._sum_by_unit("", outer) > 0)
        if not known.any():
            nothing = np.full((len(known), self._bootstrap.replicates), np.nan)
            return nothing, known.sum(axis=1)
        inner = self._sum_by_unit("", unit)
        drawn: np.ndarray = known.any(axis=0) if outer == unit else np.zeros(inner.shape[1], bool)
        for name in sums.asked:
            drawn |= (self._sum_by_unit(name, unit) != 0).any(axis=0)
        replicates = LazySums(self._counts, lambda name: self._replicate(name, unit, drawn))
        return np.asarray(figure.value(replicates)), known.sum(axis=1)

    def _sum_by_unit(self, name: str, unit: str) -> np.ndarray:
        """A count, or with an empty name the scored chunks -> sums (conditions, units)."""
        if (name, unit) not in self._by_unit:
            counts = self._counts[name] if name else self._scored.astype(float)
            self._by_unit[name, unit] = self._units.sum_by(unit, counts)
        return self._by_unit[name, unit]

    def _replicate(self, name: str, unit: str, drawn: np.ndarray) -> np.ndarray:
        key = (name, unit, drawn.tobytes())
        if key not in self._replicates:
            counts = self._sum_by_unit(name, unit)[:, drawn]
            clusters = self._units.clusters()
            inside = None if clusters is None else clusters[drawn]
            self._replicates[key] = self._bootstrap.sums(counts, inside)
        return self._replicates[key]


def _weigh(contrast: Contrast, values: np.ndarray) -> np.ndarray:
    """Weights of conditions, and values with the conditions first -> their weighted sum."""
    return np.asarray(sum(weight * values[condition] for condition, weight in contrast.items()))


def _renumber(contrasts: Sequence[Contrast], used: Sequence[int]) -> list[dict[int, float]]:
    place = {condition: index for index, condition in enumerate(used)}
    return [
        {place[condition]: weight for condition, weight in contrast.items()}
        for contrast in contrasts
    ]


def _conditions_in(contrasts: Sequence[Contrast]) -> list[int]:
    return sorted({condition for contrast in contrasts for condition in contrast})


def _put(whole: Outcome, places: Sequence[int] | np.ndarray, part: Outcome) -> None:
    """Write the arrays of a part of the conditions or contrasts into their places of all."""
    for field in fields(whole):
        getattr(whole, field.name)[places] = getattr(part, field.name)
