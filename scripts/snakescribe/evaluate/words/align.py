"""Two sequences of words -> their alignment at minimum edit distance, with unit costs as jiwer.

An alignment is a string of operations: ``=`` a hit, ``S`` a substitution, ``D`` a deletion, ``I``
an insertion, in order. A hit and a substitution take a word of both sides, a deletion one of the
reference, an insertion one of the hypothesis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import Levenshtein

from snakescribe.evaluate.words.ragged import Ragged, spans
from snakescribe.evaluate.words.vocabulary import Vocabulary, as_letters

HIT, SUBSTITUTION, DELETION, INSERTION = "=", "S", "D", "I"


@dataclass(frozen=True)
class Alignments:
    """Many pairs of rows aligned, without a loop over their edits.

    Attributes:
        left, right: the rows of both sides; the left one is the reference's.
        left_hit, right_hit: (values,) of each side, whether it is a hit.
    """

    left: Ragged
    right: Ragged
    left_hit: np.ndarray
    right_hit: np.ndarray

    @cached_property
    def _gaps(self) -> np.ndarray:
        """(rows + 1,) the gaps of all rows before: one more in each row than it has hits."""
        hits = self.left.sums(self.left_hit, int)
        return np.concatenate([[0], np.cumsum(hits + 1)])

    @cached_property
    def left_gap(self) -> np.ndarray:
        """(values,) the gap between two hits that each lies in; a hit lies behind its gap."""
        return self.left_hit.cumsum() - self.left_hit + self.left.row_of

    @cached_property
    def right_gap(self) -> np.ndarray:
        """(values,) the same of the other side."""
        return self.right_hit.cumsum() - self.right_hit + self.right.row_of

    def operations(self) -> Ragged:
        """The alignments: rows of operations (uint8, their ASCII codes).

        In a gap as many words as both sides have are substitutions; insertions stand before
        them and deletions behind them, where `align` has them.
        """
        count = int(self._gaps[-1])
        left = np.bincount(self.left_gap[~self.left_hit], minlength=count)
        right = np.bincount(self.right_gap[~self.right_hit], minlength=count)
        gaps = np.flatnonzero(left + right)
        row_of = np.searchsorted(self._gaps, gaps, "right") - 1
        left, right = left[gaps], right[gaps]
        both, errors = np.minimum(left, right), np.maximum(left, right)
        lengths = np.stack([right - both, both, left - both], axis=1).ravel()
        letters = np.frombuffer((INSERTION + SUBSTITUTION + DELETION).encode(), np.uint8)
        out = np.full(count - len(self.left) + int(errors.sum()), ord(HIT), np.uint8)
        hits_before, errors_before = gaps - row_of, errors.cumsum() - errors
        out[spans(hits_before + errors_before, errors)] = np.repeat(
            np.tile(letters, len(gaps)), lengths
        )
        of_row = np.bincount(row_of, errors, len(self.left)).astype(int)
        return Ragged(out, np.diff(self._gaps) - 1 + of_row)


def align_rows(left: Ragged, right: Ragged) -> Alignments:
    """As many rows of words' numbers on both sides, the reference's left -> their alignments.

    Time grows with the product of the lengths over 64, memory linearly (Myers' bit-parallel
    algorithm with Hirschberg's division, in RapidFuzz).
    """
    longest = max([0, *left.lengths.tolist(), *right.lengths.tolist()])
    same, other = "=" * longest, "x" * longest
    found: tuple[list[str], list[str]] = [], []
    for one, two in zip(*as_letters(left, right), strict=True):
        # What edits make of "===" with the letters of "xxx" tells the hits apart.
        edits = Levenshtein.editops(one, two)
        found[1].append(edits.apply(same[: len(one)], other[: len(two)]))
        found[0].append(edits.inverse().apply(same[: len(two)], other[: len(one)]))
    marks = (np.frombuffer("".join(side).encode("ascii"), np.uint8) for side in found)
    return Alignments(left, right, *(mark == ord("=") for mark in marks))


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> str:
    """Words of reference and hypothesis -> the operations of their alignment; see `align_rows`."""
    known = Vocabulary()
    left, right = (
        Ragged(known.encode_words(list(words)), np.array([len(words)]))
        for words in (reference, hypothesis)
    )
    return align_rows(left, right).operations().values.tobytes().decode("ascii")
