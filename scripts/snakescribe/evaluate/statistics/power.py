"""A difference and its standard error -> what a study of this size, or a larger one, can find.

By Student's t: a difference is likely to be found when it is t(1 - level / 2) + t(power) standard
errors or more, with one degree of freedom less than units (Bloom, "Minimum detectable effects",
Evaluation Review 19, 1995); the standard error falls with the root of the number of units.
"""

from functools import cache
from math import floor, isnan, log2, nan

from scipy.special import stdtrit

from snakescribe.evaluate.statistics.units import ENOUGH_UNITS

# Chance to find a difference that is there, for the sizes that verdicts speak of.
POWER = 0.8
MOST_UNITS = 2**40


def smallest_detectable(standard_error: float, units: int, level: float) -> float:
    """A difference's standard error -> the smallest true difference likely to be found.

    Args:
        standard_error: of the difference, from so many units; 0 tells nothing of how units vary.
        units: recordings, or chunks; nothing is found with fewer than `ENOUGH_UNITS`.
        level: below which p must be for a difference to count as found.

    Returns:
        In the difference's unit; nan where nothing can be found.
    """
    if units < ENOUGH_UNITS or standard_error == 0:
        return nan
    return _sampling_factor(units, level) * standard_error


def largest_left(delta: float, standard_error: float, units: int, level: float) -> float:
    """A difference and its standard error -> the size above which the true one is ruled out.

    By two one-sided t-tests (Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987): each
    says at `level` that the true difference is not beyond it on its side.

    Args:
        delta: the difference that was seen.
        standard_error: of it; 0 tells nothing of how units vary.
        units: recordings, or chunks; nothing is ruled out with fewer than `ENOUGH_UNITS`.
        level: of each of the two tests.

    Returns:
        In the difference's unit, not negative; nan where nothing can be ruled out.
    """
    if units < ENOUGH_UNITS or standard_error == 0 or isnan(delta) or isnan(standard_error):
        return nan
    return abs(delta) + float(stdtrit(units - 1, 1 - level)) * standard_error


def units_needed(delta: float, standard_error: float, units: int, level: float) -> float:
    """A difference and its standard error -> how many units would be needed to find it.

    Args:
        delta: the difference that was seen, taken for the true one.
        standard_error: of it, from so many units; 0 where all units differ alike.
        units: recordings, or chunks.
        level: below which p must be for a difference to count as found.

    Returns:
        The smallest number that gives `POWER`, never fewer than `ENOUGH_UNITS`; where all units
        differ alike, as many as the sign test needs. nan where there is no difference to find.
    """
    if delta == 0 or isnan(delta) or isnan(standard_error):
        return nan
    if standard_error == 0:
        return max(floor(1 - log2(level)) + 1, ENOUGH_UNITS)
    deviation = standard_error * units**0.5

    def enough(count: int) -> bool:
        return bool(_sampling_factor(count, level) * deviation <= abs(delta) * count**0.5)

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
    return float(stdtrit(units - 1, 1 - level / 2) + stdtrit(units - 1, POWER))
