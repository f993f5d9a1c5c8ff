"""Alignment and error rates, against jiwer."""

import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.evaluate.align import align, matched_positions
from snakescribe.evaluate.metrics import METRICS
from snakescribe.evaluate.metrics.words import count_words
from snakescribe.evaluate.sample import Sample

WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd", "ee"]), max_size=15)
CORPUS = st.lists(st.tuples(WORDS.filter(len), WORDS), min_size=1, max_size=6)


def sums(corpus):
    counts = [
        count_words([Sample(reference, hypothesis, align(reference, hypothesis), 1.0)])
        for reference, hypothesis in corpus
    ]
    return {name: np.sum([one[name] for one in counts]) for name in counts[0]}


@given(CORPUS)
def test_error_rates_equal_jiwers(corpus):
    references = [" ".join(reference) for reference, _ in corpus]
    hypotheses = [" ".join(hypothesis) for _, hypothesis in corpus]
    theirs = jiwer.process_words(references, hypotheses)
    ours = sums(corpus)
    # Edits are equally many; where several alignments are best, their kinds may differ.
    errors = ours["substitutions"] + ours["deletions"] + ours["insertions"]
    assert errors == theirs.substitutions + theirs.deletions + theirs.insertions
    for name in ("wer", "mer", "wil", "wip"):
        value = METRICS[name].figures[0].value(ours)
        if np.isfinite(value):
            assert value == pytest.approx(getattr(theirs, name))
    cer = jiwer.process_characters(references, hypotheses).cer
    assert METRICS["cer"].figures[0].value(ours) == pytest.approx(cer)


@given(WORDS, WORDS)
def test_an_alignment_leads_from_the_reference_to_the_hypothesis(reference, hypothesis):
    operations = align(reference, hypothesis)
    assert len(operations) - operations.count("I") == len(reference)
    assert len(operations) - operations.count("D") == len(hypothesis)
    for left, right in matched_positions(operations):
        assert reference[left] == hypothesis[right]
