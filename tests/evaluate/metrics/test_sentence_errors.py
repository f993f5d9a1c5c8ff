"""The sentence error rate, against jiwer's word errors of each pair of texts."""

import jiwer
import pytest
from evaluate_samples import make_samples, sample
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.evaluate.metrics import find_metric

TEXTS = st.lists(st.sampled_from("abc"), max_size=4).map(" ".join)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
def test_a_chunk_counts_where_jiwer_finds_an_error(pairs: list[tuple[str, str]]) -> None:
    wrong = 0
    for reference, hypothesis in pairs:
        words = jiwer.process_words(reference, hypothesis)
        wrong += words.substitutions + words.deletions + words.insertions > 0
    metric = find_metric("ser")
    counts = metric.count(make_samples(*(sample(*pair) for pair in pairs)))
    sums = {name: values.sum() for name, values in counts.items()}
    assert float(metric.figures[0].value(sums)) == pytest.approx(wrong / len(pairs))


def test_it_is_a_figure_of_an_experiment(corpus) -> None:
    world = corpus(scoring={"metrics": ["wer", "ser"]})
    heard = {"none": ["one two", "three for"], "names": ["one two", "three four"]}
    world.add("talk", heard, reference="one two three four")
    conditions, _ = world.compare()
    rates = conditions.set_index("condition")["ser"]
    assert rates["none"] == 0.5
    assert rates["names"] == 0
