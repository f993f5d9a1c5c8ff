"""Arithmetic that users write gives what numpy makes of it."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.arithmetic import parse_arithmetic


def _finite(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda value: round(value, 3))


def _sums() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["usage", "general"]) | _finite(0, 99).map(str)
    signs = st.sampled_from(["+", "-", "*", "/"])
    return st.recursive(
        leaves,
        lambda inner: st.builds("({} {} {})".format, inner, signs, inner) | inner.map("-{}".format),
        max_leaves=8,
    )


@given(score=_sums(), usage=_finite(-9, 9), general=_finite(-9, 9))
@settings(max_examples=60, deadline=None)
def test_a_score_is_what_numpy_makes_of_it(score: str, usage: float, general: float) -> None:
    cells = {"usage": usage, "general": general}
    with np.errstate(all="ignore"):
        exact = re.sub(r"\d+\.\d+", r"number(\g<0>)", score)
        names = {name: np.float64(value) for name, value in cells.items()}
        wanted = eval(exact, {"number": np.float64, **names})
        np.testing.assert_equal(parse_arithmetic(score).value(cells), float(wanted))
