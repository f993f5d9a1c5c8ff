"""What the figures of a comparison mean, at every size of corpus and family."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from snakescribe.evaluate.compare.judge import judge_family
from snakescribe.evaluate.compare.verdict import Finding, describe
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.multiplicity import adjust_benjamini_hochberg, adjust_holm


def bootstrap(*, adjusted=True, replicates=1000):
    return Bootstrap(replicates, 0, 0.95, adjusted)


def row(delta, error, units):
    p = 2 * t.sf(abs(delta) / error, units - 1)
    return {
        "delta": delta, "delta_low": delta - error, "delta_high": delta + error,
        "p_bootstrap": p, "standard_error": error, "units": units, "recordings": units,
        "resampled_by": "recording",
    }  # fmt: skip


@given(
    units=st.integers(2, 200),
    ratios=st.lists(st.floats(-9, 9).filter(lambda one: abs(one) > 0.01), min_size=1, max_size=30),
    adjust=st.sampled_from([adjust_holm, adjust_benjamini_hochberg]),
)
def test_what_could_not_tell_is_never_said_to_be_enough(units, ratios, adjust):
    family = judge_family([row(0.01 * one, 0.01, units) for one in ratios], adjust, bootstrap())
    for one in family:
        assert one["real"] == one["verdict"].endswith("real")
        if not one["real"]:
            assert one["recordings_needed"] > units


LOWER = (-0.012, -0.02, -0.004)
EQUAL = (-0.002, -0.007, 0.003)
UNCLEAR = (-0.012, -0.03, 0.006)


@pytest.mark.parametrize(
    ("interval", "p", "fields", "verdict"),
    [
        (LOWER, 0.003, {}, "lower by 1.2 points (0.4 to 2.0), adjusted p = 0.003: real"),
        ((0.1, 0.05, 0.15), 0.0, {}, "higher by 10.0 points (5.0 to 15.0), "
         "adjusted p < 0.001: real"),
        (UNCLEAR, 0.2, {}, "cannot tell: -1.2 points (-3.0 to +0.6), adjusted p = 0.200; "
         "a true difference of 2.9 points would likely have shown; this one needs about "
         "40 recordings"),
        (UNCLEAR, 0.2, {"needed": 37_000}, "cannot tell: -1.2 points (-3.0 to +0.6), "
         "adjusted p = 0.200; a true difference of 2.9 points would likely have shown; "
         "this one needs more than 1,000 recordings"),
        (LOWER, 0.25, {"detectable": nan, "needed": 5, "few": True}, "cannot tell: "
         "-1.2 points (-2.0 to -0.4), adjusted p = 0.250; fewer than 5 recordings can show "
         "nothing for sure; this one needs about 5"),
        (LOWER, 0.003, {"unit": "chunk", "recordings": 2}, "lower by 1.2 points (0.4 to 2.0), "
         "adjusted p = 0.003, in these 2 recordings only (resampled by chunk: too few recordings "
         "to speak of others)"),
        (LOWER, 0.003, {"unit": "chunk", "recordings": 1}, "cannot tell for other recordings; "
         "in this one lower by 1.2 points (0.4 to 2.0), adjusted p = 0.003 (resampled by chunk: "
         "too few recordings to speak of others)"),
        (LOWER, 0.003, {"unit": "chunk"}, "lower by 1.2 points (0.4 to 2.0), adjusted p = 0.003, "
         "in these 30 recordings only (resampled by chunk)"),
        (LOWER, 0.06, {"at_floor": True}, "cannot tell: -1.2 points (-2.0 to -0.4), "
         "adjusted p = 0.060; so many comparisons need more scoring.bootstrap_replicates"),
        (EQUAL, 0.6, {"no_larger": 0.0081, "margin": 0.01}, "no difference larger than 0.8 "
         "points: -0.2 points (-0.7 to +0.3), adjusted p = 0.600"),
        (EQUAL, 0.6, {"no_larger": 0.011, "margin": 0.01, "needed": nan}, "cannot tell: "
         "-0.2 points (-0.7 to +0.3), adjusted p = 0.600; a true difference of 2.9 points would "
         "likely have shown"),
        ((0.1, nan, nan), nan, {}, "cannot tell: a single recording says nothing about the next"),
        ((0.0, 0.0, 0.0), 1.0, {}, "no difference at all: the same number of errors"),
        ((nan, nan, nan), nan, {"missing": "no transcripts of b"}, "no transcripts of b"),
        ((nan, nan, nan), nan, {"agreement": 0.914}, "no references to compare by; "
         "both agree on 91.4 % of the words"),
    ],
)  # fmt: skip
def test_verdicts(interval, p, fields, verdict):
    fixed = {"detectable": 0.029, "needed": 40, "unit": "recording", "recordings": 30}
    assert describe(Finding(*interval, p, **fixed | fields), 0.05) == verdict


def test_replicates_that_are_too_few_for_so_many_comparisons_are_named():
    one = bootstrap(adjusted=False, replicates=100)
    rows = [{**row(-0.1, 0.001, 40), "p_bootstrap": one.smallest_p} for _ in range(5)]
    assert "scoring.bootstrap_replicates" in judge_family(rows, adjust_holm, one)[0]["verdict"]


@given(
    units=st.integers(5, 300),
    deltas=st.lists(st.floats(-0.02, 0.02), min_size=1, max_size=12),
    error=st.floats(0.0005, 0.02),
)
def test_what_is_ruled_out_is_what_two_one_sided_tests_rule_out(units, deltas, error):
    """By scipy's t: at the margin both one-sided p-values are below the level of the family."""
    chance = Bootstrap(1000, 0, 0.95, True, margin=0.01)
    for one in judge_family([row(delta, error, units) for delta in deltas], adjust_holm, chance):
        ruled_out = one["no_larger_than"] <= 0.01
        if ruled_out:
            p = t.sf((0.01 - abs(one["delta"])) / error, units - 1)
            assert p <= 0.05 / len(deltas) + 1e-9
        assert (one["conclusion"] == "no_larger") == (
            ruled_out and not one["real"] and one["conclusion"] != "same"
        )
