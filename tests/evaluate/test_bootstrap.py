"""The bootstrap: against a plain one, and by simulation."""

import numpy as np
import pytest
from scipy.stats import kstest, ttest_1samp

from snakescribe.evaluate.adjust import adjust_benjamini_hochberg, adjust_holm
from snakescribe.evaluate.bootstrap import Bootstrap, choose_unit, improvement, make_bootstrap

SIMULATIONS = 500
RECORDINGS, CHUNKS = 40, 6


def bootstrap(unit_of, replicates=1000, seed=0, adjusted=False):
    return Bootstrap(np.asarray(unit_of), "recording", replicates, seed, 0.95, adjusted)


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


def coverage(adjusted, recordings):
    rng = np.random.default_rng(7)
    errors, words = simulate(rng, 0.15, 0.4, 200_000)
    truth = errors.sum() / words.sum()
    unit_of = np.repeat(np.arange(recordings), CHUNKS)
    covered = 0
    for run in range(SIMULATIONS):
        errors, words = simulate(rng, 0.15, 0.4, recordings)
        one = bootstrap(unit_of, 600, seed=run, adjusted=adjusted)
        sums = one.sums(np.stack([errors, words]))
        low, high = one.interval(sums[:, 0] / sums[:, 1])
        covered += low <= truth <= high
    return covered / SIMULATIONS


@pytest.mark.parametrize(("adjusted", "recordings"), [(False, 60), (True, 12), (True, 40)])
def test_intervals_cover_the_truth(adjusted, recordings):
    assert 0.93 <= coverage(adjusted, recordings) <= 0.97


def pairs_of_conditions(rng, recordings, effect):
    """Words, and errors of two conditions that are equally good but for chance and recordings."""
    words = np.rint(70 * np.exp(rng.normal(0, 0.3, (recordings, 1))) * rng.uniform(0.5, 1.5, 6))
    logit = -1.7 + rng.normal(0, 0.4, (recordings, 1)) + rng.normal(0, 0.2, (recordings, CHUNKS))
    favour = rng.normal(0, 0.1, (recordings, 1))
    rates = [1 / (1 + np.exp(-(logit + side * favour + side * effect))) for side in (1, -1)]
    return [words.ravel(), *(rng.binomial(words.astype(int), rate).ravel() for rate in rates)]


def differences(recordings, *, adjusted=True, effect=0.0, seed=11, runs=SIMULATIONS):
    """Deltas of simulated corpora, with what the bootstrap says of them."""
    rng = np.random.default_rng(seed)
    unit_of = np.repeat(np.arange(recordings), CHUNKS)
    for run in range(runs):
        counts = np.stack(pairs_of_conditions(rng, recordings, effect)).astype(float)
        one = bootstrap(unit_of, 600, seed=run, adjusted=adjusted)
        sums, total = one.sums(counts), counts.sum(axis=1)
        delta = (total[1] - total[2]) / total[0]
        yield delta, one.difference(delta, (sums[:, 1] - sums[:, 2]) / sums[:, 0])


@pytest.mark.parametrize(
    ("adjusted", "recordings"), [(True, 6), (True, 12), (True, 40), (False, 40)]
)
def test_p_values_are_uniform_where_there_is_no_difference(adjusted, recordings):
    found = list(differences(recordings, adjusted=adjusted))
    assert kstest([float(one.p) for _, one in found], "uniform").pvalue > 0.01
    assert 0.93 <= np.mean([one.low <= 0 <= one.high for _, one in found]) <= 0.97


def test_few_recordings_set_no_floor_to_p():
    clear = [float(one.p) for _, one in differences(6, effect=-0.6, runs=40)]
    assert min(clear) < 1e-4
    assert bootstrap(np.arange(6)).smallest_p == pytest.approx(2 / 1001)
    assert bootstrap(np.arange(6), adjusted=True).smallest_p == 0


def test_student_t_is_that_of_equally_long_recordings():
    rng = np.random.default_rng(6)
    each = rng.normal(0.02, 0.05, 15)
    one = bootstrap(np.arange(15), 40_000, adjusted=True)
    found = one.difference(each.mean(), one.sums(each) / 15)
    assert float(found.p) == pytest.approx(ttest_1samp(each, 0).pvalue, rel=0.05)
    assert found.error == pytest.approx(each.std(ddof=1) / 15**0.5, rel=0.02)


def test_interval_and_p_value_agree():
    rng = np.random.default_rng(3)
    for adjusted in (False, True):
        for shift in np.linspace(-0.2, 0.2, 9):
            one = bootstrap(np.arange(12), 2000, adjusted=adjusted)
            found = one.difference(shift, rng.normal(shift, 0.08, 2000))
            if abs(found.p - 0.05) > 0.005:
                assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_ties_say_nothing():
    zero = np.zeros((100, 2))
    for adjusted in (False, True):
        found = bootstrap(np.arange(5), 100, adjusted=adjusted).difference(zero[0], zero)
        assert found.p.tolist() == [1, 1]
    assert improvement(zero).tolist() == [0.5, 0.5]


def test_what_is_known_of_no_replicate_stays_unknown():
    replicates = np.column_stack([np.full(100, np.nan), np.r_[np.nan, np.linspace(0, 1, 99)]])
    found = bootstrap(np.arange(8), 100, adjusted=True).difference([np.nan, 0.5], replicates)
    for cells in (found.low, found.high, found.p, found.error):
        assert np.isnan(cells).tolist() == [True, False]


def test_a_single_unit_gives_no_interval():
    one = bootstrap([0, 0, 0], 100)
    assert np.isnan(one.interval(np.ones((100, 2)))).all()
    assert np.isnan(one.difference(np.ones(2), np.ones((100, 2))).p).all()


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
