"""Rows of different lengths in one array, so that work on them needs no loop over rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Ragged:
    """Rows of values: `values` (all of them, row after row) and `lengths` (rows,)."""

    values: np.ndarray
    lengths: np.ndarray

    @cached_property
    def stops(self) -> np.ndarray:
        """(rows,) where each row ends in `values`."""
        return self.lengths.cumsum()

    @cached_property
    def starts(self) -> np.ndarray:
        """(rows,) where each row begins in `values`."""
        return self.stops - self.lengths

    @cached_property
    def row_of(self) -> np.ndarray:
        """(values,) the row of each value."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.lengths)

    def __getitem__(self, row: int) -> np.ndarray:
        """A row's values."""
        return self.values[self.starts[row] : self.stops[row]]

    def part(self, first: int, stop: int) -> "Ragged":
        """The rows from `first` to the one before `stop`."""
        begin = self.starts[first] if first < stop else 0
        end = self.stops[stop - 1] if first < stop else 0
        return Ragged(self.values[begin:end], self.lengths[first:stop])

    def take(self, rows: np.ndarray) -> "Ragged":
        """The rows at these places, in this order."""
        lengths = self.lengths[rows]
        return Ragged(self.values[spans(self.starts[rows], lengths)], lengths)

    @classmethod
    def concatenate(cls, many: Sequence["Ragged"]) -> "Ragged":
        """One or more -> all rows, in order."""
        return cls(
            np.concatenate([one.values for one in many]),
            np.concatenate([one.lengths for one in many]),
        )

    def flatten(self, inner: "Ragged") -> "Ragged":
        """Rows of values that are rows of `inner` -> rows of all that those hold."""
        found = inner.take(self.values)
        return Ragged(found.values, self.sums(found.lengths, int))

    def filled(self, lengths: np.ndarray) -> np.ndarray:
        """Lengths of full rows -> the values of these, nan in rows that have none here."""
        out = np.full(int(lengths.sum()), np.nan)
        out[np.repeat(self.lengths > 0, lengths)] = self.values
        return out

    def sums(self, values: np.ndarray, kind: type = float) -> np.ndarray:
        """As many values as there are -> the sum over each row (rows,), as numbers of a kind.

        A row's sum depends on its own values alone, to the last bit.
        """
        out: np.ndarray = np.zeros(len(self.lengths), kind)
        filled = self.lengths > 0
        if filled.any():
            out[filled] = np.add.reduceat(values, self.starts[filled], dtype=kind)
        return out


class GrowingRows:
    """Rows of whole numbers that are added one by one, and asked for now and then."""

    def __init__(self) -> None:
        """Start without rows."""
        self._done = Ragged(np.empty(0, np.int32), np.empty(0, int))
        self._values: list[int] = []
        self._lengths: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        """How many rows there are."""
        return self._count

    def append(self, values: Sequence[int]) -> int:
        """Add a row; return its place."""
        self._values += values
        self._lengths.append(len(values))
        self._count += 1
        return self._count - 1

    def rows(self) -> Ragged:
        """All rows (int32)."""
        if self._lengths:
            added = Ragged(np.array(self._values, np.int32), np.array(self._lengths, int))
            self._done = Ragged.concatenate([self._done, added])
            self._values.clear()
            self._lengths.clear()
        return self._done


def spans(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Starts and lengths -> the numbers from each start on, as many as its length, in a row."""
    stops = lengths.cumsum()
    total = int(stops[-1]) if len(stops) else 0
    return np.repeat(starts - (stops - lengths), lengths) + np.arange(total)


def equal_rows(one: Ragged, other: Ragged) -> np.ndarray:
    """As many rows of both -> (rows,) whether they are equal."""
    same = one.lengths == other.lengths
    left, right = (side.values[np.repeat(same, side.lengths)] for side in (one, other))
    stops = np.where(same, one.lengths, 0).cumsum()
    same[np.searchsorted(stops, np.flatnonzero(left != right), "right")] = False
    return same
