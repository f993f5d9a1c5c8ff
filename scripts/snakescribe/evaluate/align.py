"""Two sequences of words -> their alignment at minimum edit distance, with unit costs as jiwer."""

import sys
from collections.abc import Iterable, Sequence

HIT, SUBSTITUTION, DELETION, INSERTION = "=", "S", "D", "I"

_EDITS = {"replace": SUBSTITUTION, "delete": DELETION, "insert": INSERTION}


class _Codes(dict[str, str]):
    def __missing__(self, word: str) -> str:
        code = self[word] = chr(len(self) + 1)
        return code


class Encoder:
    """Words -> strings of one character a word, which RapidFuzz compares fastest.

    The same word is the same character for the life of the encoder.
    """

    def __init__(self) -> None:
        self._codes = _Codes()

    def is_full(self) -> bool:
        """Whether half of all characters are taken: time for a new one."""
        return len(self._codes) > sys.maxunicode // 2

    def encode(self, words: Iterable[str]) -> str:
        """Words -> one character each."""
        return "".join(map(self._codes.__getitem__, words))


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> str:
    """Words of reference and hypothesis -> their alignment as a string of operations.

    ``=`` a hit, ``S`` a substitution, ``D`` a deletion, ``I`` an insertion, in order: a hit and a
    substitution take a word of both, a deletion one of the reference, an insertion one of the
    hypothesis. Unit costs; time grows with the product of the lengths over 64, memory linearly
    (Myers' bit-parallel algorithm with Hirschberg's division, in RapidFuzz).
    """
    encoder = Encoder()
    return align_encoded(encoder.encode(reference), encoder.encode(hypothesis))


def align_encoded(reference: str, hypothesis: str) -> str:
    """Two encoded sequences -> the operations of their alignment; see `align`."""
    from rapidfuzz.distance import Levenshtein

    if reference == hypothesis:
        return HIT * len(reference)
    parts: list[str] = []
    done = 0
    for edit in Levenshtein.editops(reference, hypothesis):
        if edit.src_pos > done:
            parts.append(HIT * (edit.src_pos - done))
            done = edit.src_pos
        parts.append(_EDITS[edit.tag])
        if edit.tag != "insert":
            done += 1
    parts.append(HIT * (len(reference) - done))
    return "".join(parts)


def matched_positions(alignment: str) -> list[tuple[int, int]]:
    """Operations -> the pairs of positions (reference, hypothesis) of the hits."""
    pairs: list[tuple[int, int]] = []
    left = right = 0
    for operation in alignment:
        if operation == HIT:
            pairs.append((left, right))
        left += operation != INSERTION
        right += operation != DELETION
    return pairs
