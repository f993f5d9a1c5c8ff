"""Dates in titles and descriptions, as people write them."""

import re
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_EDGE = r"(?<![\d./-])"
_END = r"(?![\d]|[./-]\d)"
_YEAR_FIRST = re.compile(rf"{_EDGE}(\d{{4}})([./-])(\d{{1,2}})\2(\d{{1,2}}){_END}")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_NUMBERS = re.compile(rf"{_EDGE}(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_END}")
_MONTH_DAY_YEAR = re.compile(rf"\b{_MONTH} +{_DAY},? +(\d{{4}})\b", re.IGNORECASE)
_DAY_MONTH_YEAR = re.compile(rf"\b{_DAY} +(?:of +)?{_MONTH},? +(\d{{4}})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH} +{_DAY}(?!\d|:\d)(?!,? +\d{{4}})", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"(?<!\d)\b{_DAY} +(?:of +)?{_MONTH}\b(?!,? +\d{{4}})", re.IGNORECASE)
_TWO_NUMBERS = re.compile(rf"{_EDGE}(\d{{1,2}})/(\d{{1,2}}){_END}")


def find_date(text: str, order: str = "MDY", published: str = "") -> date | None:
    """A text -> the first date in it, or None.

    Understood, the surest first: 2019-04-01 (also with ``.`` or ``/``), 20190401, April 1st, 2019,
    1 April 2019, 04/01/2019 and 04/01/19 (also with ``.`` or ``-``), and, with the year of
    `published`, April 1, 1 April and 4/1.

    Args:
        order: how 04/01/2019 is meant: `MDY` or `DMY`. Where one number is above 12, it says
            itself which it is.
        published: the day of publication (YYYY-MM-DD): the last such day before it is meant.
    """
    for match in _YEAR_FIRST.finditer(text):
        if day := _date(int(match[1]), int(match[3]), int(match[4])):
            return day
    for match in _COMPACT.finditer(text):
        if day := _date(int(match[1]), int(match[2]), int(match[3])):
            return day
    for match in _MONTH_DAY_YEAR.finditer(text):
        if day := _date(int(match[3]), _month(match[1]), int(match[2])):
            return day
    for match in _DAY_MONTH_YEAR.finditer(text):
        if day := _date(int(match[3]), _month(match[2]), int(match[1])):
            return day
    for match in _NUMBERS.finditer(text):
        year = int(match[4]) + (0 if len(match[4]) == 4 else 1900 if int(match[4]) > 68 else 2000)
        if day := _ordered(year, int(match[1]), int(match[3]), order):
            return day
    return _without_year(text, order, published) if published else None


def _without_year(text: str, order: str, published: str) -> date | None:
    try:
        latest = date.fromisoformat(published)
    except ValueError:
        return None
    for pattern, month_group, day_group in ((_MONTH_DAY, 1, 2), (_DAY_MONTH, 2, 1)):
        for match in pattern.finditer(text):
            if day := _before(latest, _month(match[month_group]), int(match[day_group])):
                return day
    for match in _TWO_NUMBERS.finditer(text):
        if fitting := _ordered(2020, int(match[1]), int(match[2]), order):
            return _before(latest, fitting.month, fitting.day)
    return None


def _before(latest: date, month: int, day: int) -> date | None:
    """The last such day up to the day after publication (time zones differ)."""
    for year in range(latest.year + 1, latest.year - 5, -1):
        candidate = _date(year, month, day)
        if candidate and candidate <= latest + timedelta(days=1):
            return candidate
    return None


def _ordered(year: int, first: int, second: int, order: str) -> date | None:
    month, day = (first, second) if order == "MDY" else (second, first)
    return _date(year, month, day) or _date(year, day, month)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _month(name: str) -> int:
    return MONTHS[name.lower()]
