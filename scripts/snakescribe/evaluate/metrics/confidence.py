"""Do the model's probabilities of words tell how often the words are right?

A word is right where it is a hit; substitutions and insertions are wrong; a deleted word has no
probability. What needs all words at once (ECE, AUROC, the reliability table) is in
`snakescribe.evaluate.calibration`.
"""

from typing import Any

from snakescribe.evaluate.align import DELETION, HIT
from snakescribe.evaluate.metrics.base import Figure, Metric, Sums, divide, ratio
from snakescribe.evaluate.sample import Sample

# A probability of exactly 0 or 1 that is wrong would cost infinitely many bits.
CLIP = 1e-7


def count_confidence(sample: Sample) -> dict[str, float]:
    """A sample -> words with a probability, those that are right, squared errors and bits."""
    import numpy as np

    if not len(sample.probabilities):
        return dict.fromkeys(("rated_words", "rated_hits", "brier_sum", "bits_sum"), 0.0)
    operations = sample.alignment.replace(DELETION, "").encode("ascii")
    right = np.frombuffer(operations, np.uint8) == ord(HIT)
    of_outcome = np.abs(~right - np.asarray(sample.probabilities))  # what it gave to the outcome
    if np.isnan(of_outcome.sum()):
        known = ~np.isnan(of_outcome)
        right, of_outcome = right[known], of_outcome[known]
    bits = np.log2(np.clip(of_outcome, CLIP, 1 - CLIP))
    return {
        "rated_words": len(right),
        "rated_hits": int(np.count_nonzero(right)),
        "brier_sum": float(((1 - of_outcome) ** 2).sum()),
        "bits_sum": -float(bits.sum()),
    }


def _nce(sums: Sums) -> Any:
    """Normalised cross entropy (NIST): the share of the bits of "right or wrong?" it explains."""
    import numpy as np

    words, share = sums["rated_words"], divide(sums["rated_hits"], sums["rated_words"])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -words * (
            np.where(share > 0, share * np.log2(share), 0)
            + np.where(share < 1, (1 - share) * np.log2(1 - share), 0)
        )
    return divide(entropy - sums["bits_sum"], entropy)


CALIBRATION = Metric(
    "calibration",
    ("rated_words", "rated_hits", "brier_sum", "bits_sum"),
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
