"""p is printed so that a reader sees on which side of the level it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.evaluate.wording import format_p, is_below, only_here


@pytest.mark.parametrize(
    ("p", "level", "printed"),
    [
        (0.046, 0.05, "= 0.046"),
        (0.054, 0.05, "= 0.054"),
        (0.04996, 0.05, "= 0.04996"),
        (0.05, 0.05, "= 0.050"),
        (0.05004, 0.05, "= 0.050"),
        (0.0504, 0.0502, "= 0.0504"),
        (0.31, 0.05, "= 0.310"),
        (1.0, 0.05, "= 1.000"),
        (0.0004, 0.05, "< 0.001"),
        (0.0, 0.05, "< 0.001"),
        (0.0004, 0.0001, "= 0.0004"),
        (0.00004, 0.0001, "< 0.0001"),
    ],
)
def test_p(p, level, printed):
    assert format_p(p, level) == printed


@given(st.floats(0, 1), st.floats(0.0001, 0.5))
def test_p_stands_on_the_side_of_the_level_that_it_is_on(p, level):
    sign, number = format_p(p, level).split()
    assert (sign == "<" and float(number) <= level) or is_below(float(number), level) == (p < level)


def test_a_finding_of_chunks_is_limited_to_the_recordings():
    assert only_here(1) == "in this recording only"
    assert only_here(7) == "in these 7 recordings only"
