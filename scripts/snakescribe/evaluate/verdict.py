"""A comparison's figures -> what they mean, in plain English."""

from math import ceil, isnan, nan
from statistics import NormalDist

# Chance to find a difference that is there, for the sizes that verdicts speak of.
POWER = 0.8


def sampling_factor(confidence: float) -> float:
    """How many standard errors a difference must have to be found with `POWER`."""
    normal = NormalDist()
    return normal.inv_cdf((1 + confidence) / 2) + normal.inv_cdf(POWER)


def smallest_detectable(standard_error: float, confidence: float) -> float:
    """The standard error of a difference -> the smallest true difference likely to be found."""
    return sampling_factor(confidence) * standard_error


def units_needed(delta: float, standard_error: float, units: int, confidence: float) -> float:
    """A difference and its standard error -> how many units would be needed to find it.

    The variance falls with the number of units; nan where there is no difference to find.
    """
    if delta == 0 or isnan(delta) or isnan(standard_error):
        return nan
    return ceil(units * (sampling_factor(confidence) * standard_error / delta) ** 2)


def describe(
    delta: float,
    low: float,
    high: float,
    p_adjusted: float,
    *,
    needed: float,
    unit: str,
    confidence: float,
    agreement: float | None = None,
) -> str:
    """The figures of a comparison -> a sentence.

    Args:
        delta: difference of error rates, as a fraction; below 0 is fewer errors.
        low: lower limit of its interval, nan if there is none.
        high: upper limit.
        p_adjusted: p after correction for the number of comparisons.
        needed: units needed to find a difference of this size.
        unit: `recording` or `chunk`, what was resampled.
        confidence: coverage of the interval; 1 - confidence is the level of the test.
        agreement: share of the words that both wrote, for want of references.
    """
    if isnan(delta):
        if agreement is None:
            return "no references to compare by"
        return f"no references to compare by; both agree on {100 * agreement:.1f} % of the words"
    caveat = " (resampled by chunk: too few recordings)" if unit == "chunk" else ""
    if delta == low == high == 0:
        return f"no difference at all: the same number of errors{caveat}"
    if isnan(low) or isnan(p_adjusted):
        return f"cannot tell: a single {unit} says nothing about the next"
    p = f"adjusted p {_p(p_adjusted)}"
    if p_adjusted < 1 - confidence:
        direction = "lower" if delta < 0 else "higher"
        limits = f"{_points(low)} to {_points(high)}"
        if low * high > 0:
            limits = " to ".join(_points(one) for one in sorted((abs(low), abs(high))))
        return f"{direction} by {_points(abs(delta))} points ({limits}), {p}: real{caveat}"
    advice = f"; you would need about {_count(needed)} {unit}s" if not isnan(needed) else ""
    limits = f"{100 * low:+.1f} to {100 * high:+.1f}"
    return f"cannot tell: {100 * delta:+.1f} points ({limits}), {p}{advice}{caveat}"


def _points(value: float) -> str:
    return f"{100 * value:.2f}" if abs(value) < 0.001 else f"{100 * value:.1f}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _count(value: float) -> str:
    if value > 1_000_000:
        return "more than a million"
    digits = len(str(int(value)))
    return f"{round(value, 2 - digits) if digits > 2 else int(value):,.0f}"
