"""Transcripts as files that other programs read back."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.captions.read import read_reference
from snakescribe.tables import EXPORTS, TRANSCRIPTS, read_table, write_table
from snakescribe.transcribe.export import export_shard
from snakescribe.transcribe.export.cues import LINE_LETTERS, to_cues
from snakescribe.transcribe.export.formats import FORMATS, to_ctm, to_srt


def word(text: str, start: float, end: float, probability: float | None = 0.5) -> dict[str, Any]:
    return {"text": text, "start": start, "end": end, "probability": probability}


def row(number: int, words: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    text = " ".join(one["text"] for one in words)
    segment = {
        "start": words[0]["start"] if words else 0.0, "end": words[-1]["end"] if words else 1.0,
        "text": text, "tokens": 3, "avg_logprob": -0.1, "no_speech_prob": 0.0,
        "compression_ratio": 1.0, "temperature": 0.0,
    }  # fmt: skip
    return {
        "chunk": f"game-{number:04d}", "recording": "game", "prompt": "none",
        "decoding": "greedy", "text": text, "language": "en",
        "segments": [segment] if text else [], "words": words, "flags": [], "tries": 1,
        "prompt_text": "", "prompt_tokens": 0, "prompt_kept": [], "prompt_dropped": [],
        "prompt_truncated": False, "audio_seconds": 30.0, "feature_seconds": 0.1,
        "encode_seconds": 0.1, "decode_seconds": 0.1, "run": {}, **more,
    }  # fmt: skip


ROWS = [
    row(0, [word("Line", 0.5, 1.0), word("drive", 1.0, 1.5), word("& score.", 1.5, 2.0)]),
    row(1, [word("Here", 3600.25, 3600.5), word("he", 3602.0, 3602.25, None)]),
    row(2, []),
]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_read_back_as_they_were(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"game.{name}"
    path.write_text(FORMATS[name](ROWS), encoding="utf-8")
    cues = read_reference(path).utterances
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [
        (0.5, 2.0, "Line drive & score."),
        (3600.25, 3600.5, "Here"),
        (3602.0, 3602.25, "he"),
    ]


def test_webvtt_keeps_what_looks_like_markup() -> None:
    assert "&lt;b&gt; &amp;" in FORMATS["vtt"]([row(0, [word("<b>", 0, 1), word("&", 1, 2)])])


def test_ctm_has_a_line_for_each_word() -> None:
    assert to_ctm(ROWS).splitlines() == [
        "game 1 0.500 0.500 Line 0.5000",
        "game 1 1.000 0.500 drive 0.5000",
        "game 1 1.500 0.500 & 0.5000",
        "game 1 1.500 0.500 score. 0.5000",
        "game 1 3600.250 0.250 Here 0.5000",
        "game 1 3602.000 0.250 he",
    ]


def test_without_word_times_the_segment_is_spread_over_its_words() -> None:
    rows = [row(0, [word("one", 0.0, 1.0), word("two", 1.0, 4.0)])]
    rows[0]["words"] = []
    assert to_ctm(rows) == "game 1 0.000 2.000 one\ngame 1 2.000 2.000 two\n"
    assert to_srt(rows) == "1\n00:00:00,000 --> 00:00:04,000\none two\n"


@given(
    st.lists(st.tuples(st.text("abcé.", min_size=1, max_size=20), st.floats(0.01, 4)), min_size=1)
)
def test_cues_hold_all_words_in_lines_that_can_be_read(spoken: list[tuple[str, float]]) -> None:
    time, words = 0.0, []
    for text, seconds in spoken:
        words.append(word(text, time, time + seconds / 2))
        time += seconds
    cues = to_cues(row(0, words))
    assert " ".join(cue.text for cue in cues).split() == [text for text, _ in spoken]
    for cue in cues:
        lines = cue.text.splitlines()
        assert len(lines) <= 2
        assert all(len(line) <= LINE_LETTERS for line in lines)
        assert cue.end - cue.start <= 7.0 or len(cue.text.split()) == 1
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)


def test_a_long_sentence_is_divided_evenly() -> None:
    words = [word("twelve-letter", number / 4, number / 4 + 0.25) for number in range(7)]
    assert [len(cue.text.split()) for cue in to_cues(row(0, words))] == [3, 4]


def test_every_recording_and_condition_has_a_file_of_each_format(tmp_path: Path) -> None:
    transcripts = tmp_path / "s00000.parquet"
    named = [{**one, "prompt": "names"} for one in ROWS]
    write_table(TRANSCRIPTS, transcripts, [*ROWS, *named])
    output = tmp_path / "exports" / "tiny.raw" / "s00000.tsv"
    export_shard(transcripts, "tiny.raw", list(FORMATS), tmp_path / "exports", output)
    listed = list(read_table(EXPORTS, output))
    assert len(listed) == 2 * len(FORMATS)
    assert all(Path(one["path"]).exists() for one in listed)
    folder = tmp_path / "exports" / "tiny.raw.names.greedy"
    assert (folder / "game.txt").read_text(encoding="utf-8") == "Line drive & score.\nHere he\n"
    value = json.loads((folder / "game.json").read_text(encoding="utf-8"))
    assert value["text"] == "Line drive & score. Here he"
    assert [one["text"] for one in value["words"]] == ["Line", "drive", "& score.", "Here", "he"]
