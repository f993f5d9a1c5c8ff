"""The bootstrap: against a plain one, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, ttest_1samp
from scipy.stats import t as student

from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.statistics.bootstrap import MOST_DRAWN, Bootstrap, improvement
from snakescribe.evaluate.statistics.intervals import robust_interval
from snakescribe.evaluate.statistics.multiplicity import adjust_benjamini_hochberg, adjust_holm
from snakescribe.evaluate.statistics.resample import Resampled
from snakescribe.evaluate.statistics.units import Units

SIMULATIONS = 500
RECORDINGS, CHUNKS = 40, 6
ALONE = ("recording",)


def bootstrap(replicates=1000, seed=0, adjusted=False):
    return Bootstrap(replicates, seed, 0.95, adjusted)


def by_recording(chunks):
    """Counts of chunks, so many for each recording -> sums of recordings."""
    return np.stack([one.reshape(-1, CHUNKS).sum(axis=1) for one in chunks])


def one_difference(one, delta, replicates, units):
    found = one.difference(np.array([delta]), np.asarray(replicates)[None], np.array([units]))
    return found.low[0], found.high[0], found.p[0], found.error[0]


def simulate(rng, rate, spread, recordings=RECORDINGS, lengths=0.0):
    """Errors and words of chunks; rates, and lengths if asked, vary from recording to recording."""
    long = np.exp(rng.normal(0, lengths, size=(recordings, 1))) if lengths else 1
    words = np.rint(long * rng.integers(20, 120, size=(recordings, CHUNKS))).astype(int)
    logit = np.log(rate / (1 - rate)) + rng.normal(0, spread, size=(recordings, 1))
    errors = rng.binomial(words, 1 / (1 + np.exp(-logit)))
    return errors.ravel().astype(float), words.ravel().astype(float)


def test_is_the_ratio_of_resampled_sums():
    rng = np.random.default_rng(1)
    errors, words = simulate(rng, 0.2, 0.5, 12)
    sums = bootstrap(4000).sums(by_recording([errors, words]))
    ours = np.quantile(sums[0] / sums[1], [0.025, 0.5, 0.975])
    unit_of = np.repeat(np.arange(12), CHUNKS)
    plain = []
    for _ in range(4000):
        drawn = rng.integers(12, size=12)
        chosen = np.concatenate([np.flatnonzero(unit_of == unit) for unit in drawn])
        plain.append(errors[chosen].sum() / words[chosen].sum())
    assert ours == pytest.approx(np.quantile(plain, [0.025, 0.5, 0.975]), abs=0.006)


def test_the_same_seed_draws_the_same_units_at_each_use(monkeypatch):
    counts = np.random.default_rng(2).integers(9, size=(3, 30)).astype(float)
    first = bootstrap(500, seed=4).sums(counts)
    assert (first == bootstrap(500, seed=4).sums(counts)).all()
    monkeypatch.setattr("snakescribe.evaluate.statistics.bootstrap.KEPT_BYTES", 0)
    assert (first == bootstrap(500, seed=4).sums(counts)).all()
    assert (first != bootstrap(500, seed=5).sums(counts)).any()


def corpora(count, recordings, rate, spread, lengths=0.0):
    """Errors and words (corpora, recordings) of simulated corpora, and the true rate."""
    rng = np.random.default_rng(7)
    errors, words = simulate(rng, rate, spread, 200_000, lengths)
    drawn = [by_recording(simulate(rng, rate, spread, recordings, lengths)) for _ in range(count)]
    return *np.stack(drawn, axis=1), errors.sum() / words.sum()


@pytest.mark.slow
@pytest.mark.parametrize("recordings", [3, 6, 12, 40])
@pytest.mark.parametrize("rate", [0.15, 0.05])
@pytest.mark.parametrize(("spread", "lengths"), [(0.4, 0.0), (0.7, 0.5)])
def test_intervals_cover_the_truth(recordings, rate, spread, lengths):
    errors, words, truth = corpora(4 * SIMULATIONS, recordings, rate, spread, lengths)
    told = resampled(errors, words, ALONE, chunks=1).intervals(WER.figures[0])
    most = 0.97 if recordings > 3 else 0.98  # three tell little: rather too wide
    assert 0.93 <= np.mean((told.low <= truth) & (truth <= told.high)) <= most


@pytest.mark.slow
def test_percentiles_cover_the_truth_where_there_are_many_recordings():
    errors, words, truth = corpora(SIMULATIONS, 60, 0.15, 0.4)
    told = resampled(errors, words, ALONE, chunks=1, adjusted=False).intervals(WER.figures[0])
    assert 0.93 <= np.mean((told.low <= truth) & (truth <= told.high)) <= 0.97


def leave_out(each):
    """What each unit has of a mean -> its value, and the mean without each."""
    each = np.asarray(each)
    return each.mean(), (each.sum() - each) / (len(each) - 1)


def mean_interval(each):
    value, without = leave_out(each)
    units = np.array([len(each)])
    args = (np.array([value]), without[None], np.asarray(each)[None], units, 0.95)
    return robust_interval(*args)[:, 0]


def test_the_standard_error_of_a_mean_is_hc3():
    rng = np.random.default_rng(4)
    rates = rng.uniform(-1, 1, 9)  # of units of one size: HC3 of a regression on a constant
    spread = rates.std(ddof=1) / 9**0.5 * (9 / 8) ** 0.5
    reach = student.ppf(0.975, 8) * spread
    assert mean_interval(rates) == pytest.approx([rates.mean() - reach, rates.mean() + reach])


@given(
    st.sampled_from(["share", "positive", "signed"]),
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=12),
)
def test_an_interval_stays_within_the_bounds_of_its_figure(kind, each):
    each = np.array(each) * {"share": 1, "positive": 5, "signed": 4}[kind]
    each -= 2 if kind == "signed" else 0
    low, high = mean_interval(each)
    assert low - 1e-9 <= each.mean() <= high + 1e-9
    assert kind == "signed" or low >= 0
    assert kind != "share" or high <= 1


def test_one_recording_far_out_leaves_the_interval_a_meaning():
    low, high = mean_interval([0.10, 0.12, 1.30])
    assert 0 <= low < 0.1
    assert 1.3 < high < 4


def test_a_figure_that_never_varies_is_its_interval():
    for value in (0.0, 0.3, 1.0):
        assert mean_interval([value] * 5).tolist() == [value, value]


def test_what_one_recording_alone_is_made_of_has_no_interval():
    args = np.full((1, 2), 0.2), np.array([[0.2, np.nan]]), np.array([1]), 0.95
    assert np.isnan(robust_interval(np.array([0.2]), *args)).all()
    lost = np.array([[0.2, np.nan]])  # nothing is left to make the figure of
    assert np.isnan(
        robust_interval(np.array([0.2]), lost, np.full((1, 2), 0.2), np.array([2]), 0.95)
    ).all()


def pairs_of_conditions(rng, recordings, effect):
    """Words, and errors of two conditions that are equally good but for chance and recordings."""
    words = np.rint(70 * np.exp(rng.normal(0, 0.3, (recordings, 1))) * rng.uniform(0.5, 1.5, 6))
    logit = -1.7 + rng.normal(0, 0.4, (recordings, 1)) + rng.normal(0, 0.2, (recordings, CHUNKS))
    favour = rng.normal(0, 0.1, (recordings, 1))
    rates = [1 / (1 + np.exp(-(logit + side * favour + side * effect))) for side in (1, -1)]
    return [words.ravel(), *(rng.binomial(words.astype(int), rate).ravel() for rate in rates)]


def differences(recordings, *, adjusted=True, effect=0.0, seed=11, runs=SIMULATIONS):
    """Low, high, p and error of the differences of simulated corpora."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        counts = by_recording(pairs_of_conditions(rng, recordings, effect)).astype(float)
        one = bootstrap(600, seed=run, adjusted=adjusted)
        sums, total = one.sums(counts), counts.sum(axis=1)
        delta = (total[1] - total[2]) / total[0]
        yield one_difference(one, delta, (sums[1] - sums[2]) / sums[0], recordings)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("adjusted", "recordings"), [(True, 6), (True, 12), (True, 40), (False, 40)]
)
def test_p_values_are_uniform_where_there_is_no_difference(adjusted, recordings):
    found = list(differences(recordings, adjusted=adjusted))
    assert kstest([p for _, _, p, _ in found], "uniform").pvalue > 0.01
    assert 0.93 <= np.mean([low <= 0 <= high for low, high, _, _ in found]) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("recordings", [3, 4, 5])
