"""Values that belong to raw words -> the same values for the normalised words made of them."""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from math import isnan, nan

from snakescribe.evaluate.align import Encoder
from snakescribe.evaluate.normalizers import Normalizer, find_normalizer

KEPT_WORDS = 300_000


def spread_values(
    raw: Sequence[str],
    values: Sequence[float],
    words: list[str],
    normalizer: Normalizer,
    language: str,
) -> Sequence[float]:
    """Raw words with a value each, and the normalised words of their text -> a value for these.

    A normaliser may join, split, drop or rewrite words (``twenty five`` becomes ``25``). Each raw
    word is normalised alone and the result aligned with `words`: what is equal keeps its value;
    in a place that differs, a normalised word gets the mean of the values in that place, and nan
    where there are none.
    """
    import numpy as np
    from rapidfuzz.distance import Levenshtein

    alone = list(map(_words_alone(normalizer.name, language).__getitem__, raw))
    if alone == words:
        return values
    counts = list(map(_word_counts.__getitem__, alone))
    sources = array("d", np.repeat(np.asarray(values, float), counts).tobytes())
    pieces = " ".join(alone).split()
    if pieces == words:
        return sources
    encoder = Encoder()
    spread = array("d", [nan]) * len(words)
    for block in Levenshtein.opcodes(encoder.encode(pieces), encoder.encode(words)):
        if block.tag == "equal":
            spread[block.dest_start : block.dest_end] = sources[block.src_start : block.src_end]
            continue
        known = [one for one in sources[block.src_start : block.src_end] if not isnan(one)]
        if known:
            mean = sum(known) / len(known)
            for place in range(block.dest_start, block.dest_end):
                spread[place] = mean
    return spread


class _WordsAlone(dict[str, str]):
    """Raw words -> each normalised alone, kept."""

    def __init__(self, normalizer: Normalizer, language: str) -> None:
        super().__init__()
        self._normalizer = normalizer
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= KEPT_WORDS:
            self.clear()
        found = self[word] = " ".join(self._normalizer.words(word, self._language))
        return found


class _WordCounts(dict[str, int]):
    """Normalised words of a raw word, joined by spaces -> how many they are, kept."""

    def __missing__(self, words: str) -> int:
        if len(self) >= KEPT_WORDS:
            self.clear()
        found = self[words] = len(words.split())
        return found


_word_counts = _WordCounts()


@lru_cache(maxsize=16)
def _words_alone(normalizer: str, language: str) -> _WordsAlone:
    return _WordsAlone(find_normalizer(normalizer), language)
