"""A figure of recordings that were decoded several times -> how much recordings and repeats vary.

Repeats are nested in recordings: what a model draws at random in one recording has nothing to do
with what it draws in another, so that a repeat's number means nothing over recordings. The variance
of such a figure has two components, of a one-way random-effects analysis of variance (Searle,
Casella & McCulloch, *Variance Components*, 1992, 3.6; the design "repeats within recordings" of
generalizability theory, Brennan, *Generalizability Theory*, 2001). An error rate is no mean but a
ratio of sums; what is analysed is how far each recording moves it when it is left out (the
jackknife, as in the figure's interval), and each of its repeats beside that (empirical influence
values; Davison & Hinkley 1997, 2.7.2 and 2.7.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf, sqrt

import numpy as np

from snakescribe.evaluate.statistics.figure import Figure

_STEP = 1e-3  # of the numerical derivative, in recordings


@dataclass(frozen=True)
class Components:
    """Variances of a figure, or of a difference of two.

    Attributes:
        units: recordings (or other units) with data.
        repeats: of each; the harmonic mean where some lack one.
        between: variance of units; below 0 by chance where there is little of it.
        within: variance of the repeats of a unit.
    """

    units: int
    repeats: float
    between: float
    within: float

    def standard_error(self, units: float | None = None, repeats: float | None = None) -> float:
        """Of the figure, with other numbers of units and repeats where they are given."""
        noise = self.within / (repeats or self.repeats)
        return sqrt((max(self.between, 0.0) + noise) / (units or self.units))

    @property
    def share_of_repeats(self) -> float:
        """The part of the figure's variance that more repeats could take away, from 0 to 1."""
        total = self.standard_error() ** 2 * self.units
        return self.within / self.repeats / total if total else 0.0

    @property
    def repeats_to_halve(self) -> float:
        """How many repeats of each unit would halve the standard error; infinite: none would."""
        rest = self.standard_error() ** 2 * self.units / 4 - max(self.between, 0.0)
        return ceil(self.within / rest - 1e-9) if rest > 0 else inf


def influence(
    figure: Figure, sums: Mapping[str, np.ndarray], counted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of counts by unit and repeat -> how far each moves the figure, and which of them count.

    The mean of a unit's values is its jackknife value: (units - 1) times the figure minus that
    without the unit. Around it each repeat moves the figure by its derivative, which is numerical.

    Args:
        figure: the figure.
        sums: by name, (units, repeats).
        counted: (units, repeats) whether the unit has all its chunks in this repeat.

    Returns:
        Both (units, repeats); units for which the figure is no number do not count, as in its
        interval.
    """
    means = {name: _means(part, counted) for name, part in sums.items()}
    known = np.isfinite(figure.value(means)) & counted.any(axis=1)
    counted = counted & known[:, None]
    units = int(known.sum())
    total = {name: np.asarray(part[known].sum()) for name, part in means.items()}
    without = figure.value({name: total[name] - part for name, part in means.items()})
    apart = {name: part - means[name][:, None] for name, part in sums.items()}
    up, down = (
        figure.value({name: total[name] + sign * _STEP * part for name, part in apart.items()})
        for sign in (1, -1)
    )
    of_units = (units - 1) * (figure.value(total) - without)
    values = of_units[:, None] + units * (up - down) / (2 * _STEP)
    return np.where(counted, values, np.nan), counted


def split_variance(values: np.ndarray, counted: np.ndarray) -> Components | None:
    """Values of units and repeats -> the components of their variance, by analysis of variance.

    Args:
        values: (units, repeats).
        counted: which of them there are; units may lack some, or all.

    Returns:
        None where there are fewer than two units, or none has two repeats.
    """
    counts = counted.sum(axis=1)
    values, counted, counts = values[counts > 0], counted[counts > 0], counts[counts > 0]
    spare = int((counts - 1).sum())
    if len(counts) < 2 or not spare:
        return None
    means = _means(values, counted)
    rest = np.where(counted, values - means[:, None], 0.0)
    within = float((rest**2).sum()) / spare
    total = counts.sum()
    middle = (counts * means).sum() / total
    square = float((counts * (means - middle) ** 2).sum()) / (len(counts) - 1)
    each = (total - (counts**2).sum() / total) / (len(counts) - 1)
    return Components(
        units=len(counts),
        repeats=len(counts) / float((1 / counts).sum()),
        between=(square - within) / each,
        within=within,
    )


def split_difference(
    left: tuple[np.ndarray, np.ndarray], right: tuple[np.ndarray, np.ndarray]
) -> Components | None:
    """The same for a difference of two conditions on the same units; each has draws of its own.

    Args:
        left: values and which of them there are, (units, repeats) both.
        right: the same of the condition that is taken away. What was decoded once is taken for
            what is decoded the same each time.

    Returns:
        `repeats` are the left one's, or the right one's where the left has one; both vary with it.
    """
    both = left[1].any(axis=1) & right[1].any(axis=1)
    sides = [(values[both], counted[both]) for values, counted in (left, right)]
    if both.sum() < 2:
        return None
    parts = [part for side in sides if (part := split_variance(*side)) is not None]
    if not parts:
        return None
    noise = sum(part.within / part.repeats for part in parts)
    deltas = _means(*sides[0]) - _means(*sides[1])
    between = float(deltas.var(ddof=1)) - noise
    repeats = parts[0].repeats
    return Components(int(both.sum()), repeats, between, noise * repeats)


def _means(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """(units, repeats) -> the mean of those of each unit that count; nan where none does."""
    number = counted.sum(axis=1)
    sums = np.where(counted, values, 0.0).sum(axis=1)
    means = np.full(len(number), np.nan)
    np.divide(sums, number, out=means, where=number > 0)
    return means
