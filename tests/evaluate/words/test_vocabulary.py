"""Texts as numbers of words."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.evaluate.words.vocabulary import Vocabulary

LETTERS = st.text(st.sampled_from("ab é中\t "), max_size=8)
TEXTS = st.lists(LETTERS, max_size=6)


def spell(known, rows):
    return [[known.words[number] for number in rows[row].tolist()] for row in range(len(rows))]


@given(TEXTS, st.lists(st.none() | LETTERS, max_size=3))
def test_texts_are_cut_at_each_space(texts, others):
    known = Vocabulary()
    assert spell(known, known.encode_texts(texts)) == [text.split(" ") for text in texts]
    sliced = pa.array([*others, *texts, "the end"], pa.string())[len(others) : -1]
    assert spell(known, known.encode_texts(sliced)) == [text.split(" ") for text in texts]
    missing = [(text or "").split(" ") for text in others]
    assert spell(known, known.encode_texts(others)) == missing


def test_words_of_rows_that_were_left_out_are_not_numbered():
    words = pa.array(["said", "elsewhere", "said"]).dictionary_encode().take(pa.array([0, 2]))
    known = Vocabulary()
    assert known.encode_words(words).tolist() == [0, 0]
    assert known.words == ["said"]
