"""Scores -> the reliability of the models' probabilities of words, and what sums it up."""

from typing import Any

import numpy as np
import pyarrow.compute as pc

from snakescribe.evaluate.compare.scores import ScoreTable

BINS = 15
SUMMARY_COLUMNS = ("ece", "ece_adaptive", "auroc")
COLUMNS = (
    "condition",
    "bins",
    "bin",
    "low",
    "high",
    "words",
    "mean_confidence",
    "accuracy",
    "gap",
)


def calibrate(table: ScoreTable) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Scores -> `SUMMARY_COLUMNS` of each condition, and the rows of ``calibration.csv``.

    Expected calibration error: the mean over bins, weighted by their words, of the distance
    between accuracy and mean confidence (Naeini et al. 2015), with 15 bins of equal width; the
    adaptive one has 15 bins of equally many words (Nixon et al. 2019). AUROC is the chance that a
    right word has a higher probability than a wrong one.
    """
    summaries: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    columns = zip(table.column("confidences"), table.column("alignment"), strict=True)
    for name, (lists, texts) in zip(table.conditions, columns, strict=True):
        known, right = _labelled(lists, texts)
        if len(known) == 0:
            summaries.append({})
            continue
        values, words, hits = _tally(known, right)
        equal = reliability(values, words, hits, _equal_width(values))
        adaptive = reliability(values, words, hits, _equal_count(words))
        summaries.append(
            {
                "ece": expected_error(equal),
                "ece_adaptive": expected_error(adaptive),
                "auroc": auroc(words, hits),
            }
        )
        for kind, bins in (("equal_width", equal), ("equal_count", adaptive)):
            rows += [{"condition": name, "bins": kind, **row} for row in bins]
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
    return np.clip((values * BINS).astype(int), 0, BINS - 1)


def _equal_count(words: np.ndarray) -> np.ndarray:
    """Words of each value, in ascending order -> its bin; equal values stay in one bin."""
    middles = np.cumsum(words) - words / 2
    return np.minimum(middles * BINS / words.sum(), BINS - 1).astype(int)


def reliability(
    values: np.ndarray, words: np.ndarray, hits: np.ndarray, bin_of: np.ndarray
) -> list[dict[str, Any]]:
    """Ascending probabilities, with the words and right words of each, and bins -> one row a bin.

    Bins without words are left out.
    """
    totals = np.bincount(bin_of, weights=words)
    confidence = np.bincount(bin_of, weights=words * values)
    right = np.bincount(bin_of, weights=hits)
    rows: list[dict[str, Any]] = []
    for index in np.flatnonzero(totals).tolist():
        first, stop = np.searchsorted(bin_of, [index, index + 1])
        rows.append(
            {
                "bin": index,
                "low": float(values[first]),
                "high": float(values[stop - 1]),
                "words": int(totals[index]),
                "mean_confidence": float(confidence[index] / totals[index]),
                "accuracy": float(right[index] / totals[index]),
                "gap": float((confidence[index] - right[index]) / totals[index]),
            }
        )
    return rows


def expected_error(bins: list[dict[str, Any]]) -> float:
    """Rows of `reliability` -> the expected calibration error."""
    return sum(row["words"] * abs(row["gap"]) for row in bins) / sum(row["words"] for row in bins)


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
