"""Answers from outside are checked value by value: what cannot be is unknown, counted and told."""

import json
import sys
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tone_shard import ToneShard, cut_tones, pass_params

from snakescribe.errors import UserError
from snakescribe.notices import Job, collecting
from snakescribe.tables import NOTICES, Row, read_table
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines.external import read_answer
from snakescribe.transcribe.export.formats import FORMATS


def word(text: Any, *values: Any) -> dict[str, Any]:
    return {"word": text, **dict(zip(("start", "end", "probability"), values, strict=False))}


def check(answer: Any) -> tuple[Any, dict[str, int]]:
    return check_decoded(read_answer(answer, "it", "en", 2.0), 2.0)


@pytest.mark.parametrize(
    ("words", "wanted", "faults"),
    [
        ([word("the", 0, 0.2, 0.9), word("21"), word("cats", 0.5, 0.8, 1)],
         [(0, 0.2, 0.9), (None, None, None), (0.5, 0.8, 1)], {"times of words": 1}),
        ([word("the", 0, nan, nan), word("cats", 0.5, None, inf)],
         [(0, None, None), (0.5, None, None)],
         {"probabilities of words": 2, "times of words": 2}),
        ([word("the", -0.5, 0.2, 0.9), word("cat", 0.9, 0.4, 0.9), word("sat", 1.0, 1.2, 1.7),
          word("up", 0.3, 0.5, -0.1), word("down", 1.8, 99, 0.8)],
         [(0, 0.2, 0.9), (None, None, 0.9), (1.0, 1.2, None), (None, None, None),
          (1.8, None, 0.8)],
         {"probabilities of words": 2, "times of words": 3}),
        ([word("a", "0.1", True, "0.9"), word("b", 1.9, 2.3, 1.0)],
         [(None, None, None), (1.9, 2.0, 1.0)],
         {"probabilities of words": 1, "times of words": 1}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_unknown_for_that_word(
    words: list[Any], wanted: list[Any], faults: dict[str, int]
) -> None:
    checked, found = check({"text": "any", "words": words})
    assert [(one["start"], one["end"], one["probability"]) for one in checked.words] == wanted
    assert found == faults


def test_segments_always_have_times() -> None:
    checked, faults = check(
        {
            "text": "a b c",
            "segments": [
                {"text": "a", "start": 0.1, "end": None, "avg_logprob": -inf},
                {"text": "b", "start": nan, "end": 1.0, "no_speech_prob": 7, "tokens": [1, 2]},
                {"text": "c", "start": 1.5, "end": 1.2, "compression_ratio": None},
            ],
        }
    )
    spans = [(one["start"], one["end"]) for one in checked.segments]
    assert spans == [(0.1, 2.0), (2.0, 2.0), (2.0, 2.0)]
    assert faults == {"figures of segments": 2, "times of segments": 3}
    assert checked.segments[0]["avg_logprob"] is None
    assert checked.segments[1]["no_speech_prob"] is None
    assert all(one["compression_ratio"] > 0 for one in checked.segments)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
PART = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(ANYTHING, st.floats(-1, 3))
        for name in (
            *("start", "end", "text", "word", "probability", "avg_logprob", "no_speech_prob"),
            *("compression_ratio", "temperature", "tokens"),
        )
    },
)
ANSWER = st.fixed_dictionaries(
    {"text": ANYTHING | st.text(max_size=20)},
    optional={
        "segments": ANYTHING | st.lists(PART, max_size=4),
        "words": ANYTHING | st.lists(PART, max_size=4),
        "language": ANYTHING,
    },
)


@given(ANSWER | ANYTHING)
def test_whatever_comes_is_a_row_or_a_failure(answer: Any) -> None:
    checked, _ = check(answer)
    if checked.failure:
        return
    json.dumps([checked.words, checked.segments], allow_nan=False)
    starts = [one["start"] for one in checked.words if one["start"] is not None]
    assert starts == sorted(starts) and all(0 <= start <= 2 for start in starts)
    for part in (*checked.words, *checked.segments):
        if part["start"] is not None and part["end"] is not None:
            assert 0 <= part["start"] <= part["end"] <= 2


# Hears the low tones and the high ones; {odd} is what it answers to the low ones.
PROGRAM = """
import json, sys, wave
with wave.open(sys.argv[1]) as file:
    sound = file.readframes(file.getnframes())
signs = [sound[place] & 128 for place in range(1, len(sound), 2)]
low = sum(a != b for a, b in zip(signs, signs[1:])) < 700
print({odd!r} if low else json.dumps({{"text": "fine"}}))
"""
NAN = '{"text": "the cats", "segments": [{"text": "the cats", "start": 0, "end": NaN}], "words": ['
NAN += '{"word": "the", "start": 0, "end": NaN, "probability": NaN}, {"word": "cats"}]}'


def transcribe(folder: Path, odd: str) -> tuple[list[Row], list[Row]]:
    """Run a shard through a program -> rows of transcripts, and of notices."""
    path = folder / "hear.py"
    path.write_text(PROGRAM.format(odd=odd), encoding="utf-8")
    shard = ToneShard(folder, cut_tones(folder))
    shard.receipt["path"] = f"{sys.executable} {path} {{audio}}"
    with collecting(Job("transcribe", "transcribe_chunks", "x"), folder / "notices.tsv"):
        rows = shard.run(pass_params(engine="command"))
    return rows, list(read_table(NOTICES, folder / "notices.tsv"))


@pytest.mark.slow
def test_a_recordings_bad_answers_are_told_and_end_nothing(tmp_path: Path) -> None:
    rows, notices = transcribe(tmp_path, '{"segments": []}')
    assert {row["recording"] for row in rows} == {"high"}
    assert {(row["kind"], row["recording"], row["count"]) for row in notices} == {
        ("answer_unreadable", "low", 3)
    }


@pytest.mark.slow
def test_values_that_cannot_be_are_told_each_time_and_are_in_no_file(tmp_path: Path) -> None:
    for _ in range(2):  # decoded, and from the store
        rows, notices = transcribe(tmp_path, NAN)
        assert {
            (row["recording"], row["text"].split(" that")[0], row["count"]) for row in notices
        } == {
            ("low", "times of words", 6),
            ("low", "probabilities of words", 3),
            ("low", "times of segments", 3),
        }
    low = [row for row in rows if row["recording"] == "low"]
    assert [one["start"] for one in low[1]["words"]] == [2.0, None]
    assert [one["probability"] for one in low[1]["words"]] == [None, None]
    for write in FORMATS.values():
        assert "nan" not in write(low).lower()
    starts = [float(line.split()[2]) for line in FORMATS["ctm"](low).splitlines()]
    assert len(starts) == 6 and starts == sorted(starts)


@pytest.mark.slow
def test_an_engine_that_never_makes_sense_ends_the_job(tmp_path: Path) -> None:
    (tmp_path / "hear.py").write_text("print('{}')", encoding="utf-8")
    shard = ToneShard(tmp_path, cut_tones(tmp_path))
    shard.receipt["path"] = f"{sys.executable} {tmp_path / 'hear.py'} {{audio}}"
    with pytest.raises(UserError, match=r"not one answer could be understood; (low|high): command"):
        shard.run(pass_params(engine="command"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("<|0.00|> the cats<|1.00|>", "<|0.00|>"),
        ("language English<asr_text>the cats", "<asr_text>"),
        ("<think>so</think>the cats", "<think>"),
        ("[_BEG_] the cats [_TT_150]", "[_BEG_]"),
        ("the <i>cats</i> | [laughs] <3 a_b", ""),
    ],
)
def test_tokens_in_texts_are_kept_and_told(tmp_path: Path, text: str, token: str) -> None:
    rows, notices = transcribe(tmp_path, json.dumps({"text": text}))
    assert {row["text"] for row in rows} == {text, "fine"}
    told = [(row["count"], f"'{token}'" in row["text"]) for row in notices]
    assert told == ([(3, True)] if token else [])
