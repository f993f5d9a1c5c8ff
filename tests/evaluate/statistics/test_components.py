"""Recordings and repeats: the components of variance against corpora whose truth is known."""

import numpy as np
import pytest

from snakescribe.evaluate.compare.repeats import advise
from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.statistics.components import (
    Components,
    influence,
    split_difference,
    split_variance,
)
from snakescribe.evaluate.statistics.intervals import robust_interval

pytestmark = pytest.mark.slow

FIGURE = WER.figures[0]
RATE, SPREAD = 0.15, 0.05  # of recordings' error rates: mean and standard deviation
CLOSE = 0.10


class Simulated:
    """Corpora of recordings of unequal length; errors of words within a repeat are alike.

    A recording's rate is drawn from a beta distribution, that of each of its repeats from another
    one around it with this concentration, and its errors are binomial.
    """

    def __init__(self, recordings: int, repeats: int, concentration: float) -> None:
        self.shape = recordings, repeats
        self.concentration = concentration
        self.lengths = np.array([100, 200, 300])
        self.scale = RATE * (1 - RATE) / SPREAD**2 - 1
        self.rng = np.random.default_rng(18)

    @property
    def between(self) -> float:
        """The true variance of recordings, each weighed by its length."""
        lengths = self.lengths
        return float((lengths**2).mean() / lengths.mean() ** 2 * SPREAD**2)

    @property
    def within(self) -> float:
        """The true variance of a recording's repeats: that of the beta-binomial distribution."""
        lengths, concentration = self.lengths, self.concentration
        spread = RATE - RATE**2 - SPREAD**2
        errors = lengths * spread * (lengths + concentration) / (1 + concentration)
        return float(errors.mean() / lengths.mean() ** 2)

    def draw(self, rates: np.ndarray | None = None) -> dict[str, np.ndarray]:
        rng, (recordings, repeats) = self.rng, self.shape
        if rates is None:
            rates = self.draw_rates()
        words = np.resize(self.lengths, recordings)[:, None] * np.ones((1, repeats))
        mean, scale = rates[:, None], self.concentration
        drawn = rng.beta(mean * scale, (1 - mean) * scale, self.shape)
        errors = rng.binomial(words.astype(int), drawn)
        nothing = np.zeros(self.shape)
        return {"words": words, "substitutions": errors, "deletions": nothing,
                "insertions": nothing, "hits": words - errors}  # fmt: skip

    def draw_rates(self) -> np.ndarray:
        return self.rng.beta(RATE * self.scale, (1 - RATE) * self.scale, self.shape[0])

    def split(self, sums: dict[str, np.ndarray]) -> Components:
        parts = split_variance(*influence(FIGURE, sums, np.ones(self.shape, bool)))
        assert parts is not None
        return parts


@pytest.mark.parametrize("recordings", [20, 60])
@pytest.mark.parametrize("repeats", [2, 5])
@pytest.mark.parametrize("concentration", [20.0, 100.0])
def test_components_are_the_true_ones_over_many_corpora(
    recordings: int, repeats: int, concentration: float
) -> None:
    world = Simulated(recordings, repeats, concentration)
    estimates = [world.split(world.draw()) for _ in range(500)]
    between, within = (
        np.mean([getattr(parts, name) for parts in estimates]) for name in ("between", "within")
    )
    assert between == pytest.approx(world.between, rel=CLOSE)
    assert within == pytest.approx(world.within, rel=CLOSE)
    total = world.between + world.within / repeats
    errors = np.mean([parts.standard_error() ** 2 for parts in estimates])
    assert errors == pytest.approx(total / recordings, rel=CLOSE)


def test_intervals_by_recordings_hold_the_noise_of_repeats() -> None:
    """Half of the variance is the model's; what is left out is a recording with all its repeats."""
    world = Simulated(recordings=12, repeats=3, concentration=20.0)
    assert 0.2 < world.within / 3 / (world.between + world.within / 3) < 0.8
    held = 0
    for _ in range(1000):
        sums = world.draw()
        errors, words = sums["substitutions"].mean(axis=1), sums["words"].mean(axis=1)
        value = np.array([errors.sum() / words.sum()])
        rest = (errors.sum() - errors) / (words.sum() - words)
        each = errors / words
        limits = robust_interval(value, rest[None], each[None], np.array([12]), 0.95)
        held += bool(limits[0][0] <= RATE <= limits[1][0])
    assert 0.93 <= held / 1000 <= 0.98


