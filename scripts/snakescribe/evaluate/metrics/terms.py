"""How well the words that matter are recognised.

B-WER and U-WER: Le et al., "Contextualized streaming end-to-end speech recognition with trie-based
deep biasing and shallow fusion" (Interspeech 2021) and the scoring script they published. A
substitution or a deletion counts where the reference word is on the list, an insertion where the
inserted word is. Their script aligns with costs 4/3/3, we with unit costs: where several
alignments are best, the two may divide errors differently.
"""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, Sums, divide, ratio
from snakescribe.evaluate.words.align import HIT, INSERTION

COUNTS = (
    "bias_words",
    "bias_errors",
    "other_words",
    "other_errors",
    "terms_said",
    "terms_hit",
    "terms_false",
    "terms_said_prompted",
    "terms_hit_prompted",
)


def count_biased(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> words and errors on and off the bias list, and counts of whole terms.

    The bias list has single words: those of the sample's terms.
    """
    has_terms = np.array([len(terms) > 0 for terms in samples.terms], bool)
    counts = {name: np.zeros(len(samples)) for name in COUNTS}
    if not has_terms.any():
        return counts
    said, heard = samples.reference, samples.hypothesis
    wrong = samples.reference_alignment.values != ord(HIT)
    inserted = samples.hypothesis_alignment.values == ord(INSERTION)
    listed_said, listed_heard = (samples.listed(side) for side in (said, heard))
    for name, left, right in (
        ("bias", listed_said, listed_heard),
        ("other", ~listed_said, ~listed_heard),
    ):
        counts[f"{name}_words"] = np.where(has_terms, said.sums(left), 0)
        errors = said.sums(left & wrong) + heard.sums(right & inserted)
        counts[f"{name}_errors"] = np.where(has_terms, errors, 0)
    for row, terms in enumerate(samples.term_counts):
        for term in terms:
            counts["terms_said"][row] += term.references
            counts["terms_hit"][row] += term.hits
            counts["terms_false"][row] += term.false
            counts["terms_said_prompted"][row] += term.references * term.prompted
            counts["terms_hit_prompted"][row] += term.hits * term.prompted
    return counts


def _precision(sums: Sums) -> np.ndarray:
    return divide(sums["terms_hit"], sums["terms_hit"] + sums["terms_false"])


def _f_score(sums: Sums) -> np.ndarray:
    return divide(
        2 * sums["terms_hit"], sums["terms_said"] + sums["terms_hit"] + sums["terms_false"]
    )


def _recall_unprompted(sums: Sums) -> np.ndarray:
    return divide(
        sums["terms_hit"] - sums["terms_hit_prompted"],
        sums["terms_said"] - sums["terms_said_prompted"],
    )


TERMS = Metric(
    "terms",
    COUNTS,
    count_biased,
    (
        Figure("b_wer", "WER of the words on the bias list", ratio("bias_errors", "bias_words")),
        Figure("u_wer", "WER of all other words", ratio("other_errors", "other_words")),
        Figure(
            "term_precision",
            "share of the terms written that were said",
            _precision,
            lower_is_better=False,
        ),
        Figure(
            "term_recall",
            "share of the terms said that were written",
            ratio("terms_hit", "terms_said"),
            lower_is_better=False,
        ),
        Figure(
            "term_f",
            "harmonic mean of precision and recall of terms",
            _f_score,
            lower_is_better=False,
        ),
        Figure(
            "term_recall_prompted",
            "recall of the terms that the prompt had",
            ratio("terms_hit_prompted", "terms_said_prompted"),
            lower_is_better=False,
        ),
        Figure(
            "term_recall_unprompted",
            "recall of the terms that the prompt did not have",
            _recall_unprompted,
            lower_is_better=False,
        ),
    ),
)
