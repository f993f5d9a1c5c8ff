"""Alignments of all conditions -> MAPSSWE of any two, on any chunks."""

from typing import TYPE_CHECKING

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.mapsswe import (
    MIN_GOOD_WORDS,
    Mapsswe,
    compare_matched_pairs,
    locate_errors,
)

if TYPE_CHECKING:
    import numpy as np


class Segments:
    """Where each condition has its errors, on one axis of all chunks.

    See `locate_errors` for the axis.
    """

    def __init__(self, table: ScoreTable) -> None:
        """Take the scores; the alignments of all conditions are read."""
        import numpy as np

        words = table.counts["words"].max(axis=0).astype(int)
        self._scored = table.scored
        self._slots = words + 1 + MIN_GOOD_WORDS  # of each chunk
        self._errors = []
        for scored, alignments in zip(table.scored, table.column("alignment"), strict=True):
            found = locate_errors(alignments.drop_null().to_pylist())
            if not scored.all():
                every = np.zeros(int(self._slots.sum()), found.dtype)
                every[np.repeat(scored, self._slots)] = found
                found = every
            self._errors.append(found)
        self._wrong = [found.astype(bool) for found in self._errors]

    def compare(self, one: int, other: int, chunks: "np.ndarray") -> Mapsswe:
        """Two conditions and whether each chunk takes part (chunks,) -> the test of the pair."""
        import numpy as np

        slots = np.flatnonzero(self._wrong[one] | self._wrong[other])
        if (chunks != (self._scored[one] | self._scored[other])).any():
            slots = slots[np.repeat(chunks, self._slots)[slots]]
        return compare_matched_pairs(slots, self._errors[one][slots], self._errors[other][slots])
