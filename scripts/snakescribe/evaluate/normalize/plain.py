"""The normalisers `none` and `nemo_style`, which go by characters and know no language."""

import hashlib
import inspect
import re
import unicodedata

from snakescribe.evaluate.normalize.base import Normalizer
from snakescribe.evaluate.normalize.piecewise import word_by_word


def make_none() -> Normalizer:
    """The normaliser `none`: texts as they are."""
    return Normalizer("none", "1", hashlib.sha256(b"none 1").hexdigest(), str, word_by_word(str))


def make_nemo_style() -> Normalizer:
    """The normaliser `nemo_style`."""
    source = inspect.getsource(lower_without_punctuation)
    digest = hashlib.sha256(source.encode()).hexdigest()
    apply = lower_without_punctuation
    return Normalizer("nemo_style", "1", digest, apply, word_by_word(apply))


# Its source is its digest: each change of it, also of a name, makes all scores anew.
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
