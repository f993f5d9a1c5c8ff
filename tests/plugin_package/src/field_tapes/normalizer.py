"""A normaliser: small letters, and digits as words."""

import re

__version__ = "1"

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def numbers_spelled(text: str) -> str:
    """In a config: `scoring: {normalizers: [numbers_spelled]}`."""
    return re.sub(r"\d", lambda digit: f" {NAMES[int(digit[0])]} ", text.lower())
