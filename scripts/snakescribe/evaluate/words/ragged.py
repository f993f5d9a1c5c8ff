"""Rows of different lengths in one array, so that work on them needs no loop over rows.

Other names for it: jagged array, Arrow's list array, the CSR layout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Ragged:
    """Rows of values, each of its own length.

    Attributes:
        values: (values,) those of the first row, then those of the second, and so on.
        lengths: (rows,) whole numbers, how many values each row has; may be 0.

    >>> rows = Ragged(np.array([7, 8, 9]), np.array([2, 0, 1]))
    >>> [row.tolist() for row in rows]
    [[7, 8], [], [9]]
    """

    values: np.ndarray
    lengths: np.ndarray

    @cached_property
    def stops(self) -> np.ndarray:
        """(rows,) where each row ends in `values`."""
        stops: np.ndarray = self.lengths.cumsum()
        return stops

    @cached_property
    def starts(self) -> np.ndarray:
        """(rows,) where each row begins in `values`."""
        starts: np.ndarray = self.stops - self.lengths
        return starts

    @cached_property
    def row_of(self) -> np.ndarray:
        """(values,) the row of each value."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.lengths)

    def __getitem__(self, row: int) -> np.ndarray:
        """A row's values.

        Raises:
            IndexError: there is no such row.
        """
        return self.values[self.starts[row] : self.stops[row]]

    def __iter__(self) -> Iterator[np.ndarray]:
        """One row after the other."""
        return map(self.__getitem__, range(len(self)))

    def part(self, first: int, stop: int) -> "Ragged":
        """The rows from `first` to the one before `stop`."""
        begin = self.starts[first] if first < stop else 0
        end = self.stops[stop - 1] if first < stop else 0
        return Ragged(self.values[begin:end], self.lengths[first:stop])

    def take(self, rows: np.ndarray) -> "Ragged":
        """The rows at these places, in this order."""
        lengths = self.lengths[rows]
        return Ragged(self.values[spans(self.starts[rows], lengths)], lengths)

    def among(self, places: np.ndarray, count: int) -> "Ragged":
        """Ascending places for the rows, and a number of rows -> so many, the others empty."""
        lengths = np.zeros(count, self.lengths.dtype)
        lengths[places] = self.lengths
        return Ragged(self.values, lengths)

    @classmethod
    def from_rows(cls, rows: Sequence[np.ndarray]) -> "Ragged":
        """Rows as arrays -> the same."""
        values = np.concatenate(rows) if rows else np.empty(0, np.int32)
        return cls(values, np.array([len(row) for row in rows], int))

    @classmethod
    def concatenate(cls, parts: Sequence["Ragged"]) -> "Ragged":
        """One or more -> all their rows, in order."""
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.lengths for part in parts]),
        )

    def flatten(self, inner: "Ragged") -> "Ragged":
        """Rows whose values are row numbers of `inner` -> rows of what those rows hold.

        >>> inner = Ragged(np.array([7, 8, 9]), np.array([2, 1]))  # 7 8 | 9
        >>> Ragged(np.array([1, 0, 1]), np.array([1, 2])).flatten(inner).values
        array([9, 7, 8, 9])
        """
        rows = inner.take(self.values)
        return Ragged(rows.values, self.sums(rows.lengths, int))

    def filled(self, lengths: np.ndarray) -> np.ndarray:
        """Lengths that rows ought to have (rows,) -> (sum of them,) floats: the values, or nan.

        A row has here as many values as it ought to, or none: then its values are nan.
        """
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
    """Rows of whole numbers that are added one at a time, and asked for now and then.

    To put them into one array at each `append` would copy all of them each time.
    """

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
    """Starts and lengths (rows,) -> the numbers from each start on, as many as its length.

    >>> spans(np.array([10, 5]), np.array([3, 2]))
    array([10, 11, 12,  5,  6])
    """
    stops = lengths.cumsum()
    total = int(stops[-1]) if len(stops) else 0
    return np.repeat(starts - (stops - lengths), lengths) + np.arange(total)


def equal_rows(left: Ragged, right: Ragged) -> np.ndarray:
    """As many rows of both -> (rows,) bool, whether row i of both has the same values."""
    same: np.ndarray = left.lengths == right.lengths
    left_values, right_values = (
        side.values[np.repeat(same, side.lengths)] for side in (left, right)
    )
    stops = np.where(same, left.lengths, 0).cumsum()
    same[np.searchsorted(stops, np.flatnonzero(left_values != right_values), "right")] = False
    return same
