"""Alignments of all conditions -> MAPSSWE of any two, on any chunks."""

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.mapsswe import (
    MIN_GOOD_WORDS,
    Mapsswe,
    compare_matched_pairs,
    locate_errors,
)


class Segments:
    """Where each condition has its errors, on one axis of all chunks.

    See `locate_errors` for the axis.
    """

    def __init__(self, table: ScoreTable) -> None:
        """Take the scores; the alignments of all conditions are read."""
        words = _words_of(table).max(axis=0).astype(int)
        self._scored = table.scored
        self._slots = words + 1 + MIN_GOOD_WORDS  # of each chunk
        self._errors = []
        for scored, alignments in zip(table.scored, table.column("alignment"), strict=True):
            errors = locate_errors(alignments.drop_null().to_pylist())
            if not scored.all():
                of_scored = errors
                errors = np.zeros(int(self._slots.sum()), of_scored.dtype)
                errors[np.repeat(scored, self._slots)] = of_scored
            self._errors.append(errors)
        self._wrong = [errors.astype(bool) for errors in self._errors]

    def compare(self, left: int, right: int, chunks: np.ndarray) -> Mapsswe:
        """Two conditions and whether each chunk takes part (chunks,) -> the test of the pair."""
        slots = np.flatnonzero(self._wrong[left] | self._wrong[right])
        if (chunks != (self._scored[left] | self._scored[right])).any():
            slots = slots[np.repeat(chunks, self._slots)[slots]]
        return compare_matched_pairs(slots, self._errors[left][slots], self._errors[right][slots])


def _words_of(table: ScoreTable) -> np.ndarray:
    """Reference words (conditions, chunks) of the rows whose alignments are read.

    Repeats may be scored against different wordings of a reference.
    """
    if max(table.repeats, default=0) < 2:
        return table.counts["words"]
    words = np.zeros(table.scored.shape)
    for condition, (rows, counts) in enumerate(
        zip(table.rows_of, table.column("words"), strict=True)
    ):
        words[condition, table.chunk_of[rows]] = counts.fill_null(0).to_numpy()
    return words
