"""Numbers -> the words that stand in the page. None becomes a dash."""

from snakescribe.evaluate.wording import format_p

DASH = "–"
MINUS = "−"


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction -> per cent: 0.123 -> ``12.3%``."""
    return DASH if value is None else f"{100 * value:.{digits}f}%".replace("-", MINUS)


def points(value: float | None, sign: bool = True, unit: bool = True) -> str:
    """A difference of fractions -> percentage points: -0.021 -> ``−2.1 points``."""
    if value is None:
        return DASH
    rounded = round(100 * value, 1) + 0.0  # a difference of -0.0 is none
    text = f"{rounded:+.1f}" if sign and rounded else f"{rounded:.1f}"
    text = text.replace("-", MINUS)
    return f"{text} points" if unit else text


def per_minute(value: float | None) -> str:
    """Words written per minute -> ``85.7``."""
    return DASH if value is None else f"{value:.1f}"


def p_value(value: float | None, level: float) -> str:
    """A p-value and the level that it must be below -> ``0.046`` or ``< 0.001``."""
    return DASH if value is None else format_p(value, level).removeprefix("= ")


def speed(value: float | None) -> str:
    """An RTFx (seconds of audio per second of compute) -> ``12×``."""
    if value is None:
        return DASH
    return f"{value:.1f}×" if value < 10 else f"{value:,.0f}×"


def share(value: float) -> str:
    """A fraction of a whole -> words where they are simple, else per cent."""
    for simple, words in ((1 / 4, "a quarter"), (1 / 3, "a third"), (1 / 2, "half")):
        if abs(value - simple) < 0.015:
            return words
    return f"{100 * value:.0f}%"


def estimate(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """A metric's figure and its interval -> ``12.3% (10.1% to 14.0%)``; not all are rates."""

    def show(number: float) -> str:
        return percent(number) if unit == "rate" else f"{number:.3g}".replace("-", MINUS)

    if value is None:
        return DASH
    if low is None or high is None:
        return show(value)
    return f"{show(value)} ({show(low)} to {show(high)})"


def count(value: int | None) -> str:
    """A whole number, thousands set apart."""
    return DASH if value is None else f"{value:,}"


def clock(seconds: float | None) -> str:
    """Seconds -> ``2:05``, or ``1:02:05`` from an hour on."""
    if seconds is None:
        return DASH
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """Seconds -> ``48 s``, ``12.5 min`` or ``3.2 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"


def shorten(text: str, length: int) -> str:
    """A text -> at most `length` characters, the middle left out where it is longer."""
    if len(text) <= length:
        return text
    tail = (length - 1) // 3
    return f"{text[: length - 1 - tail]}…{text[-tail:]}" if tail else text[:length]
