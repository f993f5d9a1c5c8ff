"""Heard or copied? Terms that a model writes although their sound was silenced."""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.metrics.term_counts import find_terms
from snakescribe.evaluate.statistics.figure import Figure, ratio

COUNTS = ("silenced_terms", "silenced_written")


def count_copied(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> for each how many terms were silenced, and how many of those are written.

    Where a term is said oftener than it was silenced, the model may have heard the others: only
    what it writes beyond them counts.
    """
    counts = {name: np.zeros(len(samples)) for name in COUNTS}
    for row, silenced in enumerate(samples.silenced):
        if not silenced:
            continue
        said = find_terms(list(silenced), samples.words(samples.reference, row))
        written = find_terms(list(silenced), samples.words(samples.hypothesis, row))
        for term, count in silenced.items():
            audible = max(0, len(said.get(term, ())) - count)
            beyond = len(written.get(term, ())) - audible
            counts["silenced_terms"][row] += count
            counts["silenced_written"][row] += min(max(beyond, 0), count)
    return counts


COPIED = Metric(
    "copied",
    COUNTS,
    count_copied,
    (
        Figure(
            "silenced_terms_written",
            "share of the terms whose sound was silenced that are written all the same",
            ratio("silenced_written", "silenced_terms"),
        ),
    ),
)
