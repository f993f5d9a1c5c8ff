"""Chunks that overlap: what both wrote counts once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from results_folder import chunk_row, segment, transcript_row
from snakescribe.tables import Row
from snakescribe.transcribe.overlap import MOST_APART, divide_overlaps, merge_rows

LEFT, RIGHT = (0.0, 10.0), (8.0, 18.0)


def timed(number: int, span: tuple[float, float], words: list[tuple[str, float]]) -> Row:
    """A row whose words have times of their own, 0.3 s each."""
    cells = [
        {"text": text, "start": start, "end": start + 0.3, "probability": 0.9}
        for text, start in words
    ]
    text = " ".join(text for text, _ in words)
    return transcript_row("talk", number, "none", text, list(span), words=cells)


def untimed(number: int, span: tuple[float, float], text: str, **cells: Any) -> Row:
    return transcript_row("talk", number, "none", text, list(span), **cells)


def texts(rows: list[Row]) -> list[str]:
    return [row["text"] for row in rows]


def test_the_seam_is_the_word_of_both_nearest_to_the_middle() -> None:
    left = timed(0, LEFT, [("one", 1), ("two", 8.2), ("three,", 8.9), ("four", 9.4), ("fife", 9.8)])
    right = timed(
        1, RIGHT, [("to", 8.1), ("Three", 8.95), ("four", 9.5), ("five", 9.9), ("six", 11)]
    )
    first, second = divide_overlaps([left, right], [LEFT, RIGHT])
    assert texts([first, second]) == ["one two three,", "four five six"]
    assert [word["text"] for word in first["words"]] == ["one", "two", "three,"]
    assert [word["text"] for word in second["words"]] == ["four", "five", "six"]
    assert second["segments"][0]["start"] == 9.5
    assert [part["text"] for part in second["segments"]] == ["four five six"]


def test_without_a_word_of_both_the_middle_divides() -> None:
    left = timed(0, LEFT, [("one", 1), ("two", 8.5), ("tree", 9.2)])
    right = timed(1, RIGHT, [("too", 8.4), ("three", 9.1), ("four", 12)])
    assert texts(divide_overlaps([left, right], [LEFT, RIGHT])) == ["one two", "three four"]


def test_the_same_word_said_twice_is_not_taken_for_one() -> None:
    """ "no" at 8.2 s and at 9.6 s: too far apart to be heard twice."""
    left = timed(0, LEFT, [("no", 8.2)])
    right = timed(1, RIGHT, [("no", 9.6), ("way", 10.2)])
    assert texts(divide_overlaps([left, right], [LEFT, RIGHT])) == ["no", "no way"]


def test_without_times_two_words_in_a_row_must_be_alike() -> None:
    left = untimed(0, LEFT, "we went down to the old harbour and then")
    right = untimed(1, RIGHT, "harbour and then we saw the sea and slept")
    assert texts(divide_overlaps([left, right], [LEFT, RIGHT])) == [
        "we went down to the old harbour and", "then we saw the sea and slept",
    ]  # fmt: skip


def test_letters_are_words_where_there_are_no_spaces() -> None:
    left = untimed(0, LEFT, "今日はいい天気ですね散歩")
    right = untimed(1, RIGHT, "ね散歩に行きましょうか皆さん")
    assert "".join(texts(divide_overlaps([left, right], [LEFT, RIGHT]))) == (
        "今日はいい天気ですね散歩に行きましょうか皆さん"
    )


def test_a_chunk_that_said_nothing_takes_nothing_away_but_its_own() -> None:
    left = timed(0, LEFT, [("one", 1), ("two", 8.2), ("three", 9.6)])
    silent = timed(1, RIGHT, [])
    assert texts(divide_overlaps([left, silent], [LEFT, RIGHT])) == ["one two", ""]


def test_a_segment_that_is_cut_keeps_its_figures_and_has_the_times_of_its_words() -> None:
    parts = [segment(" one", [0, 7]), segment(" two three", [8.0, 10.0], avg_logprob=-0.9)]
    left = untimed(0, LEFT, "one two three", segments=parts)
    right = timed(1, RIGHT, [("three", 9.4), ("four", 11)])
    first, second = divide_overlaps([left, right], [LEFT, RIGHT])
    assert texts([first, second]) == ["one two", "three four"]
    assert [part["text"] for part in first["segments"]] == [" one", " two"]
    assert first["segments"][1]["avg_logprob"] == -0.9
    assert 8.0 < first["segments"][1]["end"] < 9.5


def test_rows_without_overlaps_pass_as_they_are() -> None:
    spans = [[0.0, 10.0], [10.0, 20.0]]
    chunks = [chunk_row("talk", number, span) for number, span in enumerate(spans)]
    rows = [untimed(0, (0, 10), "a  b "), untimed(1, (10, 20), "c")]
    assert list(merge_rows(iter(rows), chunks)) == rows


def test_each_recording_and_condition_is_put_together_by_itself() -> None:
    chunks = [
        chunk_row(name, number, list(span))
        for name in ("a", "b")
        for number, span in enumerate((LEFT, RIGHT))
    ]
    rows = [
        {**timed(number, span, words), "recording": name, "prompt": prompt,
         "chunk": f"{name}-{number:04d}"}
        for name in ("a", "b")
        for number, (span, words) in enumerate(
            ((LEFT, [("x", 8.2), ("y", 9.2)]), (RIGHT, [("y", 9.2), ("z", 12.0)]))
        )
        for prompt in ("none", "names")
    ]  # fmt: skip
    merged = list(merge_rows(rows, chunks))
    assert [(row["chunk"], row["prompt"]) for row in merged] == [
        (row["chunk"], row["prompt"]) for row in rows
    ]
    assert [row["text"] for row in merged] == ["x y", "x y", "z", "z"] * 2


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=40)


@given(WORDS, st.integers(3, 10), st.floats(0.5, 1.5), st.floats(-0.1, 0.1))
def test_what_two_chunks_hear_alike_comes_out_as_it_was_said(
    said: list[str], seconds: int, overlap: float, shift: float
) -> None:
    """A perfect recogniser, whose clock is off by up to 0.1 s: each word comes out once.

    The same word twice within `MOST_APART`, of which each chunk hears one, cannot be told from one
    word that both hear: so words are farther apart than that.
    """
    pace = MOST_APART + 0.15
    moments = [pace * place + 0.2 for place in range(len(said))]
    total = max(pace * len(said), 1.0)
    spans = []
    start = 0.0
    while not spans or spans[-1][1] < total:
        spans.append((start, min(start + seconds, total)))
        start += seconds - overlap
    rows = []
    for number, (begin, end) in enumerate(spans):
        drift = shift if number % 2 else 0.0
        heard = [
            (word, moment + drift)
            for word, moment in zip(said, moments, strict=True)
            if begin <= moment and moment + 0.3 <= end
        ]
        rows.append(timed(number, (begin, end), heard))
    merged = " ".join(text for text in texts(divide_overlaps(rows, spans)) if text)
    inside = [
        word
        for word, moment in zip(said, moments, strict=True)
        if any(begin <= moment and moment + 0.3 <= end for begin, end in spans)
    ]
    assert merged.split() == inside


def test_a_word_without_times_is_placed_by_its_letters() -> None:
    """An engine may know no time of a word: then none of the chunk's own times are taken."""
    left = timed(0, LEFT, [("one", 1), ("two", 8.2), ("three", 9.0), ("four", 9.6)])
    left["words"][1] |= {"start": None, "end": None}
    right = timed(1, RIGHT, [("three", 9.0), ("four", 9.6), ("five", 12)])
    assert "".join(texts(divide_overlaps([left, right], [LEFT, RIGHT]))).count("three") == 1
