"""Transcripts as files that other programs read back."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.captions.read import read_reference
from snakescribe.tables import EXPORTS, TRANSCRIPTS, read_table, write_table
from snakescribe.transcribe.export import export_shard
from snakescribe.transcribe.export.cues import LINE_LETTERS, to_cues
from snakescribe.transcribe.export.formats import (
    FORMATS,
    _without_punctuation,
    to_ctm,
    to_json,
    to_srt,
)
from snakescribe.transcribe.export.pieces import to_pieces, whole_words
from snakescribe.transcribe.spacing import join_words, mark_spaces


def word(text: str, start: float, end: float, probability: float | None = 0.5) -> dict[str, Any]:
    return {"text": text, "start": start, "end": end, "probability": probability, "spaced": True}


def row(number: int, words: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    words = [{**one, "spaced": one["spaced"] and place > 0} for place, one in enumerate(words)]
    text = join_words(words)
    segment = {
        "start": words[0]["start"] if words else 0.0, "end": words[-1]["end"] if words else 1.0,
        "text": text, "tokens": 3, "avg_logprob": -0.1, "no_speech_prob": 0.0, "speaker": None,
        "compression_ratio": 1.0, "temperature": 0.0,
    }  # fmt: skip
    return {
        "chunk": f"game-{number:04d}", "recording": "game", "prompt": "none",
        "decoding": "greedy", "repeat": 1, "text": text, "language": "en",
        "segments": [segment] if text else [], "words": words, "flags": [], "tries": 1,
        "prompt_text": "", "prompt_tokens": 0, "prompt_kept": [], "prompt_dropped": [],
        "prompt_truncated": False, "audio_seconds": 30.0, "feature_seconds": 0.1,
        "encode_seconds": 0.1, "decode_seconds": 0.1, "run": {}, **more,
    }  # fmt: skip


ROWS = [
    row(
        0,
        [
            word("Line", 0.5, 1.0),
            word("drive", 1.0, 1.5),
            word("&", 1.5, 1.75),
            word("score.", 1.75, 2.0),
        ],
    ),
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
        "game 1 1.500 0.250 & 0.5000",
        "game 1 1.750 0.250 score 0.5000",
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


TEXTS = {
    "fr": "L'accident a eu lieu en terrain montagneux, aujourd'hui : « qu'est que c'est ? » Rien !",
    "de": "Der T-Rex-Fund (42-jährig) war — so heißt es — »groß«. Geht's noch?",
    "en": "A forty-two-line Bible, 42 -line, the dogs' $5.50 co-op... 'tis so -- isn't it?",
    "ja": "客観的実在の判断的知識が成立するのである。電柱に電球がともっていた、と。",
    "zh": "砸自己的脚。你好，世界！这是 Whisper 的测试。",
    "ko": "안녕하세요. 오늘은 날씨가 좋네요!",
    "hi": "नमस्ते, आप कैसे हैं? यह एक परीक्षण है।",
}


@st.composite
def timed_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A row whose words are pieces of its text as Whisper cuts them, or as others do."""
    text = draw(st.sampled_from(sorted(TEXTS.values())))
    cuts = sorted(draw(st.sets(st.integers(1, len(text) - 1), max_size=len(text))))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    parts = [part for part in parts if part.strip()]
    if draw(st.booleans()):  # as OpenAI's service times them
        parts = [re.sub(r"[^\w\s]", "", part) or "x" for part in parts]
    step = draw(st.floats(0.01, 1.5))
    words = [
        {
            "text": part.strip(),
            "start": draw(st.sampled_from([number * step, None])),
            "end": draw(st.sampled_from([(number + 1) * step, None])),
            "probability": draw(st.sampled_from([0.5, None])),
        }
        for number, part in enumerate(parts)
    ]
    made = row(0, [])
    half = text.rfind(" ", 0, len(text) // 2) + 1 or len(text) // 2  # between two words
    segment = {"start": 0.0, "end": len(parts) * step, "tokens": None, "avg_logprob": None,
               "no_speech_prob": None, "speaker": None, "compression_ratio": 1.0,
               "temperature": None}  # fmt: skip
    told = draw(st.sampled_from([[text], [text[:half], text[half:]], ["another text"]]))
    segments = [{**segment, "text": part} for part in told]
    return {**made, "text": text, "words": mark_spaces(text, words), "segments": segments}


def bare(text: str) -> str:
    return "".join(text.split())


def spoken(text: str) -> str:
    return re.sub(r"[^\w$%&]", "", text)


@given(timed_rows(), st.booleans())
def test_the_text_of_every_export_is_the_transcripts(made: dict[str, Any], timed: bool) -> None:
    if not timed:
        made["words"] = []
    text, rows = made["text"], [made]
    assert FORMATS["txt"](rows) == f"{text}\n"
    for name in ("srt", "vtt"):
        cues = [block.split("\n") for block in FORMATS[name](rows).strip().split("\n\n")]
        lines = [cue[2:] if name == "srt" else cue[1:] for cue in cues if "-->" in "".join(cue)]
        shown = html.unescape(" ".join(" ".join(cue) for cue in lines))
        assert bare(shown) == bare(text)
        if (
            timed
            and max(map(len, text.split())) <= LINE_LETTERS
            and all(piece.end - piece.start <= 7 for piece in whole_words(to_pieces(made)))
        ):
            assert shown.split() == text.split()
    value = json.loads(to_json(rows))
    assert value["text"] == text
    assert "".join(part["text"] for part in value["segments"]).strip() == text
    if timed:
        words = [word for part in value["segments"] for word in part["words"]]
        assert "".join(word["word"] for word in words).strip().split() == text.split()
    lines = [line.split(" ") for line in to_ctm(rows).splitlines()]
    assert spoken("".join(line[4] for line in lines)) == spoken(text)
    assert len(lines) == sum(bool(_without_punctuation(word)) for word in text.split())
    starts = [float(line[2]) for line in lines]
    assert starts == sorted(starts)
    assert all(float(line[3]) >= 0 for line in lines)


@pytest.mark.slow  # with torch
@pytest.mark.parametrize("name", ["txt", "srt", "vtt", "tsv", "json"])
def test_whispers_own_writers_take_our_json(name: str, tmp_path: Path) -> None:
    from whisper.utils import get_writer

    get_writer(name, str(tmp_path))(json.loads(to_json(ROWS)), "game.wav")
    written = (tmp_path / f"game.{name}").read_text(encoding="utf-8")
    if name == "srt":
        assert "00:00:00,500 --> 00:00:02,000\nLine drive & score.\n" in written
    if name == "txt":
        assert written == "Line drive & score.\nHere he\n"
    options = {"max_line_width": 12, "max_line_count": 1, "highlight_words": True}
    get_writer(name, str(tmp_path))(json.loads(to_json(ROWS)), "game.wav", options)


def test_a_word_that_was_timed_in_pieces_is_one_line_of_a_ctm() -> None:
    pieces = [word("L", 0.0, 0.2, 0.9), word("'accident", 0.2, 0.8, 0.5), word("T", 1.0, 1.2, 1.0),
              word("-Rex.", 1.2, 1.6, None)]  # fmt: skip
    pieces[1]["spaced"] = pieces[3]["spaced"] = False
    assert to_ctm([row(0, pieces)]).splitlines() == [
        "game 1 0.000 0.800 L'accident 0.7000",
        "game 1 1.000 0.600 T-Rex 1.0000",
    ]


def test_words_without_punctuation_take_the_texts() -> None:
    made = row(0, [word("hello", 1.0, 1.5), word("world", 2.0, 2.5), word("21", 3.0, 3.5)])
    made["text"] = "Hello, world: twenty-one!"
    assert to_ctm([made]).splitlines() == [
        "game 1 1.000 0.500 Hello 0.5000",
        "game 1 2.000 0.500 world 0.5000",
        "game 1 2.833 0.333 twenty-one",
    ]
    assert "Hello, world: twenty-one!" in to_srt([made])


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
    words = [one["word"] for part in value["segments"] for one in part["words"]]
    assert words == [" Line", " drive", " &", " score.", " Here", " he"]
