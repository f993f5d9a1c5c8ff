"""Letters that nobody sees: marks of category Cf, such as directions, soft hyphens, joiners."""

import re
import sys
import unicodedata
from functools import cache

# Zero width joiner and non-joiner: spelling in Persian, Hindi and others, though without a sound.
_JOINERS = "\u200c\u200d"
_LAST_LATIN = "\u02ff"
# UTF-8 that was read as Latin-1 or cp1252 and saved so: `Ã©`, `Â°`, `â€™`, Russian's `Ð¿Ñ€`; and
# what could not be read at all. Quotation marks and dashes may stand behind a capital.
_BYTES = "\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"
_MISREAD = re.compile(rf"[ÃÐÑ][{_BYTES}]|Â[\xa0{_BYTES}]|â€|\ufffd")


@cache
def _invisible() -> re.Pattern[str]:
    letters = map(chr, range(sys.maxunicode + 1))
    marks = "".join(letter for letter in letters if unicodedata.category(letter) == "Cf")
    return re.compile(f"[{re.escape(marks)}]")


def without_invisible(text: str) -> str:
    """A text -> the same without marks of category Cf: what counts when words are compared."""
    return text if text.isascii() else _invisible().sub("", text)


def as_written(text: str) -> str:
    """A text -> the same without invisible marks that are no spelling.

    Joiners stay behind letters of scripts that know them, such as Persian and those of India.
    """
    if text.isascii():
        return text

    def keep(match: re.Match[str]) -> str:
        mark, before = match[0], text[match.start() - 1 : match.start()]
        joins = mark in _JOINERS and before > _LAST_LATIN
        return mark if joins and unicodedata.category(before)[0] in "LM" else ""

    return _invisible().sub(keep, text)


def find_misread(text: str) -> str:
    """A text -> the first of its words with letters that a wrong encoding has made; else ``""``."""
    match = None if text.isascii() else _MISREAD.search(text)
    if match is None:
        return ""
    before, after = text[: match.start()].split(" ")[-1], text[match.start() :].split(" ")[0]
    return (before + after).strip()
