"""Probabilities of words against right and wrong: the reliability table and what sums it up."""

from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.score_table import ScoreTable

if TYPE_CHECKING:
    import numpy as np

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
    columns = table.read("confidences", "alignment")
    confidences = table.by_condition(columns["confidences"])
    alignments = table.by_condition(columns["alignment"])
    summaries: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for name, lists, texts in zip(table.conditions, confidences, alignments, strict=True):
        known, right = _labelled(lists, texts)
        if len(known) == 0:
            summaries.append({})
            continue
        equal = _reliability(known, right, _equal_width(known))
        adaptive = _reliability(known, right, _equal_count(known))
        summaries.append(
            {
                "ece": _expected_error(equal),
                "ece_adaptive": _expected_error(adaptive),
                "auroc": auroc(known, right),
            }
        )
        for kind, bins in (("equal_width", equal), ("equal_count", adaptive)):
            rows += [{"condition": name, "bins": kind, **one} for one in bins]
    return summaries, rows


def _labelled(lists: Any, texts: Any) -> "tuple[np.ndarray, np.ndarray]":
    """Lists of probabilities and alignments -> probabilities of words, and which are right."""
    import numpy as np
    import pyarrow.compute as pc

    rated = pc.and_(pc.greater(pc.list_value_length(lists), 0), pc.is_valid(texts))
    known = lists.filter(rated).flatten().to_numpy(zero_copy_only=False).astype(float)
    joined = "".join(texts.filter(rated).to_pylist()).replace("D", "")
    right = np.frombuffer(joined.encode("ascii"), dtype=np.uint8) == ord("=")
    finite = np.isfinite(known)
    return known[finite], right[finite]


def _equal_width(known: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.clip((known * BINS).astype(int), 0, BINS - 1)


def _equal_count(known: "np.ndarray") -> "np.ndarray":
    """Probabilities -> bins of equally many words; equal probabilities stay in one bin."""
    import numpy as np

    _, value_of, counts = np.unique(known, return_inverse=True, return_counts=True)
    starts = np.cumsum(counts) - counts
    bin_of_value = np.minimum((starts + counts / 2) * BINS / len(known), BINS - 1).astype(int)
    return bin_of_value[value_of]


def _reliability(
    known: "np.ndarray", right: "np.ndarray", bin_of: "np.ndarray"
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index in range(BINS):
        mine = bin_of == index
        count = int(mine.sum())
        if not count:
            continue
        confidence, accuracy = float(known[mine].mean()), float(right[mine].mean())
        rows.append(
            {
                "bin": index,
                "low": float(known[mine].min()),
                "high": float(known[mine].max()),
                "words": count,
                "mean_confidence": confidence,
                "accuracy": accuracy,
                "gap": confidence - accuracy,
            }
        )
    return rows


def _expected_error(bins: list[dict[str, Any]]) -> float:
    total = sum(one["words"] for one in bins)
    return sum(one["words"] * abs(one["gap"]) for one in bins) / total


def auroc(known: "np.ndarray", right: "np.ndarray") -> float | None:
    """Probabilities and which words are right -> area under the ROC curve; None if all agree.

    The Mann-Whitney statistic over the number of pairs, ties counted half.
    """
    import numpy as np

    count = int(right.sum())
    wrong = len(right) - count
    if not count or not wrong:
        return None
    _, value_of, counts = np.unique(known, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[value_of]
    return float((ranks[right].sum() - count * (count + 1) / 2) / (count * wrong))
