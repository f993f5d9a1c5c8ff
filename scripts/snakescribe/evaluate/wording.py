"""How verdicts are worded and p is printed, in tables, on the console and in the report alike.

A difference is *real* when its adjusted p is below the level (1 - `scoring.confidence`) and
recordings were resampled, or what they belong to, such as speakers. Where chunks were, it holds *in
these recordings only*. Where a difference above `scoring.equivalence_margin` is ruled out, there is
*no difference larger than* what remains. Else we *cannot tell*.
"""

from decimal import Decimal
from enum import StrEnum

from snakescribe.evaluate.statistics.units import ENOUGH_UNITS, outer_unit

REAL = "real"
CANNOT_TELL = "cannot tell"
UNREAD = "every text is the same: this engine seems not to read prompts"

NO_LARGER = "no difference larger than"
NO_DIFFERENCE = "no difference at all"


class Conclusion(StrEnum):
    """What a comparison came to."""

    REAL = "real"
    HERE = "here"  # in these recordings only, as chunks were resampled
    NO_LARGER = "no_larger"  # equivalent: a difference above the margin is ruled out
    SAME = "same"  # no difference at all, or prompts that the engine did not read
    CANNOT_TELL = "cannot_tell"
    NOTHING = "nothing"  # nothing to compare by


_SMALLEST_NAMED = 0.001
_DIGITS = 3


def is_below(p: float | None, level: float) -> bool:
    """An adjusted p-value (None or nan: there is none) -> whether it is below the level."""
    return p is not None and p < level


def format_p(p: float, level: float) -> str:
    """A p-value -> ``= 0.046``, or ``< 0.001`` for what is below that.

    Three digits, and more where these would stand on the other side of the level than p does, so
    that a reader who compares the two is never misled.

    Args:
        p: from 0 to 1.
        level: that it must be below to count.
    """
    smallest = min(_SMALLEST_NAMED, level)
    if p < smallest:
        return f"< {Decimal(repr(smallest)):f}"  # rounded, it could stand above the level
    digits = _DIGITS
    while is_below(round(p, digits), level) != is_below(p, level):
        digits += 1
    return f"= {p:.{digits}f}"


def too_few(unit: str) -> str:
    """What was resampled -> why nothing can be told of so few."""
    return f"fewer than {ENOUGH_UNITS} {outer_unit(unit)}s can show nothing for sure"


def only_here(recordings: int) -> str:
    """How many recordings were compared -> what a finding by resampled chunks is limited to."""
    return "in this recording only" if recordings == 1 else f"in these {recordings} recordings only"
