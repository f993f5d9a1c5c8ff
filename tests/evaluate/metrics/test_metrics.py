"""Metrics on cases worked by hand."""

import math
import re

import numpy as np
import pytest
from evaluate_samples import make_samples, sample
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.evaluate import Scoring, Terms
from snakescribe.errors import UserError
from snakescribe.evaluate.check import find_scoring_problems
from snakescribe.evaluate.compare.calibration import auroc, expected_error, reliability
from snakescribe.evaluate.metrics import count_samples, find_metric, find_metrics
from snakescribe.evaluate.metrics.error_rates import count_words
from snakescribe.evaluate.metrics.term_counts import normalise_terms
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.normalize.registry import find_normalizer
from snakescribe.evaluate.words.project import Sources
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.terms import recording_terms


def figures(name, *rows):
    metric, samples = find_metric(name), make_samples(*rows)
    counted = {**count_words(samples), **metric.count(samples)}
    sums = {key: np.sum(values, dtype=float) for key, values in counted.items()}
    return {one.name: float(one.value(sums)) for one in metric.figures}


def test_b_wer_and_u_wer_as_their_authors_count():
    # Of 10 reference words 4 are on the list. Errors on it: okafor is replaced, kites is inserted
    # in one place and deleted in another; off it: two is replaced and uh inserted.
    one = sample(
        "okafor of the herons leads kites by two and tsukamoto",
        "oak of kites the herons leads by too and uh tsukamoto",
        terms=[("okafor",), ("herons", "kites"), ("tsukamoto",)],
    )
    found = figures("terms", one)
    assert found["b_wer"] == pytest.approx(3 / 4)
    assert found["u_wer"] == pytest.approx(2 / 6)


def test_a_term_for_another_is_a_false_positive():
    terms = [("kenta", "tsukamoto"), ("okafor",), ("halvorsen",)]
    one = sample(
        "kenta tsukamoto hits and okafor throws to okafor",
        "kenta tsukamoto hits and halvorsen throws to okafor",
        terms=terms,
        prompt=["with", "kenta", "tsukamoto"],
    )
    found = figures("terms", one)
    assert found["term_recall"] == pytest.approx(2 / 3)
    assert found["term_precision"] == pytest.approx(2 / 3)  # halvorsen was not said
    assert found["term_f"] == pytest.approx(2 / 3)
    assert found["term_recall_prompted"] == 1
    assert found["term_recall_unprompted"] == pytest.approx(1 / 2)


def test_no_terms_give_no_figures():
    assert all(math.isnan(value) for value in figures("terms", sample("a b", "a b")).values())


def test_leaked_words_are_those_of_the_prompt_that_nobody_said():
    prompt = ["kestrels", "against", "stevedores", "tonight"]
    leak = figures(
        "prompt_leak", sample("good evening", "kestrels against stevedores", prompt=prompt)
    )
    assert leak["prompt_leak_per_1000"] == pytest.approx(1000 * 3 / 2)
    said = "the kestrels against stevedores"
    for one in (
        sample(said, said, prompt=prompt),  # it was said
        sample("good evening", "kestrels won", prompt=prompt),  # a single word is no leak
        sample("good evening", "kestrels against stevedores"),  # no prompt
    ):
        assert figures("prompt_leak", one)["prompt_leak_per_1000"] == 0


def test_hallucinations_are_counted():
    silence = sample("", "thanks for watching", seconds=30.0)
    loop = sample("a b c d e f g h i j", "a b c d e " * 3)
    found = figures("hallucination", silence, loop)
    assert found["silent_words_per_minute"] == pytest.approx(6)
    assert found["repeated_ngrams_per_1000"] == pytest.approx(1000 * 6 / 10)
    assert found["long_insertions_per_1000"] >= 500


@given(st.lists(st.sampled_from("abc"), max_size=16))
def test_repeated_ngrams_are_those_that_stood_before(words):
    grams = [words[place : place + 5] for place in range(len(words) - 4)]
    repeated = sum(gram in grams[:place] for place, gram in enumerate(grams))
    found = find_metric("hallucination").count(
        make_samples(sample("", " ".join(words)), sample("", ""))
    )
    assert found["repeated_ngrams"].tolist() == [repeated, 0]


def test_calibration_on_a_case_by_hand():
    one = sample("a b c", "a x c", probabilities=[0.9, 0.6, 0.8])
    found = figures("calibration", one)
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.04) / 3)
    entropy = -(2 * math.log2(2 / 3) + math.log2(1 / 3))
    cross = -(math.log2(0.9) + math.log2(0.4) + math.log2(0.8))
    assert found["nce"] == pytest.approx((entropy - cross) / entropy)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=1))
