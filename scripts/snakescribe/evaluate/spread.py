"""Values that belong to raw words -> the same values for the normalised words made of them."""

from collections.abc import Sequence
from functools import lru_cache
from math import isnan, nan

from snakescribe.evaluate.align import Encoder
from snakescribe.evaluate.normalizers import Normalizer, find_normalizer


def spread_values(
    raw: Sequence[str],
    values: Sequence[float],
    words: Sequence[str],
    normalizer: Normalizer,
    language: str,
) -> list[float]:
    """Raw words with a value each, and the normalised words of their text -> a value for these.

    A normaliser may join, split, drop or rewrite words (``twenty five`` becomes ``25``). Each raw
    word is normalised alone and the result aligned with `words`: what is equal keeps its value;
    in a place that differs, a normalised word gets the mean of the values in that place, and nan
    where there are none.
    """
    from rapidfuzz.distance import Levenshtein

    pieces: list[str] = []
    sources: list[float] = []
    for word, value in zip(raw, values, strict=True):
        for piece in _normalise_alone(normalizer.name, word, language):
            pieces.append(piece)
            sources.append(value)
    if pieces == list(words):
        return sources
    encoder = Encoder()
    spread = [nan] * len(words)
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


@lru_cache(maxsize=200_000)
def _normalise_alone(normalizer: str, word: str, language: str) -> tuple[str, ...]:
    return tuple(find_normalizer(normalizer).words(word, language))