def test_a_difference_has_the_noise_of_both_sides() -> None:
    """Both hear recordings alike: what is left is the noise of one with 4 repeats and of 4 more."""
    world = Simulated(recordings=30, repeats=4, concentration=30.0)
    everything = np.ones(world.shape, bool)
    found, once = [], []
    for _ in range(300):
        rates = world.draw_rates()
        left, right = (influence(FIGURE, world.draw(rates), everything) for _ in range(2))
        parts = split_difference(left, right)
        assert parts is not None
        found.append((parts.between, parts.within / parts.repeats))
        single = right[0][:, :1], right[1][:, :1]
        parts = split_difference(left, single)
        assert parts is not None
        once.append((parts.between, parts.within / parts.repeats))
    between, noise = np.mean(found, axis=0)
    assert noise == pytest.approx(2 * world.within / 4, rel=CLOSE)
    assert between == pytest.approx(0, abs=CLOSE * noise)
    between, noise = np.mean(once, axis=0)
    assert noise == pytest.approx(world.within / 4, rel=CLOSE)
    assert between == pytest.approx(world.within, rel=CLOSE), "what was drawn once cannot be told"


def test_a_ratio_is_moved_as_its_linearisation_says() -> None:
    rng = np.random.default_rng(1)
    words = np.repeat(rng.integers(50, 300, (9, 1)), 3, axis=1).astype(float)
    errors = rng.integers(0, 40, (9, 3)).astype(float)
    sums = {"words": words, "substitutions": errors, "deletions": 0 * words,
            "insertions": 0 * words, "hits": words - errors}  # fmt: skip
    values, counted = influence(FIGURE, sums, np.ones((9, 3), bool))
    assert counted.all()
    means, lengths = errors.mean(axis=1), words[:, 0]
    rate = means.sum() / lengths.sum()
    jackknife = 8 * (rate - (means.sum() - means) / (lengths.sum() - lengths))
    assert values.mean(axis=1) == pytest.approx(jackknife)
    apart = (errors - means[:, None]) / lengths.mean()
    assert values - values.mean(axis=1, keepdims=True) == pytest.approx(apart, abs=1e-9)


def test_units_may_lack_repeats_or_all_of_them() -> None:
    """Balanced parts of an unbalanced table give the textbook's sums of squares."""
    values = np.array([[1.0, 3.0, np.nan], [4.0, 4.0, 7.0], [9.0, np.nan, np.nan], [np.nan] * 3])
    parts = split_variance(values, np.isfinite(values))
    assert parts is not None
    within = (2.0 + 6.0) / 3  # sums of squares 2 and 6, degrees of freedom 1 and 2
    means, counts = np.array([2.0, 5.0, 9.0]), np.array([2, 3, 1])
    middle = (counts * means).sum() / 6
    square = (counts * (means - middle) ** 2).sum() / 2
    assert parts.units == 3
    assert parts.within == pytest.approx(within)
    assert parts.between == pytest.approx((square - within) / ((6 - 14 / 6) / 2))
    assert split_variance(values[:1], np.isfinite(values[:1])) is None
    assert split_variance(values[:, :1], np.isfinite(values[:, :1])) is None


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (Components(10, 5, between=4.0, within=1.0),
         "more recordings: 40 in place of 10 would halve the interval; repeats without end would "
         "narrow it by 2 %, and one alone widen it by 9 %; 5 % of the variance is the model's own "
         "noise"),
        (Components(10, 2, between=0.0, within=1.0),
         "more repeats: 8 in place of 2 would halve the interval, as 40 recordings in place of 10 "
         "would; 100 % of the variance is the model's own noise"),
        (Components(10, 2, between=-0.1, within=1.0),
         "more repeats: 8 in place of 2 would halve the interval, as 40 recordings in place of 10 "
         "would; 100 % of the variance is the model's own noise"),
        (Components(10, 3, between=1.0, within=0.0),
         "all 3 repeats are alike: one is enough; more recordings narrow the interval"),
        (Components(10, 3, between=0.0, within=0.0),
         "all recordings and repeats are alike: nothing to tell"),
    ],
)  # fmt: skip
def test_advice_follows_from_the_components(parts: Components, wanted: str) -> None:
    assert advise(parts, "recording") == wanted


@pytest.mark.parametrize("between", [0.0, 0.01, 0.05, 0.3])
def test_the_repeats_that_are_named_halve_the_interval(between: float) -> None:
    parts = Components(10, 4, between, within=1.0)
    wanted = parts.standard_error() / 2
    assert parts.standard_error(units=40) == pytest.approx(wanted)
    if np.isfinite(parts.repeats_to_halve):
        assert parts.standard_error(repeats=parts.repeats_to_halve) <= wanted + 1e-12
        assert parts.standard_error(repeats=parts.repeats_to_halve - 1) > wanted
    else:
        assert parts.standard_error(repeats=1e12) > wanted
