"""In how many chunks anything went wrong: the sentence error rate, with a chunk as the sentence."""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, ratio
from snakescribe.evaluate.words.align import HIT

COUNTS = ("scored_chunks", "chunks_in_error")


def count_sentences(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> for each 1, and 1 where its alignment has an operation that is no hit."""
    operations = samples.alignment
    errors = operations.sums(operations.values != ord(HIT), int)
    return {"scored_chunks": np.ones(len(samples)), "chunks_in_error": errors > 0}


SER = Metric(
    "ser",
    COUNTS,
    count_sentences,
    (
        Figure(
            "ser",
            "sentence error rate: chunks with at least one error / chunks with a reference, as "
            "sclite's S.Err counts utterances",
            ratio("chunks_in_error", "scored_chunks"),
        ),
    ),
)
