"""Transcripts that exist already become rows of the table: read, cut at the chunks, counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from results_folder import (
    ResultsFolder,
    audio_row,
    chunk_row,
    item_row,
    plan_row,
    recording_row,
    segment,
    timed_words,
    transcript_row,
)
from snakescribe.cli import cli
from snakescribe.config.block import as_json
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    NOTICES,
    PLANS,
    RECORDINGS,
    TRANSCRIPTS,
    Row,
    read_table,
)
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import Decoded
from snakescribe.transcribe.engines.files import Files, list_patterns
from snakescribe.transcribe.existing.cut import cut_by_time, to_row
from snakescribe.transcribe.export.formats import FORMATS
from snakescribe.transcribe.params import PassParams, PassPrompt

SPANS = [[0.0, 9.5], [10.0, 19.0], [19.0, 25.0]]
TEXTS = [
    "Good evening, and welcome to the old town hall.",
    "The first speaker tonight has come a long way to be here.",
    "Thank you all for your patience.",
]


def transcripts(name: str = "talk") -> list[Row]:
    """What a model heard in three chunks, the last of which touches the one before."""
    return [
        transcript_row(
            name, number, "none", text, span,
            words=timed_words(text, span, 0.5), segments=[segment(text, span)],
        )
        for number, (text, span) in enumerate(zip(TEXTS, SPANS, strict=True))
    ]  # fmt: skip


class Shard:
    """A recording of three chunks, `talk`, whose transcript lies in `vendor/`."""

    def __init__(self, **item: Any) -> None:
        self.folder = ResultsFolder(
            Path("results"),
            items=[item_row("talk", **item)],
            recordings=[recording_row("talk")],
            audio={"raw": [audio_row("talk")]},
            plans=[plan_row("talk", SPANS)],
            chunks={"raw": [chunk_row("talk", number, span) for number, span in enumerate(SPANS)]},
            transcripts={"tiny.raw": transcripts()},
        )
        self.folder.write()

    def take(self, weights: str, *options: str, **decoding: Any) -> tuple[list[Row], list[Row]]:
        """`transcribe run` with the engine `files` -> its rows and its notices."""
        results = self.folder.results
        Path("receipt.json").write_text(json.dumps(Files.fetch_weights(weights)))
        params = PassParams(
            model=Weights(engine="files", weights=weights), audio="raw", name="vendor.raw",
            model_name="vendor", pairs=[("none", "greedy")], grouped=[],
            prompts={"none": PassPrompt(template="", terms_sha256="")},
            decoding={"greedy": Decoding(**decoding)},
        )  # fmt: skip
        tables = {
            "items": results.folder / "items.tsv",
            "recordings": results.path(RECORDINGS, shard="s00000"),
            "plans": results.path(PLANS, shard="s00000"),
            "chunks": results.path(CHUNKS, shard="s00000", variant="raw"),
            "audio": results.path(AUDIO, shard="s00000", variant="raw"),
        }
        arguments = [f"--{name}={path}" for name, path in tables.items()]
        arguments += ["--model=receipt.json", f"--settings={as_json(params)}", "--shard=s00000"]
        arguments += ["--store=store", "--output=out.parquet", "--notices=notices.tsv", *options]
        done = CliRunner().invoke(cli, ["transcribe", "run", *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return list(read_table(TRANSCRIPTS, Path("out.parquet"))), list(
            read_table(NOTICES, Path("notices.tsv"))
        )

    def guide(self) -> str:
        """The option that names what a model heard in the same chunks."""
        path = self.folder.results.path(TRANSCRIPTS, shard="s00000", passname="tiny.raw")
        return f"--guide={path}"


@pytest.fixture(autouse=True)
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory's folder of transcripts."""
    monkeypatch.chdir(tmp_path)
    Path("vendor").mkdir()
    return Path("vendor")


def export(name: str, folder: Path) -> None:
    (folder / f"talk.{name}").write_text(FORMATS[name](transcripts()))


def plain(text: str) -> str:
    return text.replace(",", "").replace(".", "")


