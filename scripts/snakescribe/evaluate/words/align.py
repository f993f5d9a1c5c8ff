"""Two sequences of words -> their alignment at minimum edit distance (Levenshtein's).

Substitution, deletion and insertion cost 1 each, as in jiwer and NIST's ``sclite`` with equal
weights. An alignment is a string of operations in order: ``=`` a hit, ``S`` a substitution, ``D`` a
deletion, ``I`` an insertion. A hit and a substitution take a word of both sides, a deletion one of
the reference, an insertion one of the hypothesis:

    reference   the cat sat on    mat
    hypothesis  the     sat in a  mat
    alignment   =   D   =   S  I  =
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
    """Many pairs of rows aligned; what it tells comes without a loop over their edits.

    Attributes:
        left: the references, rows of word numbers.
        right: the hypotheses, as many rows.
        left_hit: (words of all references,) bool, whether each is a hit.
        right_hit: (words of all hypotheses,) the same; in each row as many as on the left.
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
        gaps: np.ndarray = self.left_hit.cumsum() - self.left_hit + self.left.row_of
        return gaps

    @cached_property
    def right_gap(self) -> np.ndarray:
        """(values,) the same of the other side."""
        gaps: np.ndarray = self.right_hit.cumsum() - self.right_hit + self.right.row_of
        return gaps

    def operations(self) -> Ragged:
        """The alignments: rows of operations (uint8, the ASCII codes of ``=SDI``).

        Between two hits lies a gap: m words of the reference and n of the hypothesis, min(m, n)
        of them substitutions. What one side has more, insertions or deletions, stands before the
        substitutions if it is insertions and behind them if it is deletions.
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
    """Rows of word numbers, the references' and as many hypotheses' -> their alignments.

    Row i of `left` is aligned with row i of `right`. Time grows with the product of the two
    lengths over 64, memory linearly (Myers' bit-parallel algorithm with Hirschberg's division, in
    RapidFuzz).
    """
    longest = max([0, *left.lengths.tolist(), *right.lengths.tolist()])
    same, other = "=" * longest, "x" * longest
    left_marks: list[str] = []
    right_marks: list[str] = []
    for reference, hypothesis in zip(*as_letters(left, right), strict=True):
        # What edits make of "===" with the letters of "xxx" tells the hits apart.
        edits = Levenshtein.editops(reference, hypothesis)
        right_marks.append(edits.apply(same[: len(reference)], other[: len(hypothesis)]))
        left_marks.append(edits.inverse().apply(same[: len(hypothesis)], other[: len(reference)]))
    return Alignments(left, right, _are_hits(left_marks), _are_hits(right_marks))


def _are_hits(marks: list[str]) -> np.ndarray:
    """Rows of marks, `=` or `x` a word -> (words,) which are `=`."""
    hits: np.ndarray = np.frombuffer("".join(marks).encode("ascii"), np.uint8) == ord("=")
    return hits


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> str:
    """Words of a reference and a hypothesis -> their operations, such as ``"=D=SI="``.

    For one pair of texts; `align_rows` is for many.
    """
    known = Vocabulary()
    left, right = (
        Ragged(known.encode_words(list(words)), np.array([len(words)]))
        for words in (reference, hypothesis)
    )
    return align_rows(left, right).operations().values.tobytes().decode("ascii")