def test_auroc_is_the_share_of_pairs_in_order(pairs):
    right = [value for value, good in pairs if good]
    wrong = [value for value, good in pairs if not good]
    values, place, words = np.unique(
        [value for value, _ in pairs], return_inverse=True, return_counts=True
    )
    hits = np.bincount(place, weights=[good for _, good in pairs], minlength=len(values))
    found = auroc(words, hits)
    if not right or not wrong:
        assert found is None
        return
    wins = sum((one > two) + 0.5 * (one == two) for one in right for two in wrong)
    assert found == pytest.approx(wins / (len(right) * len(wrong)))


def test_expected_calibration_error():
    values, words, hits = np.array([0.2, 0.9]), np.array([10, 30]), np.array([4, 21])
    bins = reliability(values, words, hits, np.array([3, 13]))
    assert [row.accuracy for row in bins] == [0.4, 0.7]
    assert expected_error(bins) == pytest.approx(0.2)


def test_timing_is_that_of_the_right_words():
    one = sample(
        "a b c", "a x c", reference_starts=[1.0, 2.0, 3.0], hypothesis_starts=[1.1, 9.0, 2.5]
    )
    found = figures("timing", one)
    assert found["start_error_seconds"] == pytest.approx(0.3)
    assert found["start_shift_seconds"] == pytest.approx(-0.2)
    assert found["starts_within_200_ms"] == pytest.approx(0.5)
    assert math.isnan(figures("timing", sample("a", "a"))["start_error_seconds"])


def spread_values(rows, name):
    """Rows of raw words with values -> for each row its normalised words, each with its value."""
    known, raw = Vocabulary(), Vocabulary()
    normalise = find_normalizer(name).for_many("en", raw, known)
    words = normalise(Texts.cut([" ".join(word for word, _ in row) for row in rows], raw))
    numbers = np.array([raw[word] for row in rows for word, _ in row], np.int32)
    lengths = np.array([len(row) for row in rows])
    sources = Sources(Ragged(numbers, lengths), normalise(Texts.cut(list(raw.words), raw)), words)
    values = sources.spread(np.array([value for row in rows for _, value in row], float))
    return [
        list(zip([known.words[one] for one in words[row]], values[row].tolist(), strict=True))
        for row in range(len(rows))
    ]


def test_values_follow_words_through_normalisation():
    raw = ["Mr.", "Smith", "paid", "twenty", "five", "dollars,", "uh,", "colour"]
    row = [(word, float(index)) for index, word in enumerate(raw)]
    first, second = spread_values([row, [("Paid", 0.5)]], "whisper_english")
    spread = dict(first)
    assert spread["mister"] == 0
    assert spread["smith"] == 1
    assert spread["color"] == 7
    assert spread["$25"] == pytest.approx((3 + 4 + 5) / 3)
    assert second == [("paid", 0.5)]


def test_a_joined_word_has_the_mean_of_its_parts():
    row = [("one", 0.8), ("hundred", 0.6), ("and", 0.4), ("five", 0.2)]
    assert spread_values([row], "whisper_english") == [[("105", pytest.approx(0.5))]]
    row = [("twenty", 0.8), ("five", math.nan), ("cats", 0.1)]
    assert spread_values([row], "whisper_english") == [[("25", 0.8), ("cats", 0.1)]]


@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=12), max_size=4))
def test_spreading_gives_a_value_to_each_word(rows):
    for name in ("whisper_english", "basic"):
        for found in spread_values([[(word, 0.5) for word in row] for row in rows], name):
            assert all(value == 0.5 or math.isnan(value) for _, value in found)