def test_few_recordings_hold_the_level(recordings):
    found = list(differences(recordings))
    assert np.mean([p < 0.05 for _, _, p, _ in found]) <= 0.07


def test_few_recordings_set_no_floor_to_p():
    clear = [p for _, _, p, _ in differences(6, effect=-0.6, runs=40)]
    assert min(clear) < 1e-4
    assert bootstrap().smallest_p == pytest.approx(2 / 1001)
    assert bootstrap(adjusted=True).smallest_p == 0


def test_very_many_recordings_are_drawn_in_groups_and_say_the_same():
    rng = np.random.default_rng(12)
    words = rng.integers(5, 40, 3 * MOST_DRAWN + 7).astype(float)
    errors = rng.binomial(words.astype(int), rng.beta(1, 8, (2, len(words)))).astype(float)
    one = bootstrap(2000, adjusted=True)
    sums = one.sums(np.stack([*errors, words]))
    assert sums[2].mean() == pytest.approx(words.sum(), rel=1e-3)
    delta = (errors[0] - errors[1]).sum() / words.sum()
    error = one_difference(one, delta, (sums[0] - sums[1]) / sums[2], len(words))[3]
    away = errors[0] - errors[1] - delta * words
    assert error == pytest.approx((away**2).sum() ** 0.5 / words.sum(), rel=0.07)
    assert (sums == one.sums(np.stack([*errors, words]))).all()


