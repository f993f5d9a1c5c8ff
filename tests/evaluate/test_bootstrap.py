"""The bootstrap: against a plain one, and by simulation."""

import numpy as np
import pytest
from scipy.stats import kstest

from snakescribe.evaluate.adjust import adjust_benjamini_hochberg, adjust_holm
from snakescribe.evaluate.bootstrap import Bootstrap, choose_unit, improvement, make_bootstrap

SIMULATIONS = 500
RECORDINGS, CHUNKS = 40, 6


def bootstrap(unit_of, replicates=1000, seed=0, expanded=False):
    return Bootstrap(np.asarray(unit_of), "recording", replicates, seed, 0.95, expanded)


def simulate(rng, rate, spread, recordings=RECORDINGS):
    """Errors and words of chunks whose error rates vary from recording to recording."""
    words = rng.integers(20, 120, size=(recordings, CHUNKS))
    logit = np.log(rate / (1 - rate)) + rng.normal(0, spread, size=(recordings, 1))
    errors = rng.binomial(words, 1 / (1 + np.exp(-logit)))
    return errors.ravel().astype(float), words.ravel().astype(float)


def test_is_the_ratio_of_resampled_sums():
    rng = np.random.default_rng(1)
    errors, words = simulate(rng, 0.2, 0.5, 12)
    unit_of = np.repeat(np.arange(12), CHUNKS)
    sums = bootstrap(unit_of, 4000).sums(np.stack([errors, words]))
    ours = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.5, 0.975])
    plain = []
    for _ in range(4000):
        drawn = rng.integers(12, size=12)
        chosen = np.concatenate([np.flatnonzero(unit_of == unit) for unit in drawn])
        plain.append(errors[chosen].sum() / words[chosen].sum())
    assert ours == pytest.approx(np.quantile(plain, [0.025, 0.5, 0.975]), abs=0.006)


def test_the_same_seed_draws_the_same_units_at_each_use(monkeypatch):
    counts = np.random.default_rng(2).integers(9, size=(3, 30)).astype(float)
    one = bootstrap(np.arange(30), 500, seed=4)
    first = one.sums(counts)
    assert (first == one.sums(counts)).all()
    monkeypatch.setattr("snakescribe.evaluate.bootstrap.KEPT_BYTES", 0)
    assert (first == bootstrap(np.arange(30), 500, seed=4).sums(counts)).all()
    assert (first != bootstrap(np.arange(30), 500, seed=5).sums(counts)).any()
    few = np.where(np.arange(30) < 5, counts, 0)
    assert (one.sums(few)[:, 0] <= first[:, 0]).all()


def coverage(expanded, recordings):
    rng = np.random.default_rng(7)
    errors, words = simulate(rng, 0.15, 0.4, 200_000)
    truth = errors.sum() / words.sum()
    unit_of = np.repeat(np.arange(recordings), CHUNKS)
    covered = 0
    for run in range(SIMULATIONS):
        errors, words = simulate(rng, 0.15, 0.4, recordings)
        one = bootstrap(unit_of, 600, seed=run, expanded=expanded)
        sums = one.sums(np.stack([errors, words]))
        low, high = one.interval(sums[:, 0] / sums[:, 1])
        covered += low <= truth <= high
    return covered / SIMULATIONS


@pytest.mark.parametrize(("expanded", "recordings"), [(False, 60), (True, 12), (True, 40)])
def test_intervals_cover_the_truth(expanded, recordings):
    assert 0.93 <= coverage(expanded, recordings) <= 0.97


@pytest.mark.parametrize("expanded", [False, True])
def test_p_values_are_uniform_where_there_is_no_difference(expanded):
    rng = np.random.default_rng(11)
    unit_of = np.repeat(np.arange(RECORDINGS), CHUNKS)
    p_values = []
    for run in range(SIMULATIONS):
        words = rng.integers(20, 120, size=(RECORDINGS, CHUNKS))
        rate = rng.beta(2, 10, size=(RECORDINGS, 1))
        pair = [rng.binomial(words, rate).ravel().astype(float) for _ in range(2)]
        one = bootstrap(unit_of, 600, seed=run, expanded=expanded)
        sums = one.sums(np.stack([*pair, words.ravel().astype(float)]))
        p_values.append(float(one.p_value((sums[:, 0] - sums[:, 1]) / sums[:, 2])))
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_interval_and_p_value_agree():
    rng = np.random.default_rng(3)
    for expanded in (False, True):
        for shift in np.linspace(-0.2, 0.2, 9):
            one = bootstrap(np.arange(12), 2000, expanded=expanded)
            differences = rng.normal(shift, 0.08, 2000)
            low, high = one.interval(differences)
            p = float(one.p_value(differences))
            if abs(p - 0.05) > 0.005:
                assert (p < 0.05) == (low > 0 or high < 0)


def test_ties_say_nothing():
    one = bootstrap(np.arange(5), 100)
    zero = np.zeros((100, 2))
    assert one.p_value(zero).tolist() == [1, 1]
    assert improvement(zero).tolist() == [0.5, 0.5]


def test_a_single_unit_gives_no_interval():
    one = bootstrap([0, 0, 0], 100)
    assert np.isnan(one.interval(np.ones((100, 2)))).all()
    assert np.isnan(one.p_value(np.ones((100, 2)))).all()


def test_few_recordings_are_resampled_by_chunk():
    assert choose_unit("auto", 5) == "chunk"
    assert choose_unit("auto", 6) == "recording"
    assert choose_unit("recording", 2) == "recording"
    scoring = {
        "bootstrap_unit": "auto", "bootstrap_replicates": 100, "seed": 0, "confidence": 0.95,
        "interval": "percentile",
    }  # fmt: skip
    recording_of = np.repeat(np.arange(8), 2)
    scored = np.ones((1, 16), bool)
    scored[0, :4] = False  # two recordings have no reference
    made = make_bootstrap(recording_of, scored, scoring)
    assert (made.unit, made.units) == ("recording", 6)
    scored[0, :8] = False
    made = make_bootstrap(recording_of, scored, scoring)
    assert (made.unit, made.units) == ("chunk", 8)


def test_holm_and_benjamini_hochberg():
    p = [0.01, 0.04, 0.03, float("nan"), 0.005]
    assert adjust_holm(p) == pytest.approx([0.03, 0.06, 0.06, float("nan"), 0.02], nan_ok=True)
    # The 15 p-values of Benjamini & Hochberg (1995), section 4: four stay below 0.05, Holm's three.
    paper = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert sum(value <= 0.05 for value in adjust_benjamini_hochberg(paper)) == 4
    assert sum(value <= 0.05 for value in adjust_holm(paper)) == 3
