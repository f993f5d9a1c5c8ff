"""Scores -> the reliability of the models' probabilities of words, and what sums it up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.tables import Row

BINS = 15


@dataclass(frozen=True)
class Calibration:
    """What sums up how far a condition's probabilities can be believed.

    Attributes:
        ece: expected calibration error: the mean over bins, weighted by their words, of the
            distance between accuracy and mean confidence (Naeini et al. 2015), with 15 bins of
            equal width.
        ece_adaptive: the same with 15 bins of equally many words (Nixon et al. 2019).
        auroc: the chance that a right word has a higher probability than a wrong one; None where
            all words are right, or none.
    """

    ece: float
    ece_adaptive: float
    auroc: float | None


@dataclass(frozen=True)
class Bin:
    """Words whose probabilities lie close together.

    Attributes:
        bin: its number, from 0.
        low: the lowest probability in it.
        high: the highest.
        words: how many there are.
        mean_confidence: the mean of their probabilities.
        accuracy: the share that is right.
        gap: mean confidence less accuracy.
    """

    bin: int
    low: float
    high: float
    words: int
    mean_confidence: float
    accuracy: float
    gap: float


def calibrate(table: ScoreTable) -> tuple[list[Calibration | None], list[Row]]:
    """Scores -> each condition's calibration, and the rows of ``calibration.csv``.

    A condition whose words have no probabilities, or no reference, has None and no rows.
    """
    summaries: list[Calibration | None] = []
    rows: list[Row] = []
    columns = zip(table.column("confidences"), table.column("alignment"), strict=True)
    for name, (lists, texts) in zip(table.conditions, columns, strict=True):
        known, right = _labelled(lists, texts)
        if len(known) == 0:
            summaries.append(None)
            continue
        values, words, hits = _tally(known, right)
        equal = reliability(values, words, hits, _equal_width(values))
        adaptive = reliability(values, words, hits, _equal_count(words))
        summaries.append(
            Calibration(expected_error(equal), expected_error(adaptive), auroc(words, hits))
        )
        for kind, bins in (("equal_width", equal), ("equal_count", adaptive)):
            rows += [{"condition": name, "bins": kind, **asdict(row)} for row in bins]
    return summaries, rows


def _labelled(lists: Any, texts: Any) -> tuple[np.ndarray, np.ndarray]:
    """Lists of probabilities and alignments -> probabilities of words, and which are right."""
    rated = pc.and_(pc.greater(pc.list_value_length(lists), 0), pc.is_valid(texts))
    known = lists.filter(rated).flatten().to_numpy(zero_copy_only=False)
    joined = "".join(texts.filter(rated).to_pylist()).replace("D", "")
    right = np.frombuffer(joined.encode("ascii"), dtype=np.uint8) == ord("=")
    finite = np.isfinite(known)
    return known[finite], right[finite]


def _tally(known: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, ...]:
    """Probabilities and which are right -> the different ones, their words and right words.

    One sort of whole numbers: the bits of floats from 0 up are in the floats' order, and the sign
    leaves room for right or wrong.
    """
    keys = np.sort(np.abs(known).astype(np.float32).view(np.uint32) << 1 | right)
    bits = keys >> 1
    starts = np.flatnonzero(np.diff(bits, prepend=~bits[:1]))
    words = np.diff(starts, append=len(bits))
    hits = np.add.reduceat(keys & 1, starts, dtype=float)
    return bits[starts].view(np.float32).astype(float), words, hits


def _equal_width(values: np.ndarray) -> np.ndarray:
    bins: np.ndarray = np.clip((values * BINS).astype(int), 0, BINS - 1)
    return bins


def _equal_count(words: np.ndarray) -> np.ndarray:
    """Words of each value, in ascending order -> its bin; equal values stay in one bin."""
    middles = np.cumsum(words) - words / 2
    bins: np.ndarray = np.minimum(middles * BINS / words.sum(), BINS - 1).astype(int)
    return bins


def reliability(
    values: np.ndarray, words: np.ndarray, hits: np.ndarray, bin_of: np.ndarray
) -> list[Bin]:
    """Different probabilities and the bin of each -> the bins that have words.

    Args:
        values: (values,) the probabilities, ascending.
        words: (values,) how many words have each.
        hits: (values,) how many of them are right.
        bin_of: (values,) the number of its bin, ascending.
    """
    totals = np.bincount(bin_of, weights=words)
    confidence = np.bincount(bin_of, weights=words * values)
    right = np.bincount(bin_of, weights=hits)
    bins: list[Bin] = []
    for index in np.flatnonzero(totals).tolist():
        first, stop = np.searchsorted(bin_of, [index, index + 1])
        bins.append(
            Bin(
                bin=index,
                low=float(values[first]),
                high=float(values[stop - 1]),
                words=int(totals[index]),
                mean_confidence=float(confidence[index] / totals[index]),
                accuracy=float(right[index] / totals[index]),
                gap=float((confidence[index] - right[index]) / totals[index]),
            )
        )
    return bins


def expected_error(bins: Sequence[Bin]) -> float:
    """Bins -> the expected calibration error."""
    return sum(part.words * abs(part.gap) for part in bins) / sum(part.words for part in bins)


def auroc(words: np.ndarray, hits: np.ndarray) -> float | None:
    """Words and right words of each probability, ascending -> area under the ROC curve.

    The Mann-Whitney statistic over the number of pairs, ties counted half; None where all words
    are right, or none.
    """
    wrong = words - hits
    pairs = float(hits.sum() * wrong.sum())
    if not pairs:
        return None
    below = np.cumsum(wrong) - wrong
    return float((hits * (below + wrong / 2)).sum() / pairs)
