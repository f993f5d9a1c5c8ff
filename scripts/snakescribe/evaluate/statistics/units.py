"""What is drawn with replacement: recordings, speakers, or whatever was sampled as a whole.

An interval speaks of what its units were drawn from. Utterances of one speaker are alike, so that a
corpus of 200 utterances of ten speakers says as much about other speakers as ten of them can:
intervals by utterance are then far too narrow (Bisani & Ney 2004; Liu & Peng 2020).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

# Fewer units than this say too little about how units differ: where the unit was chosen for the
# user, chunks are resampled instead, which says nothing about other recordings.
MIN_UNITS = 3
# With fewer units than this, their differences (whole numbers of words, mostly) are by chance so
# nearly alike now and then that Student's t trusts them far too much: nothing is found.
ENOUGH_UNITS = 5

# Between the names of nested units, the outer one first.
NESTED = " > "

CHUNK, RECORDING = "chunk", "recording"


def outer_unit(unit: str) -> str:
    """What was resampled -> what a finding speaks of: of nested units the outer one."""
    return unit.partition(NESTED)[0]


@dataclass(frozen=True)
class Units:
    """Which unit each chunk belongs to.

    Attributes:
        chain: what is drawn: the first unit that has at least `MIN_UNITS` with data, else the last.
        positions: by the name of a unit (chunks,) the position of each chunk's, from 0. Nested
            units stand under both names: ``speaker`` and ``speaker > recording``. Without `chunk`.
    """

    chain: tuple[str, ...]
    positions: Mapping[str, np.ndarray]

    @property
    def unit(self) -> str:
        """What is drawn."""
        return self.chain[0]

    def next(self) -> "Units":
        """What is drawn where there are too few of these."""
        return replace(self, chain=self.chain[1:])

    def choose(self, chunks: np.ndarray) -> "Units":
        """Whether each chunk is wanted (chunks,) -> the units of these."""
        positions = {name: places[chunks] for name, places in self.positions.items()}
        return replace(self, positions=positions)

    def sum_by(self, unit: str, counts: np.ndarray) -> np.ndarray:
        """Counts (conditions, chunks) -> their sums by unit (conditions, units)."""
        if unit == CHUNK:
            return counts
        places = self.positions[unit]
        size = int(places.max(initial=-1)) + 1
        rows = [np.bincount(places, row, size) for row in counts]
        return np.array(rows, float).reshape(len(counts), size)

    def clusters(self) -> np.ndarray | None:
        """The outer unit of each inner one (units,) where units are nested, else None."""
        if outer_unit(self.unit) == self.unit:
            return None
        inner = self.positions[self.unit]
        outer = np.zeros(int(inner.max(initial=-1)) + 1, int)
        outer[inner] = self.positions[outer_unit(self.unit)]
        return outer
