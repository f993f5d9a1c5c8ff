"""When words are said to begin, against a reference that times each word."""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, ratio
from snakescribe.evaluate.words.ragged import Ragged

NEAR_SECONDS = 0.2
COUNTS = ("timed_words", "start_errors", "start_shifts", "near_starts")


def count_timing(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> hits that both sides time, and the errors of their starts."""
    left, right = samples.hits
    shifts = samples.hypothesis_starts.filled(samples.hypothesis.lengths)[right]
    shifts -= samples.reference_starts.filled(samples.reference.lengths)[left]
    known = np.isfinite(shifts)
    rows = samples.reference.row_of[left[known]]
    shifts, by_row = shifts[known], Ragged(rows, np.bincount(rows, minlength=len(samples)))
    near = np.abs(shifts) <= NEAR_SECONDS
    each = (np.ones(len(shifts)), np.abs(shifts), shifts, near)
    return {name: by_row.sums(values) for name, values in zip(COUNTS, each, strict=True)}


TIMING = Metric(
    "timing",
    COUNTS,
    count_timing,
    (
        Figure(
            "start_error_seconds",
            "mean absolute error of the start of words that are right",
            ratio("start_errors", "timed_words"),
            unit="s",
        ),
        Figure(
            "start_shift_seconds",
            "mean error of their start: above 0 is late",
            ratio("start_shifts", "timed_words"),
            unit="s",
        ),
        Figure(
            "starts_within_200_ms",
            "share of those words whose start is within 200 ms",
            ratio("near_starts", "timed_words"),
            lower_is_better=False,
        ),
    ),
)
