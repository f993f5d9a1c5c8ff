"""The matched-pairs sentence-segment word error test (MAPSSWE).

Sources: Gillick & Cox (ICASSP 1989); Pallett, Fisher & Fiscus (ICASSP 1990); NIST's SCTK, whose
``sc_stats -t mapsswe`` is the reference implementation.

Two transcripts of the same speech are cut into segments that are bounded by at least two words
that both have right, so that errors in different segments can be taken as independent; segments
without an error are dropped. The mean difference of the two error counts, over its standard
error, is compared with the normal distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

MIN_GOOD_WORDS = 2


@dataclass(frozen=True)
class Mapsswe:
    """Outcome of the test: segments, mean difference of errors in one, z and two-sided p."""

    segments: int
    mean: float
    z: float
    p: float


def locate_errors(alignments: Sequence[str]) -> np.ndarray:
    """The alignments of chunks, in order -> the errors at each slot of an axis (integers).

    All transcripts of the same reference share the axis: for each reference word a slot, with
    the insertions before it; at the end of each chunk one for insertions, and as many empty ones
    as part the chunks' segments. A slot's number is twice its errors, and 1 more where the word
    itself is wrong.
    """
    gap = "$" * (1 + MIN_GOOD_WORDS)
    joined = "".join(alignment + gap for alignment in alignments).encode("ascii")
    operations = np.frombuffer(joined, dtype=np.uint8)
    is_insertion = operations == ord("I")
    places = operations[~is_insertion]
    errors: np.ndarray = 3 * ((places == ord("S")) | (places == ord("D"))).astype(np.int32)
    # An insertion lies before the word that the next slot is for.
    inserted = np.flatnonzero(is_insertion)
    np.add.at(errors, inserted - np.arange(len(inserted)), 2)
    return errors.astype(np.int16) if errors.max(initial=0) < 2**15 else errors


def compare_matched_pairs(slots: np.ndarray, left: np.ndarray, right: np.ndarray) -> Mapsswe:
    """Two transcripts of the same chunks -> the test of their difference.

    Args:
        slots: those of the axis of `locate_errors` at which either has an error, ascending.
        left: (slots,) what `locate_errors` gave a condition at each of them.
        right: (slots,) the same of the condition that it is compared with.

    Returns:
        nan for z and p where there are fewer than two segments, or where all differ alike; p is 1
        where all are equal.
    """
    if len(slots) == 0:
        return Mapsswe(0, 0.0, float("nan"), float("nan"))
    # Good words between an error and the next: behind a wrong word they begin at the next slot.
    between = np.diff(slots) - ((left | right)[:-1] & 1)
    stops = np.append(np.flatnonzero(between >= MIN_GOOD_WORDS), len(slots) - 1)
    sums = np.cumsum((left >> 1) - (right >> 1), dtype=np.int32)[stops]
    differences = np.diff(sums, prepend=0).astype(float)
    count, total, squares = len(stops), float(sums[-1]), float(differences @ differences)
    mean = total / count
    if count < 2:
        return Mapsswe(count, mean, float("nan"), float("nan"))
    variance = (squares - total * mean) / (count - 1)
    if squares * count == total**2:  # whole numbers: all segments differ alike
        outcome = (0.0, 1.0) if total == 0 else (float("nan"), float("nan"))
        return Mapsswe(count, mean, *outcome)
    z = mean / (variance / count) ** 0.5
    return Mapsswe(count, mean, z, float(2 * ndtr(-abs(z))))
