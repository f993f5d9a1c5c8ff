"""Alignment and error rates, against jiwer."""

import jiwer
import numpy as np
import pytest
from evaluate_samples import make_samples, sample
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from snakescribe.evaluate.metrics import find_metric
from snakescribe.evaluate.metrics.error_rates import count_words
from snakescribe.evaluate.words.align import align, align_rows
from snakescribe.evaluate.words.ragged import Ragged

WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd", "ee"]), max_size=15)
LETTERS = {"replace": "S", "delete": "D", "insert": "I"}
CORPUS = st.lists(st.tuples(WORDS.filter(len), WORDS), min_size=1, max_size=6)


def counts(corpus):
    texts = ((" ".join(reference), " ".join(hypothesis)) for reference, hypothesis in corpus)
    return count_words(make_samples(*(sample(*pair) for pair in texts)))


@given(CORPUS)
def test_error_rates_equal_jiwers(corpus):
    references = [" ".join(reference) for reference, _ in corpus]
    hypotheses = [" ".join(hypothesis) for _, hypothesis in corpus]
    theirs = jiwer.process_words(references, hypotheses)
    ours = {name: np.sum(values) for name, values in counts(corpus).items()}
    # Edits are equally many; where several alignments are best, their kinds may differ.
    errors = ours["substitutions"] + ours["deletions"] + ours["insertions"]
    assert errors == theirs.substitutions + theirs.deletions + theirs.insertions
    for name in ("wer", "mer", "wil", "wip"):
        value = find_metric(name).figures[0].value(ours)
        if np.isfinite(value):
            assert value == pytest.approx(getattr(theirs, name))
    cer = jiwer.process_characters(references, hypotheses).cer
    assert find_metric("cer").figures[0].value(ours) == pytest.approx(cer)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=8))
def test_many_rows_are_aligned_as_rapidfuzz_aligns_one(corpus):
    found = make_samples(*(sample(" ".join(one), " ".join(two)) for one, two in corpus))
    for row, (reference, hypothesis) in enumerate(corpus):
        edits = Levenshtein.editops(reference, hypothesis)
        operations = found[row].alignment
        assert operations == align(reference, hypothesis)
        assert [one for one in operations if one != "="] == [LETTERS[one.tag] for one in edits]
        assert len(operations) - operations.count("I") == len(reference)
        assert len(operations) - operations.count("D") == len(hypothesis)
    said, heard = found.hits
    assert (found.reference.values[said] == found.hypothesis.values[heard]).all()
    assert (found.reference.row_of[said] == found.hypothesis.row_of[heard]).all()


def test_more_words_than_characters_are_aligned_all_the_same():
    left = Ragged(np.array([5_000_000, 7, 9_000_000]), np.array([3]))
    right = Ragged(np.array([5_000_000, 9_000_000]), np.array([2]))
    assert align_rows(left, right).operations().values.tobytes() == b"=D="
