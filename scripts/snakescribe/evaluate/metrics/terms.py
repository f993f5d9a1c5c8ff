"""How well the words that matter are recognised.

B-WER and U-WER: Le et al., "Contextualized streaming end-to-end speech recognition with trie-based
deep biasing and shallow fusion" (Interspeech 2021) and the scoring script they published. A
substitution or a deletion counts where the reference word is on the list, an insertion where the
inserted word is. Their script aligns with costs 4/3/3, we with unit costs: where several
alignments are best, the two may divide errors differently.
"""

from typing import Any

from snakescribe.evaluate.align import DELETION, HIT, INSERTION
from snakescribe.evaluate.metrics.base import Figure, Metric, Sums, divide, each_sample, ratio
from snakescribe.evaluate.sample import Sample
from snakescribe.evaluate.terms import count_terms

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


@each_sample
def count_biased(sample: Sample) -> dict[str, float]:
    """A sample -> words and errors on and off the bias list, and counts of whole terms.

    The bias list has single words: those of the sample's terms.
    """
    counts = dict.fromkeys(COUNTS, 0.0)
    if not sample.terms:
        return counts
    listed = {word for term in sample.terms for word in term}
    left = right = 0
    for operation in sample.alignment:
        word = sample.hypothesis[right] if operation == INSERTION else sample.reference[left]
        side = "bias" if word in listed else "other"
        if operation != INSERTION:
            counts[f"{side}_words"] += 1
            left += 1
        if operation != DELETION:
            right += 1
        if operation != HIT:
            counts[f"{side}_errors"] += 1
    for one in count_terms(sample):
        counts["terms_said"] += one.references
        counts["terms_hit"] += one.hits
        counts["terms_false"] += one.false
        if one.prompted:
            counts["terms_said_prompted"] += one.references
            counts["terms_hit_prompted"] += one.hits
    return counts


def _precision(sums: Sums) -> Any:
    return divide(sums["terms_hit"], sums["terms_hit"] + sums["terms_false"])


def _f_score(sums: Sums) -> Any:
    return divide(
        2 * sums["terms_hit"], sums["terms_said"] + sums["terms_hit"] + sums["terms_false"]
    )


def _recall_unprompted(sums: Sums) -> Any:
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
