"""How far conditions write the same, with or without a reference."""

from functools import cached_property

from snakescribe.evaluate.score_table import ScoreTable
from snakescribe.evaluate.vocabulary import as_letters


class Agreement:
    """The share of words that two conditions agree on, chunk by chunk."""

    def __init__(self, table: ScoreTable) -> None:
        """Take the scores; texts are read when the first pair is asked for."""
        self._table = table

    def between(self, one: int, other: int) -> float | None:
        """Two positions of conditions -> 1 - word edits / the longer text's words, over chunks.

        None where they have no chunk in common, or where both wrote nothing.
        """
        import numpy as np
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import cpdist

        both = np.flatnonzero(self._table.present[one] & self._table.present[other])
        left = [self._texts[one][chunk] for chunk in both.tolist()]
        right = [self._texts[other][chunk] for chunk in both.tolist()]
        longest = sum(map(max, map(len, left), map(len, right)))
        if not longest:
            return None
        edits = cpdist(left, right, scorer=Levenshtein.distance, dtype=np.int32)
        return 1 - float(edits.sum()) / longest

    @cached_property
    def _texts(self) -> list[dict[int, str]]:
        """For each condition the normalised words of each chunk, one character a word."""
        table = self._table
        _, words = table.words("hypothesis_normalized")
        texts = zip(table.rows_of, as_letters(*words), strict=True)
        return [dict(zip(table.chunk_of[rows].tolist(), mine, strict=True)) for rows, mine in texts]
