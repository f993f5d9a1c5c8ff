"""A comparison's figures -> what they mean, in plain English."""

from math import isnan, nan

# Chance to find a difference that is there, for the sizes that verdicts speak of.
POWER = 0.8
MOST_UNITS = 2**40


def smallest_detectable(standard_error: float, units: int, level: float) -> float:
    """A difference's standard error -> the smallest true difference likely to be found.

    Args:
        standard_error: of the difference, from so many units.
        units: recordings, or chunks.
        level: below which p must be for a difference to count as found.
    """
    return _sampling_factor(units, level) * standard_error if units > 1 else nan


def units_needed(delta: float, standard_error: float, units: int, level: float) -> float:
    """A difference and its standard error -> how many units would be needed to find it.

    The variance falls with the number of units; nan where there is no difference to find.
    """
    if delta == 0 or isnan(delta) or isnan(standard_error):
        return nan
    deviation = standard_error * units**0.5

    def enough(count: int) -> bool:
        return _sampling_factor(count, level) * deviation <= abs(delta) * count**0.5

    high = 2
    while not enough(high) and high < MOST_UNITS:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


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
    needed: float,
    unit: str,
    at_floor: bool = False,
    agreement: float | None = None,
) -> str:
    """The figures of a comparison -> a sentence.

    Args:
        delta: difference of error rates, as a fraction; below 0 is fewer errors.
        low: lower limit of its interval, nan if there is none.
        high: upper limit.
        p_adjusted: p after correction for the number of comparisons.
        alpha: the level that it must be below.
        needed: units needed to find a difference of this size.
        unit: `recording` or `chunk`, what was resampled.
        at_floor: whether p is the smallest that the replicates can give.
        agreement: share of the words that both wrote, for want of references.
    """
    if isnan(delta):
        if agreement is None:
            return "no references to compare by"
        return f"no references to compare by; both agree on {100 * agreement:.1f} % of the words"
    few = " (resampled by chunk: too few recordings to speak of others)"
    caveat = few if unit == "chunk" else ""
    if delta == low == high == 0:
        return f"no difference at all: the same number of errors{caveat}"
    if isnan(low) or isnan(p_adjusted):
        return f"cannot tell: a single {unit} says nothing about the next"
    p = f"adjusted p {_p(p_adjusted)}"
    if p_adjusted < alpha:
        direction = "lower" if delta < 0 else "higher"
        limits = f"{_points(low)} to {_points(high)}"
        if low * high > 0:
            limits = " to ".join(_points(one) for one in sorted((abs(low), abs(high))))
        return f"{direction} by {_points(abs(delta))} points ({limits}), {p}: real{caveat}"
    advice = f"; you would need about {_count(needed)} {unit}s" if not isnan(needed) else ""
    if at_floor:
        advice = "; so many comparisons need more scoring.bootstrap_replicates"
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
