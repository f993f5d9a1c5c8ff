"""Replicates of figures -> the effect of each factor, all else equal, and interactions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from snakescribe.config.conditions import Condition, Experiment
from snakescribe.evaluate.compare.judge import difference_rows, find_missing, judge_family
from snakescribe.evaluate.compare.samplings import Samplings
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.multiplicity import adjust_holm
from snakescribe.tables import Row
from snakescribe.tables.scores import FACTORS

Pair = tuple[int, int]


def estimate_effects(
    experiment: Experiment,
    samplings: Samplings,
    figures: Iterable[Figure],
    bootstrap: Bootstrap,
    unread: Collection[Pair] = frozenset(),
) -> list[Row]:
    """Scores of the conditions -> the rows of ``factors.csv``.

    A *main* effect compares a level of a factor with the baseline's level: the mean difference of
    a figure over all pairs of conditions that differ in this factor alone. An *interaction* is
    how much the effect of one factor changes with the level of another: the mean, over the
    matched quadruples, of the difference of two such differences. Each kind is a family of its
    own for Holm's correction, for each figure.

    Args:
        experiment: its conditions and factors.
        samplings: their scores, and what is resampled.
        figures: the figures wanted; those that no condition has are left out.
        bootstrap: how intervals and p are made.
        unread: pairs of conditions whose engine seems not to have read their prompts.
    """
    ignored = frozenset(map(frozenset, unread))
    rows: list[Row] = []
    for figure in figures:
        known = figure.value(samplings.resampled_for(figure).sums)
        if np.isfinite(known).any():
            rows += _effects_on(figure, experiment, samplings, bootstrap, ignored)
    return rows


def _effects_on(
    figure: Figure,
    experiment: Experiment,
    samplings: Samplings,
    bootstrap: Bootstrap,
    ignored: Collection[frozenset[int]],
) -> list[Row]:
    """A figure -> the rows about it; see `estimate_effects`."""
    conditions = [condition.name for condition in experiment.conditions]
    resampled, present = samplings.resampled_for(figure), samplings.heard
    rows: list[Row] = []
    for effect, matches in (
        ("main", list(_main_effects(experiment))),
        ("interaction", list(_interactions(experiment))),
    ):
        contrasts = [_contrast(sides) for _, sides in matches]
        cells_of = difference_rows(resampled.differences(figure, contrasts), figure)
        family = [
            {
                "figure": figure.name,
                "unit": figure.unit,
                "effect": effect,
                **names,
                "matched": len(sides[0]),
                "recordings": resampled.recordings_in(resampled.chunks_of(contrast)),
                "missing": find_missing(conditions, present, resampled, contrast)
                if figure.needs_reference
                else "nothing is known of it",
                "unread": effect == "main"
                and all(frozenset(pair) in ignored for side in sides for pair in side),
                **cells,
            }
            for (names, sides), contrast, cells in zip(matches, contrasts, cells_of, strict=True)
        ]
        judged = judge_family(family, adjust_holm, bootstrap, figure)
        rows += [{name: row[name] for name in FACTORS.names} for row in judged]
    return rows


def _main_effects(experiment: Experiment) -> Iterator[tuple[dict[str, str], list[list[Pair]]]]:
    baseline = _baseline(experiment)
    for factor, levels in experiment.factors.items():
        other = baseline.levels[factor]
        for level in levels:
            pairs = _matched_pairs(experiment.conditions, factor, level, other)
            if level != other and pairs:
                names = {
                    "factor": factor,
                    "level": level,
                    "other_level": other,
                    "by_factor": "",
                    "by_level": "",
                    "by_other_level": "",
                }
                yield names, [pairs]


def _interactions(experiment: Experiment) -> Iterator[tuple[dict[str, str], list[list[Pair]]]]:
    baseline = _baseline(experiment)
    for factor, by_factor in combinations(experiment.factors, 2):
        other, by_other = baseline.levels[factor], baseline.levels[by_factor]
        for level in experiment.factors[factor]:
            for by_level in experiment.factors[by_factor]:
                if level == other or by_level == by_other:
                    continue
                pairs = _matched_pairs(experiment.conditions, factor, level, other)
                sides = _matched_sides(experiment.conditions, pairs, by_factor, by_level, by_other)
                if sides[0]:
                    names = {
                        "factor": factor,
                        "level": level,
                        "other_level": other,
                        "by_factor": by_factor,
                        "by_level": by_level,
                        "by_other_level": by_other,
                    }
                    yield names, sides


def _baseline(experiment: Experiment) -> Condition:
    conditions = experiment.conditions
    return next(condition for condition in conditions if condition.name == experiment.baseline)


def _rest(condition: Condition, *factors: str) -> tuple[str, ...]:
    """A condition's levels of all other factors."""
    return tuple(level for name, level in condition.levels.items() if name not in factors)


def _matched_pairs(
    conditions: Sequence[Condition], factor: str, level: str, other: str
) -> list[Pair]:
    """Pairs of conditions with these two levels of a factor that are equal in all others."""
    others = {
        _rest(condition, factor): index
        for index, condition in enumerate(conditions)
        if condition.levels[factor] == other
    }
    return [
        (index, others[_rest(condition, factor)])
        for index, condition in enumerate(conditions)
        if condition.levels[factor] == level and _rest(condition, factor) in others
    ]


def _matched_sides(
    conditions: Sequence[Condition],
    pairs: Sequence[Pair],
    by_factor: str,
    by_level: str,
    by_other: str,
) -> list[list[Pair]]:
    """Pairs -> those at one level of a second factor and, in the same order, at the other."""
    at_other = {
        _rest(conditions[left], by_factor): (left, right)
        for left, right in pairs
        if conditions[left].levels[by_factor] == by_other
    }
    sides: list[list[Pair]] = [[], []]
    for left, right in pairs:
        key = _rest(conditions[left], by_factor)
        if conditions[left].levels[by_factor] == by_level and key in at_other:
            sides[0].append((left, right))
            sides[1].append(at_other[key])
    return sides


def _contrast(sides: list[list[Pair]]) -> dict[int, float]:
    """One side: the mean difference of its pairs; two sides: the difference of their means."""
    weights: dict[int, float] = {}
    for sign, pairs in zip((1, -1), sides, strict=False):
        for left, right in pairs:
            weights[left] = weights.get(left, 0.0) + sign / len(pairs)
            weights[right] = weights.get(right, 0.0) - sign / len(pairs)
    return weights
