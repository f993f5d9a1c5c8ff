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
            raw: (rows) numbers of raw words; a row without any has no sources.
            alone: for each such number the words that it becomes alone.
            words: (as many rows) the words of the normalised texts.
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

        What is not known (nan) does not count; nan where nothing is known.
        """
        first, stop = self._first, self._stop
        if not len(values):
            return Ragged(np.empty(0), np.zeros_like(self.lengths))
        out = values[np.minimum(first, len(values) - 1)]
        joined = np.flatnonzero(stop - first != 1)
        found = values[spans(first[joined], stop[joined] - first[joined])]
        known = np.isfinite(found)
        of_joined = Ragged(found, stop[joined] - first[joined])
        with np.errstate(invalid="ignore"):
            out[joined] = of_joined.sums(np.where(known, found, 0)) / of_joined.sums(known)
        return Ragged(out, self.lengths)


def _align(source: np.ndarray, left: Ragged, right: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Words made of raw ones alone (with these) and those of the texts -> first raw one, and stop.

    A hit has its own; what lies in a gap between hits has all in that gap, or none.
    """
    found = align_rows(left, right)
    first, stop = np.zeros((2, len(right.values)), int)
    first[found.right_hit] = source[found.left_hit]
    stop[found.right_hit] = source[found.left_hit] + 1
    gaps, candidates = found.left_gap[~found.left_hit], source[~found.left_hit]
    mine = found.right_gap[~found.right_hit]
    begin, end = np.searchsorted(gaps, mine, "left"), np.searchsorted(gaps, mine, "right")
    some = begin < end
    places = np.flatnonzero(~found.right_hit)[some]
    first[places], stop[places] = candidates[begin[some]], candidates[end[some] - 1] + 1
    return first, stop
