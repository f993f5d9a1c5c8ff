"""A comparison's figures -> what they mean, in plain English."""

from dataclasses import dataclass
from math import isnan, nan

from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.units import CHUNK, MIN_UNITS, outer_unit
from snakescribe.evaluate.wording import (
    CANNOT_TELL,
    NO_DIFFERENCE,
    NO_LARGER,
    REAL,
    UNREAD,
    Conclusion,
    format_p,
    is_below,
    only_here,
    too_few,
)

# More than this many units are not a number to plan with: the estimate is too rough.
MOST_NAMED = 1000


@dataclass(frozen=True)
class Finding:
    """The figures of a comparison.

    Attributes:
        delta: difference of the figure, such as WER as a fraction; nan: none.
        low: lower limit of its interval, nan if there is none.
        high: upper limit.
        p_adjusted: p after correction for the number of comparisons, nan if there is none.
        unit: what was resampled, such as `recording`, `speaker` or `chunk`.
        recordings: how many were compared.
        detectable: the smallest true difference likely to be found, nan if there is none.
        needed: units needed to find a difference of this size, nan if there is none.
        at_floor: whether p is the smallest that the replicates can give.
        few: whether fewer than `ENOUGH_UNITS` units have data.
        missing: what is lacking to compare, where it is more than references.
        agreement: share of the words that both wrote, for want of references.
        unread: whether only prompts differ, and all texts are the same nevertheless.
        figure: what the difference is of.
        no_larger: a true difference above this is ruled out, nan if none is.
        margin: a difference up to this counts as none, if it is not 0.
    """

    delta: float
    low: float
    high: float
    p_adjusted: float
    unit: str
    recordings: int
    detectable: float = nan
    needed: float = nan
    at_floor: bool = False
    few: bool = False
    missing: str = ""
    agreement: float | None = None
    unread: bool = False
    figure: Figure = WER.figures[0]
    no_larger: float = nan
    margin: float = 0.0

    def conclude(self, level: float) -> Conclusion:
        """What the comparison comes to; `level`: that p must be below for a difference."""
        if self.unread or self.delta == self.low == self.high == 0:
            return Conclusion.SAME
        if isnan(self.delta):
            return Conclusion.NOTHING
        if is_below(self.p_adjusted, level):
            return Conclusion.HERE if self.unit == CHUNK else Conclusion.REAL
        counted = self.is_rate and self.figure.needs_reference and self.unit != CHUNK
        if counted and self.no_larger <= self.margin:
            return Conclusion.NO_LARGER
        return Conclusion.CANNOT_TELL

    @property
    def is_rate(self) -> bool:
        """Whether differences are told in points of percent, else in the figure's own unit."""
        return self.figure.unit == "rate"

    def signed(self, value: float) -> str:
        """A value, with its sign and without its unit."""
        return (
            f"{100 * value:+.1f}" if self.is_rate else f"{'+' if value > 0 else ''}{_number(value)}"
        )

    def size(self, value: float) -> str:
        """A value, without its unit."""
        return show_points(value) if self.is_rate else _number(value)

    @property
    def unit_name(self) -> str:
        """What stands behind a value."""
        return "points" if self.is_rate else self.figure.unit


def describe(finding: Finding, level: float) -> str:
    """The figures of a comparison, and the level that p must be below -> a sentence."""
    if finding.unread:
        return UNREAD
    if isnan(finding.delta):
        return _describe_nothing(finding)
    caveat = _caveat(finding.recordings) if finding.unit == CHUNK else ""
    if finding.delta == finding.low == finding.high == 0:
        same = ": the same number of errors" if finding.figure is WER.figures[0] else ""
        return f"{NO_DIFFERENCE}{same}{caveat}"
    if isnan(finding.low) or isnan(finding.p_adjusted):
        return f"{CANNOT_TELL}: a single {outer_unit(finding.unit)} says nothing about the next"
    p = f"adjusted p {format_p(finding.p_adjusted, level)}"
    if not is_below(finding.p_adjusted, level):
        limits = f"{finding.signed(finding.low)} to {finding.signed(finding.high)}"
        seen = f"{finding.signed(finding.delta)} {finding.unit_name} ({limits})"
        if finding.conclude(level) is Conclusion.NO_LARGER:
            most = f"{finding.size(finding.no_larger)} {finding.unit_name}"
            return f"{NO_LARGER} {most}: {seen}, {p}"
        return f"{CANNOT_TELL}: {seen}, {p}{_advice(finding)}{caveat}"
    direction = "lower" if finding.delta < 0 else "higher"
    size = f"{finding.size(abs(finding.delta))} {finding.unit_name}"
    change = f"{direction} by {size} ({_limits(finding)}), {p}"
    if finding.unit != CHUNK:
        return f"{change}: {REAL}"
    if finding.recordings == 1:
        return f"{CANNOT_TELL} for other recordings; in this one {change}{caveat}"
    return f"{change}, {only_here(finding.recordings)}{caveat}"


def _describe_nothing(finding: Finding) -> str:
    """A comparison without a difference -> why there is none, and what there is instead."""
    reason = finding.missing or "no references to compare by"
    if finding.agreement is None:
        return reason
    return f"{reason}; both agree on {100 * finding.agreement:.1f} % of the words"


def _limits(finding: Finding) -> str:
    """The limits of a change whose direction is told in words, the nearer to 0 first."""
    limits = [finding.low, finding.high]
    if finding.low * finding.high > 0:
        limits = sorted(map(abs, limits))
    return " to ".join(map(finding.size, limits))


def _caveat(recordings: int) -> str:
    few = ": too few recordings to speak of others" if recordings < MIN_UNITS else ""
    return f" (resampled by chunk{few})"


def _advice(finding: Finding) -> str:
    """What would have been found, and what it takes to find what was seen."""
    unit, needed = outer_unit(finding.unit), finding.needed
    if finding.at_floor:
        return "; so many comparisons need more scoring.bootstrap_replicates"
    if finding.few and unit != CHUNK:
        asked = "" if isnan(needed) else f"; this one needs {show_count(needed)}"
        return f"; {too_few(unit)}{asked}"
    size = f"{finding.size(finding.detectable)} {finding.unit_name}"
    shown = f"a true difference of {size} would likely have shown"
    advice = "" if isnan(finding.detectable) else f"; {shown}"
    return advice if isnan(needed) else f"{advice}; this one needs {show_count(needed)} {unit}s"


def show_points(value: float) -> str:
    """A rate or a difference of rates -> it in points of percent, without its unit."""
    return f"{100 * value:.2f}" if abs(value) < 0.001 else f"{100 * value:.1f}"


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}"


def show_count(value: float) -> str:
    """How many units would be needed -> in words that are no more exact than that is."""
    if value > MOST_NAMED:
        return f"more than {MOST_NAMED:,}"
    digits = len(str(int(value)))
    return f"about {round(value, 2 - digits) if digits > 2 else int(value):,.0f}"
