"""A comparison's figures -> what they mean, in plain English."""

from math import isnan

from snakescribe.evaluate.statistics.units import ENOUGH_UNITS, MIN_RECORDINGS

# More than this many units are not a number to plan with: the estimate is too rough.
MOST_NAMED = 1000


def describe(
    delta: float,
    low: float,
    high: float,
    p_adjusted: float,
    *,
    alpha: float,
    detectable: float,
    needed: float,
    unit: str,
    recordings: int,
    at_floor: bool = False,
    few: bool = False,
    missing: str = "",
    agreement: float | None = None,
) -> str:
    """The figures of a comparison -> a sentence.

    Args:
        delta: difference of error rates, as a fraction; below 0 is fewer errors.
        low: lower limit of its interval, nan if there is none.
        high: upper limit.
        p_adjusted: p after correction for the number of comparisons.
        alpha: the level that it must be below.
        detectable: the smallest true difference likely to be found.
        needed: units needed to find a difference of this size.
        unit: `recording` or `chunk`, what was resampled.
        recordings: how many were compared.
        at_floor: whether p is the smallest that the replicates can give.
        few: whether fewer than `ENOUGH_UNITS` of them have data.
        missing: what is lacking to compare, where it is more than references.
        agreement: share of the words that both wrote, for want of references.
    """
    if isnan(delta):
        reason = missing or "no references to compare by"
        if agreement is None:
            return reason
        return f"{reason}; both agree on {100 * agreement:.1f} % of the words"
    caveat = _caveat(recordings) if unit == "chunk" else ""
    if delta == low == high == 0:
        return f"no difference at all: the same number of errors{caveat}"
    if isnan(low) or isnan(p_adjusted):
        return f"cannot tell: a single {unit} says nothing about the next"
    p = f"adjusted p {_p(p_adjusted)}"
    if p_adjusted >= alpha:
        limits = f"{100 * low:+.1f} to {100 * high:+.1f}"
        advice = _advice(detectable, needed, unit, at_floor, few and unit == "recording")
        return f"cannot tell: {100 * delta:+.1f} points ({limits}), {p}{advice}{caveat}"
    limits = f"{_points(low)} to {_points(high)}"
    if low * high > 0:
        limits = " to ".join(_points(one) for one in sorted((abs(low), abs(high))))
    direction = "lower" if delta < 0 else "higher"
    finding = f"{direction} by {_points(abs(delta))} points ({limits}), {p}"
    if unit == "recording":
        return f"{finding}: real"
    if recordings == 1:
        return f"cannot tell for other recordings; in this one {finding}{caveat}"
    return f"{finding}, in these {recordings} recordings only{caveat}"


def _caveat(recordings: int) -> str:
    few = ": too few recordings to speak of others" if recordings < MIN_RECORDINGS else ""
    return f" (resampled by chunk{few})"


def _advice(detectable: float, needed: float, unit: str, at_floor: bool, few: bool) -> str:
    """What would have been found, and what it takes to find what was seen."""
    if at_floor:
        return "; so many comparisons need more scoring.bootstrap_replicates"
    if few:
        found = f"; fewer than {ENOUGH_UNITS} recordings can show nothing for sure"
        return found if isnan(needed) else f"{found}; this one needs {_count(needed)}"
    shown = f"a true difference of {_points(detectable)} points would likely have shown"
    advice = "" if isnan(detectable) else f"; {shown}"
    return advice if isnan(needed) else f"{advice}; this one needs {_count(needed)} {unit}s"


def _points(value: float) -> str:
    return f"{100 * value:.2f}" if abs(value) < 0.001 else f"{100 * value:.1f}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _count(value: float) -> str:
    if value > MOST_NAMED:
        return f"more than {MOST_NAMED:,}"
    digits = len(str(int(value)))
    return f"about {round(value, 2 - digits) if digits > 2 else int(value):,.0f}"
