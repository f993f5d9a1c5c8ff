"""Tokens become segments, and signs of hallucination become flags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.transcribe import Decoding
from snakescribe.transcribe.engines import Decoded
from snakescribe.transcribe.engines.fallback import Attempt, search_with_fallback
from snakescribe.transcribe.engines.segments import split_at_times
from snakescribe.transcribe.flags import find_flags, has_loop

TIME = 1000  # the token for 0.00 s


def test_pairs_of_times_cut_a_chunk_into_segments() -> None:
    tokens = [TIME, 1, 2, TIME + 100, TIME + 125, 3, TIME + 500]
    pieces = split_at_times(tokens, TIME, 8.0)
    assert pieces == [(0.0, 2.0, (1, 2)), (2.5, 8.0, (3,))]  # no time lies beyond the chunk


def test_without_times_there_is_one_segment_as_long_as_the_chunk() -> None:
    assert split_at_times([1, 2, 3], TIME, 4.5) == [(0.0, 4.5, (1, 2, 3))]
    assert split_at_times([], TIME, 4.5) == []


@given(st.lists(st.integers(0, TIME + 1500)), st.floats(0.1, 30))
def test_no_text_is_lost_and_times_go_forward(tokens: list[int], seconds: float) -> None:
    pieces = split_at_times(tokens, TIME, seconds)
    assert [token for piece in pieces for token in piece.tokens] == [
        token for token in tokens if token < TIME
    ]
    times = [time for piece in pieces for time in (piece.start, piece.end)]
    assert times == sorted(times)
    assert all(0 <= time <= seconds for time in times)


def attempt(text: str, avg_logprob: float, no_speech_prob: float = 0.0) -> Attempt:
    return Attempt([1], text, avg_logprob, no_speech_prob, 0.0, capped=False)


@pytest.mark.parametrize(
    ("tries", "chosen", "count"),
    [
        ([attempt("fine", -0.2)], "fine", 1),
        ([attempt("unsure", -1.5), attempt("fine", -0.9)], "fine", 2),
        ([attempt("unsure", -1.5), attempt("worse", -3.0)], "unsure", 2),
        ([attempt("la " * 99, -0.1), attempt("worse", -3.0)], "worse", 2),  # a loop is no answer
        ([attempt("hiss", -1.5, no_speech_prob=0.9), attempt("fine", -0.1)], "hiss", 1),  # silence
    ],
)
def test_a_higher_temperature_is_tried_by_openai_whispers_rules(
    options: Decoding, tries: list[Attempt], chosen: str, count: int
) -> None:
    left = iter(tries)
    options = options.model_copy(update={"temperatures": [0.0, 0.4]})
    (found,) = search_with_fallback(1, lambda *_: [next(left)], options)
    assert (found.text, found.tries) == (chosen, count)


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("no no no no", True),
        ("no no no", False),
        ("thank you thank you thank you thank you", True),
        ("a b c d e f g h " * 4, True),
        ("a b c d e f g h i " * 4, False),
        ("", False),
    ],
)
def test_the_same_words_four_times_in_a_row_are_a_loop(text: str, loops: bool) -> None:
    assert has_loop(text.split()) is loops


def test_flags_tell_what_is_suspicious(options: Decoding) -> None:
    segment = {"compression_ratio": 3.0, "avg_logprob": -1.2}
    decoded = Decoded("no no no no", "en", [segment], tries=2, capped=True)
    assert find_flags(decoded, options) == [
        "cap", "compression", "fallback", "loop", "low_confidence"
    ]  # fmt: skip
    assert find_flags(Decoded("", "en"), options) == ["silence"]
    unknown = {"compression_ratio": 1.0, "avg_logprob": None}
    assert find_flags(Decoded("hello", "en", [unknown]), options) == []
