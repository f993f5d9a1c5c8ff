"""Letters that are written in several ways -> in one, by the rules of each language."""

import inspect
import re
import sys
import unicodedata

from snakescribe.evaluate.normalize import languages
from snakescribe.evaluate.normalize.languages import DOTLESS, POINTED
from snakescribe.languages import language_code

_DOT_ABOVE = "\u0307"
# Arabic: the short vowels and other points (U+064B to U+0652, the small alef, and those of the
# Quran), and the stroke that makes words longer. Hebrew: points and marks of chant.
_ARABIC_POINTS = "\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640"
_HEBREW_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_STYLES = "\ufe00-\ufe0f\u180b-\u180d\u20dd-\u20e0\u20e2-\u20e4\U000e0100-\U000e01ef"
# Stress, as dictionaries mark it.
_STRESS = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]")
# What Unicode's compatible form makes of the Thai and Lao vowel am, which is one key.
_AM = re.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_LAO_AM = re.compile("([\u0ec8-\u0ecb]?)\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")


def lower(text: str, language: str) -> str:
    """A text and its language's code -> in small letters.

    `I` is `ı` in Turkish and its kin, and `İ` is `i` everywhere: Python's and Unicode's general
    rule makes two letters of it, of which the second is a mark.
    """
    if text.isascii() and language_code(language) not in DOTLESS:
        return text.lower()
    text = unicodedata.normalize("NFC", text).replace("\u0130", "i")
    if language_code(language) in DOTLESS:
        text = text.replace("I", "\u0131")
    return text.lower().replace(f"i{_DOT_ABOVE}", "i")


def spell_alike(text: str, language: str) -> str:
    """A text in Unicode's NFKC and its language's code -> without marks that writers leave out.

    Arabic short vowels, Hebrew points, the stress of Cyrillic words, styles of signs; marks that
    stand on no letter; digits of all scripts are those of ASCII. White space is a space.
    """
    if text.isascii():
        return " ".join(text.split())
    points = "" if language_code(language) in POINTED else _ARABIC_POINTS + _HEBREW_POINTS
    text = re.sub(f"[{points}{_STYLES}]", "", text)
    text = _STRESS.sub("", text)
    text = _LAO_AM.sub("\\1\\2\u0eb3", _AM.sub("\\1\\2\u0e33", text))
    text = "".join(_plain_digit(letter) for letter in text)
    return " ".join(filter(None, map(_without_first_marks, text.split())))


def source() -> str:
    """The source of these rules, for the digests of normalisers that follow them."""
    return inspect.getsource(languages) + inspect.getsource(sys.modules[__name__])


def _plain_digit(letter: str) -> str:
    return letter if letter < "\u0660" else str(unicodedata.decimal(letter, letter))


def _without_first_marks(word: str) -> str:
    start = 0
    while start < len(word) and unicodedata.category(word[start])[0] == "M":
        start += 1
    return word[start:]