def test_terms_come_from_tables_and_fields(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text("term,weight\nslider,1\nfastball,2\n", encoding="utf-8")
    item = {"title": "x", "context": {"players": "Kenta Tsukamoto; Okafor,", "list": ["A B"]}}
    settings = Terms(tables=[str(table)], fields=["players", "list", "missing"])
    terms = recording_terms(item, settings)
    assert terms == ["slider", "fastball", "Kenta Tsukamoto", "Okafor", "A B"]
    assert normalise_terms(["Okafor", "okafor!", "..."], find_normalizer("basic"), "en") == [
        ("okafor",)
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 3", "is 3, not a snakescribe.evaluate.metrics.Metric"),
        (
            "from snakescribe.evaluate.metrics import *\nx = Metric('x', ('words',), dict, ())",
            "may not count words",
        ),
        (
            "from snakescribe.evaluate.metrics import *\n"
            "x = Metric('x', ('mine',), dict, (Figure('wer', 'my own', dict),))",
            "may not report wer",
        ),
        (
            "from snakescribe.evaluate.metrics import *\nx = Metric('x', ('brier_sum',), dict, ())",
            "may not count brier_sum",
        ),
        (
            "from snakescribe.evaluate.metrics import *\nx = Metric('x', ('mine'), dict, ())",
            "`counts` is no tuple of texts",
        ),
        (
            "from snakescribe.evaluate.metrics import *\nx = Metric('x', ('mine',), 1, ())",
            "`count` is no function",
        ),
        (
            "from snakescribe.evaluate.metrics import *\nx = Metric('x', (), dict, (dict,))",
            "`figures` is no tuple of Figure",
        ),
    ],
)
def test_a_wrong_metric_is_explained(source, message, tmp_path, monkeypatch):
    name = f"metric_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        find_metric(f"{name}:x")
    with pytest.raises(UserError, match="did you mean 'wer'"):
        find_metric("werr")


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ("lambda samples: 1 / 0", "'mine' failed to count: ZeroDivisionError.*needs @each_sample"),
        ("each_sample(lambda one: {'others': 1})", "'mine' counts others, not longs"),
        ("lambda samples: {'longs': [1]}", "'mine' gives 1 values of longs for 2 samples"),
        ("lambda samples: {'longs': 3}", "'mine' gives 3 as longs, not a value for each sample"),
        ("each_sample(lambda one: {'longs': 'two'})", "'mine' gives 'two' for longs in a chunk"),
        ("each_sample(lambda one: {'longs': '2'})", "'mine' gives '2' for longs"),
        ("each_sample(lambda one: {'longs': None})", "'mine' gives None for longs.* 0 where there"),
        (
            "each_sample(lambda one: {'longs': 1} if 'a' in one.reference else {})",
            "'mine' gives nan for longs in a chunk",
        ),
        ("lambda samples: {'longs': np.array([1, np.nan])}", "'mine' gives nan for longs"),
        ("lambda samples: {'longs': np.ones((2, 2))}", r"'mine' gives \[1.0, 1.0\] for longs"),
    ],
)
def test_a_metric_that_fails_is_named(count, message, tmp_path, monkeypatch):
    name = f"failing_{abs(hash(count))}"
    (tmp_path / f"{name}.py").write_text(
        "import numpy as np\nfrom snakescribe.evaluate.metrics import *\n"
        f"M = Metric('mine', ('longs',), {count}, ())\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        count_samples(find_metric(f"{name}:M"), make_samples(sample("a", "a"), sample("b", "c")))


def test_two_metrics_may_not_share_a_name(tmp_path, monkeypatch):
    text = "from snakescribe.evaluate.metrics import *\nM = Metric('m', ('longs',), dict, ())\n"
    for name in ("one_metric", "other_metric"):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="both 'one_metric:M' and 'other_metric:M' have 'longs'"):
        find_metrics(["one_metric:M", "other_metric:M"])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("lambda sums: sums['long'] / sums['words']", "asks for the count 'long', .* 'longs'"),
        ("lambda sums: 1 if sums['words'] else 0", "fails with ValueError.*sums are arrays"),
        ("lambda sums: float(sums['words'].sum())", "gives a single number for sums that are an"),
        ("lambda sums: sums['words'][:1]", r"gives an array of shape \(1,\) for sums that are an"),
        ("lambda sums: 0.5", "gives a single number for sums that are not asked for"),
        ("lambda sums: None", "gives a single number"),
        ("lambda sums: [str(one) + '!' for one in sums['longs']]", "fails with ValueError"),
        ("lambda sums: sums['words'].__iadd__(1)", "fails with ValueError.*read-only"),
    ],
)
def test_a_figure_that_fails_is_found_before_scoring(value, message, tmp_path, monkeypatch):
    name = f"figure_{abs(hash(value))}"
    (tmp_path / f"{name}.py").write_text(
        "from snakescribe.evaluate.metrics import *\n"
        f"M = Metric('m', ('longs',), dict, (Figure('long_share', 'long', {value}),))\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    names = ["wer", f"{name}:M"]
    message = f"the figure 'long_share' of '{name}:M' {message}"
    with pytest.raises(UserError, match=message):
        find_metrics(names)
    scoring = Scoring(metrics=names)
    (problem,) = find_scoring_problems(scoring)
    assert re.search(message, problem)


def test_what_fails_in_the_sums_is_no_mistake_of_the_user(tmp_path, monkeypatch):
    class Broken(dict):
        def __getitem__(self, name):
            raise ZeroDivisionError("ours")

    (tmp_path / "innocent_metric.py").write_text(
        "from snakescribe.evaluate.metrics import *\n"
        "M = Metric('m', (), dict, (Figure('f', 'f', lambda sums: sums['words'] * 2),))\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    (metric,) = find_metrics(["innocent_metric:M"])
    assert metric.figures[0].value({"words": np.arange(3)}).tolist() == [0, 2, 4]
    with pytest.raises(ZeroDivisionError, match="ours"):
        metric.figures[0].value(Broken(words=1))
