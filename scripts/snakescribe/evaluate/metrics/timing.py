"""When words are said to begin, against a reference that times each word."""

from math import isnan

from snakescribe.evaluate.align import matched_positions
from snakescribe.evaluate.metrics.base import Figure, Metric, each_sample, ratio
from snakescribe.evaluate.sample import Sample

NEAR_SECONDS = 0.2


@each_sample
def count_timing(sample: Sample) -> dict[str, float]:
    """A sample -> hits that both sides time, and the errors of their starts."""
    counts = dict.fromkeys(("timed_words", "start_errors", "start_shifts", "near_starts"), 0.0)
    if not len(sample.reference_starts) or not len(sample.hypothesis_starts):
        return counts
    for left, right in matched_positions(sample.alignment):
        shift = sample.hypothesis_starts[right] - sample.reference_starts[left]
        if isnan(shift):
            continue
        counts["timed_words"] += 1
        counts["start_errors"] += abs(shift)
        counts["start_shifts"] += shift
        counts["near_starts"] += abs(shift) <= NEAR_SECONDS
    return counts


TIMING = Metric(
    "timing",
    ("timed_words", "start_errors", "start_shifts", "near_starts"),
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
