"""Whisper's own normalisers `basic` and `whisper_english`, of the package whisper-normalizer."""

import hashlib
from importlib.metadata import version
from importlib.resources import files

from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from snakescribe.evaluate.normalize.base import Normalizer
from snakescribe.evaluate.normalize.piecewise import word_by_word
from snakescribe.evaluate.normalize.whisper_english import english_rules


def _package_rules(*names: str) -> str:
    total = hashlib.sha256()
    for name in names:
        total.update(files("whisper_normalizer").joinpath(name).read_bytes())
    return total.hexdigest()


def _whisper_version() -> str:
    return f"whisper-normalizer {version('whisper-normalizer')}"


def make_basic() -> Normalizer:
    """The normaliser `basic`: Whisper's for all languages."""
    package = BasicTextNormalizer()
    # But for brackets it goes by characters.
    rules = word_by_word(package, unless_in="<[(")
    return Normalizer("basic", _whisper_version(), _package_rules("basic.py"), package, rules)


def make_whisper_english() -> Normalizer:
    """The normaliser `whisper_english`: Whisper's for English."""
    package = EnglishTextNormalizer()
    digest = _package_rules("basic.py", "english.py", "normalizers/english.json")
    rules = english_rules(package)
    return Normalizer("whisper_english", _whisper_version(), digest, package, rules)
