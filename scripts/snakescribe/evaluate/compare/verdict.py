"""A comparison's figures -> what they mean, in plain English."""

from functools import cache
from math import floor, isnan, log2, nan

from snakescribe.evaluate.statistics.bootstrap import ENOUGH_UNITS
from snakescribe.evaluate.statistics.resample import MIN_RECORDINGS

# Chance to find a difference that is there, for the sizes that verdicts speak of.
POWER = 0.8
MOST_UNITS = 2**40
# More than this many units are not a number to plan with: the estimate is too rough.
MOST_NAMED = 1000


def smallest_detectable(standard_error: float, units: int, level: float) -> float:
    """A difference's standard error -> the smallest true difference likely to be found.

    Args:
        standard_error: of the difference, from so many units; 0 tells nothing of how units vary.
        units: recordings, or chunks; nothing is found with fewer than `ENOUGH_UNITS`.
        level: below which p must be for a difference to count as found.
    """
    if units < ENOUGH_UNITS or standard_error == 0:
        return nan
    return _sampling_factor(units, level) * standard_error


def units_needed(delta: float, standard_error: float, units: int, level: float) -> float:
    """A difference and its standard error -> how many units would be needed to find it.

    The variance falls with the number of units; where all differ alike, as many as the sign test
    needs; never fewer than `ENOUGH_UNITS`. nan where there is no difference to find.
    """
    if delta == 0 or isnan(delta) or isnan(standard_error):
        return nan
    if standard_error == 0:
        return max(floor(1 - log2(level)) + 1, ENOUGH_UNITS)
    deviation = standard_error * units**0.5

    def enough(count: int) -> bool:
        return _sampling_factor(count, level) * deviation <= abs(delta) * count**0.5

    if enough(ENOUGH_UNITS):
        return ENOUGH_UNITS
    high = 2 * ENOUGH_UNITS
    while not enough(high) and high < MOST_UNITS:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@cache
def _sampling_factor(units: int, level: float) -> float:
    """How many standard errors a difference must have to be found with `POWER`, by t."""
    from scipy.special import stdtrit

    return float(stdtrit(units - 1, 1 - level / 2) + stdtrit(units - 1, POWER))


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
