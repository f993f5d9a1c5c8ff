"""Do the model's probabilities of words tell how often the words are right?

A word is right where it is a hit; substitutions and insertions are wrong; a deleted word has no
probability. What needs all words at once (ECE, AUROC, the reliability table) is in
`snakescribe.evaluate.compare.calibration`.
"""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, Sums, divide, ratio
from snakescribe.evaluate.words.align import HIT

COUNTS = ("rated_words", "rated_hits", "brier_sum", "bits_sum")
# A probability of exactly 0 or 1 that is wrong would cost infinitely many bits.
CLIP = 1e-7


def count_confidence(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> words with a probability, those that are right, squared errors and bits."""
    rated = samples.probabilities
    probabilities = rated.values
    is_rated = np.repeat(rated.lengths > 0, samples.hypothesis.lengths)
    right = samples.hypothesis_alignment.values[is_rated] == ord(HIT)
    known = np.isfinite(probabilities)
    of_outcome = np.where(known, np.where(right, probabilities, 1 - probabilities), 1)
    each = (known, right & known, (1 - of_outcome) ** 2, -np.log2(of_outcome.clip(CLIP, 1)))
    return {name: rated.sums(values) for name, values in zip(COUNTS, each, strict=True)}


def _nce(sums: Sums) -> np.ndarray:
    """Normalised cross entropy (NIST): the share of the bits of "right or wrong?" it explains."""
    words, share = sums["rated_words"], divide(sums["rated_hits"], sums["rated_words"])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -words * (
            np.where(share > 0, share * np.log2(share), 0)
            + np.where(share < 1, (1 - share) * np.log2(1 - share), 0)
        )
    return divide(entropy - sums["bits_sum"], entropy)


CALIBRATION = Metric(
    "calibration",
    COUNTS,
    count_confidence,
    (
        Figure(
            "brier",
            "Brier score: mean squared difference of probability and right (1) or wrong (0)",
            ratio("brier_sum", "rated_words"),
            unit="score",
        ),
        Figure(
            "nce",
            "normalised cross entropy: 1 is perfect, 0 says no more than the share of right words",
            _nce,
            unit="score",
            lower_is_better=False,
        ),
    ),
)
