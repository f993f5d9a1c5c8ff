"""Whisper's own normalisers, of the package whisper-normalizer, and `basic`, made of one."""

import hashlib
import inspect
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files

from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from snakescribe.evaluate.normalize import letters
from snakescribe.evaluate.normalize.base import Normalizer, TextRules, in_all_languages
from snakescribe.evaluate.normalize.languages import DOTLESS, POINTED
from snakescribe.evaluate.normalize.piecewise import word_by_word
from snakescribe.evaluate.normalize.whisper_english import english_rules
from snakescribe.languages import language_code

# But for these brackets Whisper's rules for all languages go by characters.
_BRACKETS = "<[("


def package_digest(*names: str, more: str = "") -> str:
    """Files of the package whisper-normalizer, and more text -> their sha256."""
    total = hashlib.sha256()
    for name in names:
        total.update(files("whisper_normalizer").joinpath(name).read_bytes())
    total.update(more.encode())
    return total.hexdigest()


def package_version() -> str:
    """The package's name and version."""
    return f"whisper-normalizer {version('whisper-normalizer')}"


def make_whisper_basic() -> Normalizer:
    """The normaliser `whisper_basic`: Whisper's for all languages."""
    package = BasicTextNormalizer()
    rules = in_all_languages(package, word_by_word(package, unless_in=_BRACKETS))
    return Normalizer("whisper_basic", package_version(), package_digest("basic.py"), rules)


def make_basic() -> Normalizer:
    """The normaliser `basic`: the same with marks, case and digits as each language has them."""
    digest = package_digest("basic.py", more=letters.source())
    return Normalizer("basic", package_version(), digest, basic_rules)


def _without_dots(normalise: Callable[[str], str], text: str) -> str:
    """A text by Whisper's English rules, which leave dots of `wait...` and `wait… what`."""
    words = normalise(text.replace("\u2026", " ... ")).split()
    return " ".join(word for word in words if word != ".")


def make_auto() -> Normalizer:
    """The normaliser `auto`: Whisper's English rules for English, else those of `basic`.

    In English dots that stand alone are no words, as in all other languages.
    """
    package = EnglishTextNormalizer()
    apply = partial(_without_dots, package)
    english = in_all_languages(apply, english_rules(package, apply))
    more = f"{make_whisper_english().digest}{inspect.getsource(_without_dots)}{letters.source()}"

    def rules_for(language: str) -> TextRules:
        chosen = english if language_code(language) == "en" else basic_rules
        return chosen(language)

    return Normalizer("auto", package_version(), package_digest("basic.py", more=more), rules_for)


def make_whisper_english() -> Normalizer:
    """The normaliser `whisper_english`: Whisper's for English."""
    package = EnglishTextNormalizer()
    digest = package_digest("basic.py", "english.py", "normalizers/english.json")
    rules = in_all_languages(package, english_rules(package, package))
    return Normalizer("whisper_english", package_version(), digest, rules)


def basic_rules(language: str) -> TextRules:
    """A language code -> what `basic` does to texts in it."""
    code = language_code(language)
    return _basic_rules(code if code in DOTLESS or code in POINTED else "")


@cache
def _basic_rules(code: str) -> TextRules:
    package = BasicTextNormalizer(preserve_marks=True)

    def apply(text: str) -> str:
        return letters.spell_alike(package(letters.lower(text, code)), code)

    return TextRules(apply, word_by_word(apply, unless_in=_BRACKETS))
