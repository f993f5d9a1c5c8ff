"""Values that belong to raw words -> the same values for the normalised words made of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from snakescribe.evaluate.align import Encoder
from snakescribe.evaluate.memo import Memo
from snakescribe.evaluate.normalizers import Normalizer, find_normalizer

if TYPE_CHECKING:
    import numpy as np


class Spreader:
    """Takes values from the raw words of a text to its normalised words.

    A normaliser may join, split, drop or rewrite words (``twenty five`` becomes ``25``). Each raw
    word is normalised alone and the result aligned with the text's words: what is equal keeps its
    value; in a place that differs, a normalised word gets the mean of the values in that place,
    and nan where there are none.
    """

    def __init__(self, normalizer: Normalizer, language: str, encoder: Encoder) -> None:
        """Take the normaliser of the texts and the encoder of their words."""
        alone = _words_alone(normalizer.name, language)
        self._alone = Memo[str, str](lambda word: encoder.encode(alone[word]))

    def spread(self, raw: Sequence[str], values: "np.ndarray", text: str) -> "np.ndarray":
        """Raw words, a value for each, and the encoded normalised words -> a value for these."""
        import numpy as np
        from rapidfuzz.distance import Levenshtein

        alone = list(map(self._alone.__getitem__, raw))
        pieces = "".join(alone)
        if pieces == text and len(alone) == len(text) and "" not in alone:
            return values
        sources = np.repeat(values, list(map(len, alone)))
        if pieces == text:
            return sources
        spread = np.full(len(text), np.nan)
        for block in Levenshtein.opcodes(pieces, text):
            if block.tag == "equal":
                spread[block.dest_start : block.dest_end] = sources[block.src_start : block.src_end]
                continue
            known = sources[block.src_start : block.src_end]
            known = known[~np.isnan(known)]
            if len(known):
                spread[block.dest_start : block.dest_end] = known.mean()
        return spread


@lru_cache(maxsize=16)
def _words_alone(normalizer: str, language: str) -> Memo[str, list[str]]:
    """Raw words -> the words of each, normalised alone; kept from chunk to chunk."""
    words = find_normalizer(normalizer).words
    return Memo(lambda word: words(word, language))