@pytest.mark.parametrize("kind", ["json", "ctm", "srt", "vtt"])
def test_what_we_export_comes_back_in_the_same_chunks(kind: str, vendor: Path) -> None:
    export(kind, vendor)
    rows, notices = Shard().take("vendor/{recording}.{json,ctm,srt,vtt}")
    spelled = plain if kind == "ctm" else str
    assert [row["text"] for row in rows] == [spelled(text) for text in TEXTS]
    assert notices == []
    assert {row["run"]["engine"] for row in rows} == {"files"}
    assert rows[0]["run"]["more"]["file"] == f"vendor/talk.{kind}"
    if kind in ("json", "ctm"):
        told = [word for row in transcripts() for word in row["words"]]
        words = [word for row in rows for word in row["words"]]
        assert [word["probability"] for word in words] == [0.5] * len(told)
        assert [word["start"] for word in words] == pytest.approx(
            [word["start"] for word in told], abs=0.002
        )
        assert [word["spaced"] for word in words] == [word["spaced"] for word in told]


def test_a_text_is_cut_by_what_a_model_heard(vendor: Path) -> None:
    text = " ".join(TEXTS).replace("old town", "auld").replace("Thank you", "Thanks")
    (vendor / "talk.txt").write_text(text.replace("tonight ", "tonight\n"))
    shard = Shard()
    rows, (notice,) = shard.take("vendor/{recording}.txt", shard.guide())
    assert [row["text"] for row in rows] == [
        TEXTS[0].replace("old town", "auld"),
        TEXTS[1],
        TEXTS[2].replace("Thank you", "Thanks"),
    ]
    assert (notice["kind"], notice["recording"]) == ("transcript_untimed", "talk")
    assert notice["text"].endswith("by what a model wrote of them")


def test_without_a_model_a_text_is_cut_by_a_reference_with_times(vendor: Path) -> None:
    Path("talk.vtt").write_text(FORMATS["vtt"](transcripts()))
    (vendor / "talk.txt").write_text(" ".join(TEXTS).replace("long", "very long"))
    rows, (notice,) = Shard(reference_file="talk.vtt").take("vendor/{recording}.txt")
    assert [row["text"] for row in rows] == [
        TEXTS[0], TEXTS[1].replace("long", "very long"), TEXTS[2],
    ]  # fmt: skip
    assert notice["text"].endswith("by the times of its reference")


def test_with_neither_the_seconds_of_speech_divide_it(vendor: Path) -> None:
    (vendor / "talk.txt").write_text(" ".join(TEXTS))
    rows, (notice,) = Shard().take("vendor/{recording}.txt")
    assert " ".join(row["text"] for row in rows) == " ".join(TEXTS)
    assert all(row["text"] for row in rows)
    assert notice["text"].endswith("which is rough")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("talk.txt", "Speaker 1: {0}\nSpeaker 2: {1}\nSpeaker 1: {2}\n"),
        ("talk.txt", "JANE: {0}\nJOHN: {1}\n{2}\n"),
        (
            "talk.vtt",
            "WEBVTT\n\n00:00.000 --> 00:09.000\nJane Doe: {0}\n\n"
            "00:10.000 --> 00:18.000\nJohn: {1}\n\n"
            "00:19.000 --> 00:25.000\nJane Doe: {2}\n",
        ),
    ],
)
def test_names_of_who_speaks_are_no_words(name: str, content: str, vendor: Path) -> None:
    (vendor / name).write_text(content.format(*TEXTS))
    shard = Shard()
    rows, notices = shard.take("vendor/{recording}.{txt,vtt}", shard.guide())
    assert [row["text"] for row in rows] == TEXTS
    (told,) = [one for one in notices if one["kind"] == "transcript_names"]
    assert told["count"] == content.count(": ")
    if name.endswith("vtt"):
        speakers = [part["speaker"] for row in rows for part in row["segments"]]
        assert speakers == ["Jane Doe", "John", "Jane Doe"]


