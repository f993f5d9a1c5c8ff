"""The normalisers `none` and `nemo_style`, which go by characters."""

import hashlib
import inspect
import re
import unicodedata
from functools import cache, partial

from snakescribe.evaluate.normalize import letters
from snakescribe.evaluate.normalize.base import Normalizer, TextRules, in_all_languages
from snakescribe.evaluate.normalize.languages import DOTLESS
from snakescribe.evaluate.normalize.piecewise import word_by_word
from snakescribe.languages import language_code


def make_none() -> Normalizer:
    """The normaliser `none`: texts as they are."""
    digest = hashlib.sha256(b"none 1").hexdigest()
    return Normalizer("none", "1", digest, in_all_languages(str, word_by_word(str)))


def make_nemo_style() -> Normalizer:
    """The normaliser `nemo_style`."""
    source = inspect.getsource(lower_without_punctuation) + letters.source()
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Normalizer("nemo_style", "2", digest, _nemo_rules)


@cache
def _nemo_rules(language: str) -> TextRules:
    if language_code(language) not in DOTLESS and language:
        return _nemo_rules("")  # all alike
    apply = partial(lower_without_punctuation, language=language)
    return TextRules(apply, word_by_word(apply))


# Its source is its digest: each change of it, also of a name, makes all scores anew.
def lower_without_punctuation(text: str, language: str) -> str:
    """A text -> lower case, without punctuation but for apostrophes inside words.

    What NeMo's evaluation does with ``do_lowercase`` and ``rm_punctuation``: numbers, spellings,
    contractions and fillers stay as they are.
    """
    text = letters.lower(unicodedata.normalize("NFKC", text), language).replace("\u2019", "'")
    kept = (" " if _is_punctuation(character) else character for character in text)
    return re.sub(r"(?<!\w)'|'(?!\w)", " ", "".join(kept))


def _is_punctuation(character: str) -> bool:
    return character != "'" and unicodedata.category(character)[0] == "P"