@pytest.mark.parametrize("adjusted", [False, True])
def test_of_fewer_than_five_recordings_some_are_nearly_alike_by_chance(adjusted):
    for units in (2, 3, 4, 5):
        each = np.full((1, units), 0.01) + np.eye(1, units) * 1e-6
        one = bootstrap(1000, adjusted=adjusted)
        p = one_difference(one, each.mean(), one.sums(each)[0] / units, units)[2]
        assert p == pytest.approx(0.5 ** (units - 1)) if units < 5 else p < 0.01


def test_student_t_is_that_of_equally_long_recordings():
    rng = np.random.default_rng(6)
    each = rng.normal(0.02, 0.05, 15)
    one = bootstrap(40_000, adjusted=True)
    _, _, p, error = one_difference(one, each.mean(), one.sums(each[None])[0] / 15, 15)
    assert p == pytest.approx(ttest_1samp(each, 0).pvalue, rel=0.05)
    assert error == pytest.approx(each.std(ddof=1) / 15**0.5, rel=0.02)


def test_interval_and_p_value_agree():
    rng = np.random.default_rng(3)
    for adjusted in (False, True):
        for shift in np.linspace(-0.2, 0.2, 9):
            one = bootstrap(2000, adjusted=adjusted)
            low, high, p, _ = one_difference(one, shift, rng.normal(shift, 0.08, 2000), 12)
            if abs(p - 0.05) > 0.005:
                assert (p < 0.05) == (low > 0 or high < 0)


@pytest.mark.parametrize("adjusted", [False, True])
def test_where_all_units_differ_alike_p_is_that_of_the_sign_test(adjusted):
    one = bootstrap(1000, adjusted=adjusted)
    for units, p in ((2, 0.5), (6, 2**-5), (40, 2 / 1001)):
        alike = one.sums(np.full((1, units), 1 / 3))[0] / units  # equal but for rounding
        assert one_difference(one, 1 / 3, alike, units)[2:] == (pytest.approx(p), 0)
        assert one_difference(one, 1e-17, alike - alike, units)[2:] == (1, 0)


def test_ties_say_nothing():
    zero = np.zeros((2, 100))
    for adjusted in (False, True):
        found = bootstrap(100, adjusted=adjusted).difference(zero[:, 0], zero, np.array([5, 5]))
        assert found.p.tolist() == [1, 1]
    assert improvement(zero).tolist() == [0.5, 0.5]
    assert improvement(np.array([[-1, -1, 0, np.nan], [np.nan] * 4]))[0] == pytest.approx(2.5 / 3)


def test_what_is_known_of_no_replicate_stays_unknown():
    replicates = np.array([np.full(100, np.nan), [np.nan, *np.linspace(0, 1, 99)]])
    units = np.array([8, 8])
    found = bootstrap(100, adjusted=True).difference(np.array([np.nan, 0.5]), replicates, units)
    for cells in (found.low, found.high, found.p, found.error):
        assert np.isnan(cells).tolist() == [True, False]
    assert (
        np.isnan(bootstrap(100).percentiles(np.array([np.nan, 0.5]), replicates, units)).tolist()
        == [[True, False]] * 2
    )


def test_quantiles_are_those_of_numpy():
    replicates = np.random.default_rng(0).normal(size=(3, 1000))
    limits = bootstrap().percentiles(np.zeros(3), replicates, np.array([9, 9, 1]))
    assert limits[:, :2] == pytest.approx(np.quantile(replicates[:2], [0.025, 0.975], axis=1))
    assert np.isnan(limits[:, 2]).all()


def test_a_single_unit_gives_no_interval():
    one, alone = bootstrap(100), np.array([1, 1])
    assert np.isnan(one.percentiles(np.ones(2), np.ones((2, 100)), alone)).all()
    assert np.isnan(one.difference(np.ones(2), np.ones((2, 100)), alone).p).all()