def test_a_colon_that_was_said_stays(vendor: Path) -> None:
    said = ["I say this: go.", "And so it was.", "Then it began.", "It is 10:30."]
    (vendor / "talk.txt").write_text("\n".join(said))
    shard = Shard()
    rows, notices = shard.take("vendor/{recording}.txt", shard.guide())
    assert " ".join(row["text"] for row in rows if row["text"]) == " ".join(said)
    assert [one for one in notices if one["kind"] == "transcript_names"] == []


def test_a_missing_file_is_a_missing_transcript_and_not_an_empty_one(vendor: Path) -> None:
    (vendor / "other.txt").write_text("words")
    rows, (notice,) = Shard().take("vendor/{recording}.txt")
    assert rows == []
    assert (notice["kind"], notice["recording"]) == ("transcript_missing", "talk")


def test_an_empty_file_says_that_nothing_was_said(vendor: Path) -> None:
    (vendor / "talk.txt").write_text("\n")
    rows, notices = Shard().take("vendor/{recording}.txt")
    assert [(row["text"], row["flags"]) for row in rows] == [("", ["silence"])] * 3
    assert notices == []


HOSTILE = {
    "latin.txt": "Gr\xfc\xdfe".encode("latin-1"),
    "cut.json": b'{"text": "a',
    "shape.json": b'{"hello": 1}',
    "deep.json": b"[" * 100_000,
    "no.srt": b"this is no subtitle",
    "no.ctm": b"talk 1 soon long word\n",
    "bytes.vtt": b"\x00\xff\x00\xff",
    "null.json": b'{"text": null, "segments": null}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_costs_its_recording_alone(name: str, vendor: Path) -> None:
    (vendor / f"talk.{name.partition('.')[2]}").write_bytes(HOSTILE[name])
    rows, (notice,) = Shard().take("vendor/{recording}.{txt,json,srt,ctm,vtt}")
    assert rows == []
    assert (notice["kind"], notice["recording"]) == ("answer_unreadable", "talk")


def test_times_that_cannot_be_are_unknown_for_their_word_alone(vendor: Path) -> None:
    words = [
        {"word": word["text"], "start": word["start"], "end": word["end"], "probability": 0.5}
        for row in transcripts()
        for word in row["words"]
    ]
    words[1]["start"] = float("nan")
    words[2]["end"] = 1e9
    words[4] |= {"start": -5.0, "probability": 1.7}
    value = {"text": " ".join(TEXTS), "words": words}
    (vendor / "talk.json").write_text(json.dumps(value))
    rows, notices = Shard().take("vendor/{recording}.json")
    assert [row["text"] for row in rows] == TEXTS
    assert rows[0]["words"][1]["start"] is None
    assert rows[0]["words"][2]["end"] is None
    assert rows[0]["words"][4]["probability"] is None
    assert {(notice["kind"], notice["count"]) for notice in notices} == {
        ("answer_mended", 3),
        ("answer_mended", 1),
    }


@pytest.mark.parametrize(
    "words",
    [
        [{"word": "half\ud800", "start": 0.5, "end": 1.0}],
        [{"word": "zero\0", "start": 1e999, "end": -1e999, "probability": 1e999}],
        [{"word": "big", "start": 10**400, "end": True, "probability": "0.9"}],
        [{"word": None, "start": {}, "end": [], "probability": {}}],
        [
            {"word": "late", "start": 24.99, "end": 9999},
            {"word": "early", "start": 0.1, "end": 0.2},
        ],
    ],
)
def test_no_value_of_an_answer_ends_the_shard(words: list[Row], vendor: Path) -> None:
    text = " ".join(word["word"] or "" for word in words) or "nothing"
    (vendor / "talk.json").write_text(json.dumps({"text": text, "words": words}))
    rows, _ = Shard().take("vendor/{recording}.json")
    said = " ".join(row["text"] for row in rows if row["text"])
    assert said == text.encode("utf-8", "replace").decode()


def test_damaged_cues_are_left_out_and_told(vendor: Path) -> None:
    text = FORMATS["srt"](transcripts()).replace("00:00:10,000 -->", "00:00:1x,000 -->")
    (vendor / "talk.srt").write_text(text)
    rows, notices = Shard().take("vendor/{recording}.srt")
    assert rows[0]["text"] == TEXTS[0]
    assert rows[2]["text"] == TEXTS[2]
    assert [notice["kind"] for notice in notices] == ["answer_mended"]


def test_one_ctm_may_hold_all_recordings(vendor: Path) -> None:
    lines = FORMATS["ctm"](transcripts())
    (vendor / "all.ctm").write_text(lines.replace("talk ", "other ") + lines)
    rows, _ = Shard().take("vendor/all.ctm")
    assert [row["text"] for row in rows] == list(map(plain, TEXTS))
    (vendor / "all.ctm").write_text(lines.replace("talk ", "other "))
    rows, (notice,) = Shard().take("vendor/all.ctm")
    assert (rows, notice["kind"]) == ([], "transcript_missing")


def test_a_file_may_be_called_as_its_audio_is(vendor: Path) -> None:
    (vendor / "The talk (2).json").write_text(FORMATS["json"](transcripts()))
    rows, _ = Shard(locator="talks/The talk (2).mp3").take("vendor/{recording}.json")
    assert [row["text"] for row in rows] == TEXTS


def test_words_are_left_out_where_nobody_asks_for_them(vendor: Path) -> None:
    export("json", vendor)
    rows, _ = Shard().take("vendor/{recording}.json", word_timestamps=False)
    assert [row["words"] for row in rows] == [[], [], []]


def test_alternatives_of_an_stm_are_its_first_wording(vendor: Path) -> None:
    (vendor / "talk.stm").write_text("talk 1 x 0.00 9.00 { uh / @ } good { evening / morning }\n")
    rows, _ = Shard().take("vendor/{recording}.stm")
    assert [row["text"] for row in rows] == ["uh good evening", "", ""]


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ("vendor/{recording}.doc", "no transcript ends in '.doc'"),
        ("vendor/all.json", "write {recording} where the recording's id stands"),
        ("vendor/{recordin}.json", r"no '{recordin}' here; did you mean 'recording'\?"),
        ("vendor/{recording.json", "a brace without its other one"),
        ("vendor/{recording}.json", "no file is named like"),
    ],
)
def test_a_name_that_cannot_be_meant_is_told_before_the_run(weights: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        Files.check_weights(weights)


def test_endings_are_tried_in_the_order_of_the_braces() -> None:
    assert list_patterns("{a,b}/{recording}.{json,ctm}") == [
        "a/{recording}.json", "a/{recording}.ctm", "b/{recording}.json", "b/{recording}.ctm",
    ]  # fmt: skip


def test_a_changed_file_is_read_again(vendor: Path) -> None:
    (vendor / "talk.txt").write_text("one")
    weights = "vendor/{recording}.txt"
    before = Files.weights_state(weights), Files.fetch_weights(weights)["sha256"]
    (vendor / "talk.txt").write_text("other")
    after = Files.weights_state(weights), Files.fetch_weights(weights)["sha256"]
    assert all(one != other for one, other in zip(before, after, strict=True))


@given(
    st.lists(st.sampled_from(["a", "bb,", "c-d", "Éa"]), min_size=1, max_size=12),
    st.lists(st.floats(-2, 32) | st.none(), min_size=24, max_size=24),
)
def test_every_word_lies_in_one_chunk(words: list[str], times: list[float | None]) -> None:
    timed: list[Any] = [
        {"text": word, "start": start, "end": end, "probability": None}
        for word, start, end in zip(words, times[::2], times[1::2], strict=False)
    ]
    text = " ".join(words)
    decoded = Decoded(text, "en", [], timed)
    row = to_row(check_decoded(decoded, 25.0)[0])
    chunks = [chunk_row("talk", number, span) for number, span in enumerate(SPANS)]
    parts = cut_by_time(row, chunks, 25.0)
    assert " ".join(part.text for part in parts if part.text) == text
