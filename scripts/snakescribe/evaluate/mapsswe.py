"""The matched-pairs sentence-segment word error test (MAPSSWE).

Sources: Gillick & Cox (ICASSP 1989); Pallett, Fisher & Fiscus (ICASSP 1990); NIST's SCTK, whose
``sc_stats -t mapsswe`` is the reference implementation.

Two transcripts of the same speech are cut into segments that are bounded by at least two words
that both have right, so that errors in different segments can be taken as independent; segments
without an error are dropped. The mean difference of the two error counts, over its standard
error, is compared with the normal distribution.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

MIN_GOOD_WORDS = 2


@dataclass(frozen=True)
class Mapsswe:
    """Outcome of the test: segments, mean difference of errors in one, z and two-sided p."""

    segments: int
    mean: float
    z: float
    p: float


def locate_errors(alignments: "Sequence[str]") -> "np.ndarray":
    """The alignments of chunks, in order -> the number of errors at each place of an axis.

    All transcripts of the same reference share the axis: for each reference word a place before
    it, for insertions, and one for the word itself; at the end of each chunk a place for
    insertions, and as many empty ones as part the chunks' segments.
    """
    import numpy as np

    gap = "$" * (1 + MIN_GOOD_WORDS)
    joined = "".join(one + gap for one in alignments).encode("ascii")
    operations = np.frombuffer(joined, dtype=np.uint8)
    is_insertion = operations == ord("I")
    slot = np.cumsum(~is_insertion) - ~is_insertion  # an insertion lies before the next slot's word
    errors = np.zeros(2 * (len(operations) - int(is_insertion.sum())), dtype=np.int16)
    wrong = (operations == ord("S")) | (operations == ord("D"))
    errors[2 * slot[wrong] + 1] = 1
    np.add.at(errors, 2 * slot[is_insertion], 1)
    return errors


def compare_matched_pairs(places: "np.ndarray", one: "np.ndarray", other: "np.ndarray") -> Mapsswe:
    """Two transcripts of the same chunks -> the test of their difference.

    Args:
        places: those of the axis of `locate_errors` at which either has an error, ascending.
        one: errors of a condition at each of them.
        other: those of the condition that it is compared with.

    Returns:
        nan for z and p where there are fewer than two segments, or where all differ alike; p is 1
        where all are equal.
    """
    import numpy as np
    from scipy.special import ndtr

    if len(places) == 0:
        return Mapsswe(0, 0.0, float("nan"), float("nan"))
    slot = places >> 1
    # Good words between an error and the next: an error in a word is behind it at the next slot.
    between = np.diff(slot) - (places[:-1] & 1)
    starts = np.flatnonzero(np.concatenate([[True], between >= MIN_GOOD_WORDS]))
    sums = np.cumsum(one - other, dtype=np.int32)
    differences = np.diff(sums[np.append(starts[1:] - 1, len(sums) - 1)], prepend=np.int32(0))
    count, mean = len(differences), float(differences.mean())
    if count < 2:
        return Mapsswe(count, mean, float("nan"), float("nan"))
    deviation = float(differences.std(ddof=1))
    if deviation == 0:
        outcome = (0.0, 1.0) if mean == 0 else (float("nan"), float("nan"))
        return Mapsswe(count, mean, *outcome)
    z = mean / (deviation / count**0.5)
    return Mapsswe(count, mean, z, float(2 * ndtr(-abs(z))))
