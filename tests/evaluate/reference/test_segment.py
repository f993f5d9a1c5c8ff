"""References cut at the chunks: nothing is lost, and no condition is favoured."""

import random
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.evaluate.reference.choose import SpokenReference
from snakescribe.evaluate.reference.segment import PANEL, choose_panel, cut_reference

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


def untimed(text):
    return SpokenReference(tuple(text.split()), (), False, "human", True)


def pieces(reference, cuts):
    return [reference.text(start, stop) for start, stop in pairwise(cuts)]


def spans(count, seconds=10.0):
    return [(seconds * index, seconds * (index + 1)) for index in range(count)]


@given(
    WORDS, st.lists(st.lists(WORDS.map(" ".join), max_size=3), min_size=1, max_size=5), st.data()
)
def test_every_word_lies_in_one_chunk(words, heard, data):
    times = ()
    if data.draw(st.booleans()):
        clock = st.floats(-5, 70, allow_nan=False)
        times = tuple((one, one + 0.3) for one in sorted(data.draw(clock) for _ in words))
    reference = SpokenReference(tuple(words), times, data.draw(st.booleans()), "human", True)
    cuts = cut_reference(reference, spans(len(heard)), heard)
    assert len(cuts) == len(heard) + 1
    assert cuts[0] == 0
    assert cuts[-1] == len(words)
    assert cuts == sorted(cuts)


def test_what_nobody_heard_goes_where_the_sentence_ends():
    reference = untimed("one two three. Four five six seven eight.")
    cuts = cut_reference(reference, spans(2), [["one two"], ["six seven eight"]])
    assert pieces(reference, cuts) == ["one two three.", "Four five six seven eight."]


def test_a_cut_suits_all_conditions_and_not_the_first():
    # The baseline misses "c d"; the others heard it at the start of the second chunk.
    reference = untimed("a b c d e f")
    heard = [["a b", "a b", "a b"], ["e f", "c d e f", "c d e f"]]
    assert pieces(reference, cut_reference(reference, spans(2), heard)) == ["a b", "c d e f"]


def test_a_condition_that_loops_does_not_move_the_cuts():
    reference = untimed("the quick brown fox jumps over the lazy dog again")
    said = ["the quick brown fox", "jumps over the", "lazy dog again"]
    loop = ["the quick " * 30, "again again again", ""]
    heard = [[loop[index], said[index], said[index]] for index in range(3)]
    assert pieces(reference, cut_reference(reference, spans(3), heard)) == said


def test_loose_caption_times_are_mended_by_what_was_heard():
    # The caption says that "tail" begins before the pause, the audio says after.
    words = ("head", "words", "tail", "words", "here")
    times = ((7.0, 7.5), (8.0, 8.5), (9.2, 9.6), (10.5, 11.0), (12.0, 12.5))
    loose = SpokenReference(words, times, False, "manual_caption", True)
    heard = [["head words"], ["tail words here"]]
    assert cut_reference(loose, spans(2), heard) == [0, 2, 5]
    exact = SpokenReference(words, times, True, "human", True)
    assert cut_reference(exact, spans(2), heard) == [0, 3, 5]


def test_words_outside_all_chunks_go_to_the_nearest():
    words, times = ("early", "in", "gap", "late"), ((0, 1), (12, 13), (21, 22), (90, 91))
    reference = SpokenReference(words, times, True, "human", True)
    cuts = cut_reference(reference, [(10, 20), (30, 40)], [[], []])
    assert pieces(reference, cuts) == ["early in gap", "late"]


def test_languages_without_spaces_are_cut_between_characters():
    reference = SpokenReference(tuple("今天天气很好我们走"), (), False, "human", False)
    cuts = cut_reference(reference, spans(2), [["今天天气很好"], ["我们走"]])
    assert pieces(reference, cuts) == ["今天天气很好", "我们走"]


def test_a_recording_without_chunks_has_no_pieces():
    assert cut_reference(untimed("some words"), [], []) == [0]


@pytest.mark.slow
def test_ten_hours_align_in_bounded_time():
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("bdfgklmnprst", k=5)) for _ in range(5000)]
    words = [rng.choice(vocabulary) for _ in range(100_000)]
    heard = []
    for start in range(0, len(words), 80):
        chunk = [word if rng.random() > 0.15 else "wrong" for word in words[start : start + 80]]
        heard.append([" ".join(word for word in chunk if rng.random() > 0.03)])
    begin = time.process_time()
    cuts = cut_reference(untimed(" ".join(words)), spans(len(heard)), heard)
    assert time.process_time() - begin < 60
    assert max(abs(cut - 80 * index) for index, cut in enumerate(cuts)) <= 8


@pytest.mark.parametrize(("count", "size"), [(1, 1), (3, 3), (7, 7), (50, PANEL)])
def test_the_panel_has_the_baseline_and_is_spread(count, size):
    texts = [f"c{index}" for index in range(count)]
    panel = choose_panel([*texts, "c0"])
    assert next(iter(panel)) == "c0"
    assert panel["c0"] == 2
    assert len(panel) == size


def test_a_loss_between_two_conditions_goes_to_the_one_with_too_few_words():
    # The first chunk's speaker says two words a second and was heard; the second was half heard.
    reference = untimed("a b c d e f g h i j k l m n o p q r s t")
    heard = [["a b c d e f g h i j"], ["p q r s t"]]
    assert cut_reference(reference, spans(2, 5.0), heard) == [0, 10, 20]
    # With speech in a quarter of the second chunk, the first one must have missed the words.
    assert cut_reference(reference, spans(2, 5.0), heard, [5.0, 1.25]) == [0, 15, 20]


def test_what_nobody_heard_is_divided_as_the_seconds_of_speech():
    words = [f"w{index}" for index in range(80)]
    heard = [[" ".join(words[:20])], [""], [""], [" ".join(words[60:])]]
    cuts = cut_reference(untimed(" ".join(words)), spans(4), heard, [10, 15, 5, 10])
    assert cuts == [0, 20, 50, 60, 80]


def test_a_lone_match_far_away_does_not_move_a_cut():
    # "of the" stands in what was missed too: an alignment may as well match it there.
    words = [f"w{index}" for index in range(60)]
    words[18:20] = words[36:38] = ["of", "the"]
    heard = [[" ".join(words[:20])], [""], [" ".join(words[40:])]]
    cuts = cut_reference(untimed(" ".join(words)), spans(3), heard)
    assert cuts == [0, 20, 40, 60]


@pytest.mark.parametrize("form", ["NFD", "NFKC", "NFKD"])
def test_words_are_found_in_any_form_of_unicode(form):
    rng = random.Random(5)
    syllables = [chr(rng.randrange(0xAC00, 0xD7A4)) for _ in range(60)]
    vocabulary = ["".join(rng.choices(syllables, k=3)) + "é" for _ in range(400)]
    said = [[rng.choice(vocabulary) for _ in range(rng.randint(8, 40))] for _ in range(10)]
    heard = [[" ".join(word for word in chunk if rng.random() > 0.1)] for chunk in said]
    text = " ".join(word for chunk in said for word in chunk)
    expected = cut_reference(untimed(text), spans(10), heard)
    found = cut_reference(untimed(unicodedata.normalize(form, text)), spans(10), heard)
    assert found == expected
