"""Scores of several repeats -> ``repeats.csv``: do recordings or repeats make figures unsure?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite

import numpy as np

from snakescribe.evaluate.compare.samplings import Samplings
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.components import (
    Components,
    influence,
    split_difference,
    split_variance,
)
from snakescribe.evaluate.statistics.figure import Figure, LazySums
from snakescribe.evaluate.statistics.units import Units, outer_unit
from snakescribe.tables import Row

# Repeats are advised where they halve the interval with at most so many times the decoding that
# recordings would take: there is nothing to be recorded and written down for them.
WORTH = 2.0

Influence = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class RepeatStudy:
    """What the components of variance are made of.

    Attributes:
        table: the scores under the leading normaliser.
        samplings: the same, with the chunks that each figure is made of.
        units: what is resampled.
        paired: whether differences are of the chunks that both conditions have.
    """

    table: ScoreTable
    samplings: Samplings
    units: Units
    paired: bool

    def tabulate(self, figures: Sequence[Figure], baseline: int) -> Iterator[Row]:
        """Figures and the position of the baseline -> the rows of ``repeats.csv``.

        Figures that are not defined for a condition have none.
        """
        names, repeats = self.table.conditions, self.table.repeats
        for condition, figure in product(range(len(names)), figures):
            rows = []
            if repeats[condition] > 1:
                rows.append(self._of_figure(figure, condition))
            against = condition != baseline and self.paired
            if against and max(repeats[condition], repeats[baseline]) > 1:
                rows.append(self._of_difference(figure, condition, baseline))
            yield from (row for row in rows if np.isfinite(row["value"]))

    def _of_figure(self, figure: Figure, condition: int) -> Row:
        chunks = self.samplings.chunks_for(figure)[condition]
        value = self._value(figure, condition, chunks)
        parts = split_variance(*self._influence(figure, condition, chunks))
        name = self.table.conditions[condition]
        return {"condition": name, "other": ""} | self._row(figure, value, parts)

    def _of_difference(self, figure: Figure, condition: int, baseline: int) -> Row:
        pair = [condition, baseline]
        chunks = np.logical_and.reduce(self.samplings.chunks_for(figure)[pair], axis=0)
        left, right = (self._influence(figure, side, chunks) for side in pair)
        values = [self._value(figure, side, chunks) for side in pair]
        name, other = (self.table.conditions[side] for side in pair)
        parts = split_difference(left, right)
        return {"condition": name, "other": other} | self._row(figure, values[0] - values[1], parts)

    def _value(self, figure: Figure, condition: int, chunks: np.ndarray) -> float:
        counts = self.table.counts
        sums = LazySums(counts, lambda name: counts[name][condition, chunks].sum(keepdims=True))
        return float(np.asarray(figure.value(sums))[0])

    def _influence(self, figure: Figure, condition: int, chunks: np.ndarray) -> Influence:
        """A figure of a condition on some chunks (chunks,) -> see `influence`."""
        asked = LazySums(self.table.counts, lambda name: self.table.counts[name].sum(axis=1))
        figure.value(asked)
        counts, there = self.table.counts_by_repeat(condition, asked.asked)
        places = self.units.choose(chunks)
        unit = outer_unit(self.units.unit)

        def by_unit(values: np.ndarray) -> np.ndarray:
            """(chunks, repeats) -> (units, repeats)."""
            return places.sum_by(unit, values[chunks].T).T

        whole = by_unit(there.astype(float)) == by_unit(np.ones(there.shape))
        whole &= by_unit(np.ones(there.shape)) > 0
        sums = {name: by_unit(values) for name, values in counts.items()}
        return influence(figure, sums, whole)

    def _row(self, figure: Figure, value: float, parts: Components | None) -> Row:
        unit = outer_unit(self.units.unit)
        row: Row = {"figure": figure.name, "unit": figure.unit, "value": value, "unit_of": unit}
        if parts is None:
            few = f"too few {unit}s to tell: it takes two, and two repeats of one"
            return {**row, "units": 0, "repeats": 0.0, "advice": few}
        halved = parts.repeats_to_halve
        return {
            **row,
            "units": parts.units,
            "repeats": parts.repeats,
            "variance_recordings": parts.between,
            "variance_repeats": parts.within,
            "repeats_share": parts.share_of_repeats,
            "standard_error": parts.standard_error(),
            "units_to_halve": 4 * parts.units,
            "repeats_to_halve": int(halved) if isfinite(halved) else None,
            "advice": advise(parts, unit),
        }


def advise(parts: Components, unit: str) -> str:
    """Components of variance and what units are -> more repeats or more units, in words."""
    error, units, repeats = parts.standard_error(), parts.units, f"{parts.repeats:.2g}"
    if not error:
        return f"all {unit}s and repeats are alike: nothing to tell"
    if not parts.within:
        return f"all {repeats} repeats are alike: one is enough; more {unit}s narrow the interval"
    share = f"{100 * parts.share_of_repeats:.0f} % of the variance is the model's own noise"
    halved = parts.repeats_to_halve
    if halved <= WORTH * 4 * parts.repeats:
        return (
            f"more repeats: {halved:.0f} in place of {repeats} would halve the interval, as "
            f"{4 * units} {unit}s in place of {units} would; {share}"
        )
    endless = 1 - parts.standard_error(repeats=float("inf")) / error
    single = parts.standard_error(repeats=1) / error - 1
    return (
        f"more {unit}s: {4 * units} in place of {units} would halve the interval; repeats without "
        f"end would narrow it by {100 * endless:.0f} %, and one alone widen it by "
        f"{100 * single:.0f} %; {share}"
    )
