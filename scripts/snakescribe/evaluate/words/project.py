"""Values that belong to raw words -> the same values for the normalised words made of them."""

import numpy as np

from snakescribe.evaluate.words.align import align_rows
from snakescribe.evaluate.words.ragged import Ragged, equal_rows, spans


class Sources:
    """For each normalised word, the raw words that it was made of.

    A normaliser may join, split, drop or rewrite words (``twenty five`` becomes ``25``). Each raw
    word is normalised alone and the result aligned with the text's words: what is equal comes
    from the same place; where they differ, each normalised word comes from all raw words there.
    """

    def __init__(self, raw: Ragged, alone: Ragged, words: Ragged) -> None:
        """Find them.

        Args:
            raw: a row a text: the numbers of its raw words. A row without any has no sources.
            alone: a row a raw number: the numbers of the words that it becomes alone.
            words: a row a text: the numbers of the words that it was normalised to.
        """
        made = raw.flatten(alone)
        made_of = np.repeat(np.arange(len(raw.values)), alone.lengths[raw.values])
        known = raw.lengths > 0
        self.lengths = np.where(known, words.lengths, 0)
        self._first = np.empty(int(self.lengths.sum()), int)
        equal = known & equal_rows(made, words)
        others = np.flatnonzero(known & ~equal)
        same = np.repeat(equal, self.lengths)
        self._first[same] = made_of[np.repeat(equal, made.lengths)]
        self._stop = self._first + 1
        left = made.take(others)
        source = made_of[spans(made.starts[others], left.lengths)]
        self._first[~same], self._stop[~same] = _align(source, left, words.take(others))

    def spread(self, values: np.ndarray) -> Ragged:
        """A value for each raw word -> for each normalised word the mean of those it is made of.

        Args:
            values: (raw words of all rows,) such as times or probabilities; nan where not known.

        Returns:
            A row a text, with a float for each normalised word: nan where none of its sources is
            known. A row is empty where the text has no raw words.
        """
        first, stop = self._first, self._stop
        if not len(values):
            return Ragged(np.empty(0), np.zeros_like(self.lengths))
        out = values[np.minimum(first, len(values) - 1)]
        joined = np.flatnonzero(stop - first != 1)
        several = values[spans(first[joined], stop[joined] - first[joined])]
        known = np.isfinite(several)
        of_joined = Ragged(several, stop[joined] - first[joined])
        with np.errstate(invalid="ignore"):
            out[joined] = of_joined.sums(np.where(known, several, 0)) / of_joined.sums(known)
        return Ragged(out, self.lengths)


def _align(source: np.ndarray, left: Ragged, right: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Align words that raw ones become alone with the texts' -> the raw words of each of these.

    Args:
        source: (words of left,) the raw word that each was made of.
        left: rows of the words that raw ones become alone.
        right: as many rows of the texts' words.

    Returns:
        (words of right,) each, the first raw word and the one behind the last. A hit has its own
        raw word; what lies in a gap between hits has all in that gap, or none.
    """
    aligned = align_rows(left, right)
    first, stop = np.zeros((2, len(right.values)), int)
    first[aligned.right_hit] = source[aligned.left_hit]
    stop[aligned.right_hit] = source[aligned.left_hit] + 1
    gaps, candidates = aligned.left_gap[~aligned.left_hit], source[~aligned.left_hit]
    gap_of = aligned.right_gap[~aligned.right_hit]
    begin, end = np.searchsorted(gaps, gap_of, "left"), np.searchsorted(gaps, gap_of, "right")
    filled = begin < end
    places = np.flatnonzero(~aligned.right_hit)[filled]
    first[places], stop[places] = candidates[begin[filled]], candidates[end[filled] - 1] + 1
    return first, stop
