"""Texts in tables that people open in spreadsheets, where ``=cmd()`` would be run as a formula.

An apostrophe before it makes it a text there. What begins so by itself gets one more, so that every
text reads back as it was.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def defused(text: str) -> str:
    """A text -> how it is written into a cell, an apostrophe before what looks a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """A cell that `defused` wrote -> the text."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
