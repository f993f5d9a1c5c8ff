"""Text normalisers: named, with the version and a digest of the rules that they apply."""

import hashlib
import inspect
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.piecewise import PieceRules, PiecewiseNormalizer, word_by_word
from snakescribe.evaluate.normalize.whisper_english import english_rules
from snakescribe.evaluate.plugins import NORMALIZERS
from snakescribe.evaluate.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class Normalizer:
    """A function on texts with a name, the version of its package and a digest of its rules.

    `rules` tell how texts can be cut so that their pieces, each normalised once, give the same as
    `apply` gives for the whole; None: they cannot.
    """

    name: str
    version: str
    digest: str
    apply: Callable[[str], str]
    rules: PieceRules | None = None

    def words(self, text: str, language: str = "") -> list[str]:
        """A text -> its normalised words; single characters in a language without spaces."""
        normalised = self.apply(text)
        if is_spaced(language):
            return normalised.split()
        return [character for character in normalised if not character.isspace()]

    def for_many(self, language: str, raw: Vocabulary, known: Vocabulary) -> PiecewiseNormalizer:
        """The same for many texts in a language, in a fraction of the time.

        Args:
            language: its code.
            raw: numbers of the texts' parts.
            known: numbers of normalised words.
        """
        rules = self.rules if is_spaced(language) else None
        return PiecewiseNormalizer(partial(self.words, language=language), rules, raw, known)


def make_none() -> Normalizer:
    return Normalizer("none", "1", hashlib.sha256(b"none 1").hexdigest(), str, word_by_word(str))


def _package_rules(*names: str) -> str:
    total = hashlib.sha256()
    for name in names:
        total.update(files("whisper_normalizer").joinpath(name).read_bytes())
    return total.hexdigest()


def _whisper_version() -> str:
    return f"whisper-normalizer {version('whisper-normalizer')}"


def make_basic() -> Normalizer:
    from whisper_normalizer.basic import BasicTextNormalizer

    package = BasicTextNormalizer()
    # But for brackets it goes by characters.
    rules = word_by_word(package, unless_in="<[(")
    return Normalizer("basic", _whisper_version(), _package_rules("basic.py"), package, rules)


def make_whisper_english() -> Normalizer:
    from whisper_normalizer.english import EnglishTextNormalizer

    package = EnglishTextNormalizer()
    digest = _package_rules("basic.py", "english.py", "normalizers/english.json")
    rules = english_rules(package)
    return Normalizer("whisper_english", _whisper_version(), digest, package, rules)


def make_nemo_style() -> Normalizer:
    source = inspect.getsource(lower_without_punctuation)
    digest = hashlib.sha256(source.encode()).hexdigest()
    apply = lower_without_punctuation
    return Normalizer("nemo_style", "1", digest, apply, word_by_word(apply))


def lower_without_punctuation(text: str) -> str:
    """A text -> lower case, without punctuation but for apostrophes inside words.

    What NeMo's evaluation does with ``do_lowercase`` and ``rm_punctuation``: numbers, spellings,
    contractions and fillers stay as they are.
    """
    text = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    kept = (" " if _is_punctuation(one) else one for one in text)
    return re.sub(r"(?<!\w)'|'(?!\w)", " ", "".join(kept))


def _is_punctuation(character: str) -> bool:
    return character != "'" and unicodedata.category(character)[0] == "P"


@cache
def find_normalizer(name: str) -> Normalizer:
    """A name of the config -> the normaliser.

    Args:
        name: one of ours, the name of an entry point, or ``module:function``.

    Raises:
        UserError: there is no such normaliser, or it cannot be loaded.
    """
    if name in NORMALIZERS.built_in:
        make: Callable[[], Normalizer] = NORMALIZERS.find(name)
        return make()
    function: Callable[[str], str] = NORMALIZERS.find(name)
    return Normalizer(name, *_user_version(function), partial(_apply, name, function))


def _apply(name: str, function: Callable[[str], str], text: str) -> str:
    """A user's function and a text -> what it makes of it, or what is wrong with the function."""
    subject = f"{NORMALIZERS.place}: the normaliser '{name}'"
    try:
        normalised = function(text)
    except Exception as error:
        what = f"failed with {type(error).__name__}: {error}"
        raise UserError(f"{subject} {what}; the text was {text!r}") from error
    if not isinstance(normalised, str):
        what = f"gave {type(normalised).__name__} and not a text"
        raise UserError(f"{subject} {what}; the text was {text!r}")
    try:
        normalised.encode()
    except UnicodeEncodeError as error:
        what = f"gave {normalised!r}, which has half a character (a lone surrogate)"
        raise UserError(f"{subject} {what}; the text was {text!r}") from error
    return normalised


def _user_version(function: Callable[[str], str]) -> tuple[str, str]:
    """A user's function -> its module's version and a digest of its module's source."""
    module = inspect.getmodule(function)
    source = getattr(module, "__file__", None)
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else ""
    return str(getattr(module, "__version__", "")), digest