def resampled(errors, words, chain=("recording", "chunk"), *, chunks=2, adjusted=True, **positions):
    """Errors and words (conditions, chunks) -> what is resampled of them."""
    words = np.asarray(words, float)
    zero = np.zeros(words.shape)
    counts = {"words": words, "substitutions": np.asarray(errors, float)}
    counts |= {"deletions": zero, "insertions": zero}
    recording_of = np.repeat(np.arange(words.shape[1] // chunks), chunks)
    units = Units(chain, {"recording": recording_of, **positions})
    every = np.ones(words.shape, bool)
    return Resampled(counts, every, units, bootstrap(200, adjusted=adjusted), paired=True)


def test_the_unit_is_chosen_by_the_recordings_with_data():
    rng = np.random.default_rng(0)
    words = np.full((3, 16), 10)
    words[1, 4:] = 0  # two recordings have words under the second condition
    words[2, 1:] = 0  # and a single chunk under the third
    errors = rng.integers(1, 6, words.shape) * (words > 0)
    found = resampled(errors, words).intervals(WER.figures[0])
    assert found.units.tolist() == [8, 4, 1]
    assert found.unit.tolist() == ["recording", "chunk", "chunk"]
    assert np.isfinite(found.low).tolist() == [True, True, False]
    against = resampled(errors, words).differences(WER.figures[0], [{1: 1, 0: -1}, {2: 1, 0: -1}])
    assert against.units.tolist() == [4, 1]
    assert np.isfinite(against.p).tolist() == [True, False]
    asked = resampled(errors, words, ("recording",)).intervals(WER.figures[0])
    assert asked.units.tolist() == [8, 2, 1]


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


def speakers_of(errors, words, chain=("speaker", "chunk"), utterances=4, **positions):
    """Errors and words (conditions, utterances) of speakers -> what is resampled of them."""
    speaker = np.repeat(np.arange(words.shape[1] // utterances), utterances)
    return resampled(errors, words, chain, chunks=1, speaker=speaker, **positions)


def test_utterances_of_a_speaker_are_drawn_together():
    rng = np.random.default_rng(3)
    words = np.full((2, 24), 10)
    errors = rng.integers(0, 6, words.shape)
    found = speakers_of(errors, words).intervals(WER.figures[0])
    by_hand = resampled(errors, words, ("recording",), chunks=4).intervals(WER.figures[0])
    assert found.unit.tolist() == ["speaker", "speaker"]
    assert found.units.tolist() == [6, 6]
    assert np.array_equal(found.low, by_hand.low)
    assert np.array_equal(found.high, by_hand.high)


def test_nested_units_vary_by_speakers_and_by_what_these_said():
    # Within a speaker all utterances are alike, so that nothing is gained by drawing them as well.
    rng = np.random.default_rng(4)
    words = np.full((2, 40), 10)
    alike = np.repeat(rng.integers(0, 6, (2, 10)), 4, axis=1)
    inner = {"speaker > recording": np.arange(40)}
    nested, plain = ("speaker > recording",), ("speaker",)
    figure = WER.figures[0]
    one, other = (speakers_of(alike, words, chain, **inner) for chain in (nested, plain))
    assert one.intervals(figure).units.tolist() == [10, 10]
    assert one.intervals(figure).low == pytest.approx(other.intervals(figure).low, rel=1e-12)
    varied = rng.integers(0, 6, (2, 40))
    one, other = (speakers_of(varied, words, chain, **inner) for chain in (nested, plain))
    wide, narrow = (it.differences(figure, [{1: 1, 0: -1}]) for it in (one, other))
    assert wide.error[0] > narrow.error[0]
    assert wide.unit.tolist() == ["speaker > recording"]
    # The spread of speakers holds that of what they said: an interval takes it once.
    assert np.array_equal(one.intervals(figure).low, other.intervals(figure).low)


def speaker_corpus(rng, speakers, effect, conditions=2):
    """Errors and words (conditions, utterances) of ten utterances a speaker; log-odds vary."""
    words = np.broadcast_to(rng.integers(8, 30, speakers * 10), (conditions, speakers * 10))
    logit = np.log(0.1 / 0.9) + rng.normal(0, effect, speakers).repeat(10)
    logit = logit + rng.normal(0, 0.4, speakers * 10)  # of the utterance
    by_speaker = rng.normal(0, effect / 2, (conditions, speakers)).repeat(10, axis=1)
    return rng.binomial(words, 1 / (1 + np.exp(-logit - by_speaker))), words


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("speakers", [10, 20, 40])
def test_intervals_by_speaker_hold_the_truth(speakers, effect):
    rng = np.random.default_rng(11)
    errors, words = speaker_corpus(rng, 40_000, effect)
    truth = errors[0].sum() / words[0].sum()
    held = different = 0
    figure = WER.figures[0]
    for _ in range(SIMULATIONS):
        corpus = speakers_of(*speaker_corpus(rng, speakers, effect), utterances=10)
        found = corpus.intervals(figure)
        held += found.low[0] <= truth <= found.high[0]
        different += corpus.differences(figure, [{1: 1, 0: -1}]).p[0] < 0.05
    assert 0.93 <= held / SIMULATIONS <= 0.97
    assert 0.025 <= different / SIMULATIONS <= 0.075
