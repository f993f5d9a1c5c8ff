"""`snakescribe process plan` with each method of cutting and each detector."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from process_stage import Stage

from results_folder import item_row
from snakescribe.errors import UserError
from snakescribe.process import pyannote_detector
from snakescribe.process.borders import loud_cuts
from snakescribe.process.detector_loading import load_detector
from snakescribe.tables import ITEMS, NOTICES, PLANS, Row, read_table, write_table
from sounds import noise, tone

pytestmark = pytest.mark.slow

SPEECH = [(1.0, 3.0), (4.0, 6.5), (9.0, 11.0)]


def bursts() -> Any:
    """Twelve seconds of faint noise, louder where `SPEECH` says."""
    samples = noise(12.0, 0.001)
    for start, end in SPEECH:
        part = slice(round(start * 16_000), round(end * 16_000))
        samples[part] += tone(end - start, level=0.3)
    return samples


@pytest.fixture
def heard(stage: Stage, wav: Callable[..., Row]) -> Stage:
    stage.prepare([wav("talk", bursts())])
    return stage


def plan(stage: Stage, **chunking: Any) -> Row:
    """The plan of the only recording; by loudness, as nobody speaks here."""
    [row] = stage.plan(**{"detector": "energy", **chunking})
    return row


def test_energy_tells_loud_from_faint(heard: Stage) -> None:
    found = plan(heard)["speech"]
    assert len(found) == len(SPEECH)
    for (start, end), (first, last) in zip(found, SPEECH, strict=True):
        assert (start, end) == (pytest.approx(first, abs=0.07), pytest.approx(last, abs=0.07))


def test_a_level_that_hardly_changes_is_no_speech(stage: Stage, wav: Callable[..., Row]) -> None:
    stage.prepare([wav("hum", tone(3.0))])
    assert plan(stage)["status"] == "no_speech"


def test_whole_is_not_cut_however_long(stage: Stage, wav: Callable[..., Row]) -> None:
    stage.prepare([wav("long", noise(45.0, 0.01))])
    row = plan(stage, method="whole")
    assert (row["status"], row["chunks"], row["cuts"]) == ("ok", [[0.0, 45.0]], 0)
    [chunk] = stage.cut()
    assert (chunk["start"], chunk["end"]) == (0.0, 45.0)


def test_utterances_are_taken_as_they_are_and_longer_ones_get_a_status(
    stage: Stage, wav: Callable[..., Row]
) -> None:
    stage.prepare([wav("short", noise(4.0)), wav("long", noise(9.0))])
    short, long = stage.plan(method="none", max_seconds=5)
    assert (short["status"], short["chunks"]) == ("ok", [[0.0, 4.0]])
    assert (long["status"], long["chunks"]) == ("too_long", [])
    assert long["reason"].startswith("9 s long, and the chunking method none takes recordings of")


@pytest.mark.parametrize(
    ("seconds", "overlap", "chunks"),
    [
        (12.0, 2, [[0.0, 5.0], [3.0, 8.0], [6.0, 11.0], [9.0, 12.0]]),
        (11.0, 2, [[0.0, 5.0], [3.0, 8.0], [6.0, 11.0]]),
        (1.5, 2, [[0.0, 1.5]]),
        (10.0, 0, [[0.0, 5.0], [5.0, 10.0]]),
    ],
)
def test_fixed_chunks_overlap(
    stage: Stage, wav: Callable[..., Row], seconds: float, overlap: int, chunks: list[list[float]]
) -> None:
    stage.prepare([wav("hiss", noise(seconds))])
    row = plan(stage, method="fixed", max_seconds=5, overlap_seconds=overlap)
    assert row["chunks"] == chunks


def test_each_region_may_have_a_chunk_of_its_own(heard: Stage) -> None:
    assert len(plan(heard)["chunks"]) == 1
    row = plan(heard, pack=False, pad_ms=0)
    assert row["chunks"] == row["speech"]


@pytest.fixture
def referenced(heard: Stage) -> Callable[..., tuple[Row, list[Row]]]:
    """Plan the recording with a reference -> its row, and the notices."""

    def make(name: str, text: str, **chunking: Any) -> tuple[Row, list[Row]]:
        folder = heard.folder
        (folder / name).write_text(text)
        write_table(
            ITEMS, folder / "items.tsv", [item_row("talk", reference_file=str(folder / name))]
        )
        settings = {"method": "reference", "detector": "energy", "tiers": ["human"], **chunking}
        heard.run(
            *("plan", "--audio", folder / "raw.tsv", "--chunking", json.dumps(settings)),
            *("--store", heard.store, "--output", folder / "plans.tsv"),
            *("--items", folder / "items.tsv", "--recordings", folder / "recordings.tsv"),
            *("--notices", folder / "notices.tsv"),
        )
        [row] = read_table(PLANS, folder / "plans.tsv")
        return row, list(read_table(NOTICES, folder / "notices.tsv"))

    return make


STM = "talk 1 a 1.0 3.0 one two\ntalk 1 b 2.5 4.0 three\ntalk 1 a 4.0 6.5 four\n"


def test_a_timed_reference_is_cut_between_its_utterances(referenced: Any) -> None:
    row, notices = referenced("talk.stm", STM, pack=False, pad_ms=0)
    assert row["chunks"] == [[1.0, 4.0], [4.0, 6.5]]  # the first two overlap: they are one
    assert [(one["kind"], one["recording"]) for one in notices] == [("speech_left_out", "talk")]
    packed, _ = referenced("talk.stm", STM, pad_ms=100)
    assert packed["chunks"] == [[0.9, 6.6]]


def test_an_utterance_that_is_too_long_is_cut_at_a_pause(referenced: Any) -> None:
    row, _ = referenced("talk.stm", "talk 1 a 0.5 11.5 all of it\n", max_seconds=9, pad_ms=0)
    (first, cut), (again, last) = row["chunks"]
    assert (first, last, again) == (0.5, 11.5, cut)
    assert 6.5 < cut < 9.0  # in the pause


@pytest.mark.parametrize("text", ["", "all in one line"])
def test_without_a_timed_reference_there_is_a_status(referenced: Any, text: str) -> None:
    row, _ = referenced("talk.txt", text)
    assert (row["status"], row["chunks"]) == ("no_reference", [])


def test_a_reference_that_cannot_be_read_is_told(referenced: Any) -> None:
    row, notices = referenced("talk.stm", "talk 1 a zero one words\n")
    assert row["status"] == "no_reference"
    assert [one["kind"] for one in notices] == ["reference_unreadable"]


OWN = {
    "talk.stm": "talk 1 a 1.0 3.0 x\nother 1 a 0 9 x\ntalk 1 a 4.0 6.5 y\n",
    "speech.rttm": "SPEAKER talk.wav 1 1.0 2.0 <NA> <NA> a <NA> <NA>\n"
    "SPKR-INFO talk 1 <NA> <NA> <NA> unknown a <NA>\n"
    "SPEAKER other 1 0 9 <NA> <NA> a <NA>\nSPEAKER talk 1 4.0 2.5 <NA> <NA> b <NA>\n",
    "speech.ctm": "talk 1 1.0 1.2 a\ntalk 1 2.2 0.8 b\ntalk 1 4.0 2.5 c\nother 1 0 9 x\n",
    "speech.tsv": "recording\tstart\tend\ntalk\t4.0\t6.5\ntalk.wav\t1.0\t3.0\nother\t0\t9\n",
    "speech.csv": "id,start,end\ntalk,1,2\ntalk,1.5,3\ntalk,4,6.5\n",
    "speech.jsonl": '{"recording": "talk", "start": 1, "end": 3}\n'
    '{"recording": "talk", "start": 4, "end": 6.5}\n',
    "{recording}.vtt": "WEBVTT\n\n00:01.000 --> 00:03.000\na\n\n00:04.000 --> 00:06.500\nb\n",
    "{recording}.srt": "1\n00:00:01,000 --> 00:00:03,000\na\n\n"
    "2\n00:00:04,000 --> 00:00:06,500\nb\n",
    "{recording}.rttm": "SPEAKER any 1 1 2 <NA> <NA> a\nSPEAKER name 1 4 2.5 <NA> <NA> a\n",
}


@pytest.mark.parametrize("name", OWN)
def test_segments_of_ones_own_count_as_they_are(heard: Stage, name: str) -> None:
    file = heard.folder / name.replace("{recording}", "talk")
    file.write_text(OWN[name])
    row = plan(heard, detector="segments", segments=str(heard.folder / name), pad_ms=0, pack=False)
    assert (row["status"], row["speech"]) == ("ok", [[1.0, 3.0], [4.0, 6.5]])
    assert row["chunks"] == row["speech"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("{recording}.rttm", None, "chunking.segments: no file for it"),
        ("speech.rttm", "SPEAKER other 1 0 9\n", "chunking.segments: no segment of it in"),
        ("speech.stm", "other 1 a 0 9 words\n", "chunking.segments: no segment of it in"),
        ("speech.csv", "id,start,end\ntalk,20,30\n", "chunking.segments: all its segments lie"),
    ],
)
def test_a_recording_without_segments_has_a_reason(
    heard: Stage, name: str, text: str | None, reason: str
) -> None:
    if text is not None:
        (heard.folder / name).write_text(text)
    row = plan(heard, detector="segments", segments=str(heard.folder / name))
    assert row["status"] == "no_speech"
    assert row["reason"].startswith(reason)


OF_CHANNELS = {
    "calls.rttm": "SPEAKER call 1 0 1 <NA> <NA> a\nSPEAKER call 2 2 1 <NA> <NA> b\n"
    "SPEAKER other 1 0 3 <NA> <NA> c\n",
    "own.rttm": "SPEAKER call.1 1 0 1 <NA> <NA> a\nSPEAKER call.2 1 2 1 <NA> <NA> b\n",
    "calls.stm": "call A a 0 1 x\ncall B b 2 3 y\nother A c 0 3 z\n",
    "calls.ctm": "call 1 0 0.5 x\ncall 1 0.5 0.5 y\ncall 2 2 1 z\nother 1 0 3 z\n",
    "calls.tsv": "recording\tchannel\tstart\tend\ncall\t1\t0\t1\ncall\t2\t2\t3\n",
    "own.csv": "id,start,end\ncall.1,0,1\ncall.2,2,3\n",
    "{recording}.rttm": "SPEAKER any 1 0 1 <NA> <NA> a\nSPEAKER any 2 2 1 <NA> <NA> b\n",
}


@pytest.fixture
def call(stage: Stage, wav: Callable[..., Row]) -> Stage:
    """Two people, each on a channel."""
    stage.prepare(
        [wav("call", np.stack([noise(4.0, 0.1), noise(4.0, 0.1, seed=1)], axis=1))], channel="each"
    )
    return stage


@pytest.mark.parametrize("name", OF_CHANNELS)
def test_segments_of_a_recording_are_told_apart_by_channel(call: Stage, name: str) -> None:
    (call.folder / name.replace("{recording}", "call")).write_text(OF_CHANNELS[name])
    plans = call.plan(detector="segments", segments=str(call.folder / name))
    assert [plan["speech"] for plan in plans] == [[[0.0, 1.0]], [[2.0, 3.0]]]


def test_a_channel_may_have_a_file_of_its_own(call: Stage) -> None:
    for number, times in (("1", "00:00.000 --> 00:01.000"), ("2", "00:02.000 --> 00:03.000")):
        (call.folder / f"call.{number}.vtt").write_text(f"WEBVTT\n\n{times}\nwords\n")
    plans = call.plan(detector="segments", segments=str(call.folder / "{recording}.vtt"))
    assert [plan["speech"] for plan in plans] == [[[0.0, 1.0]], [[2.0, 3.0]]]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "id,start,end\ncall,0,1\n", "do not say on which channel they are"),
        ("a.rttm", "SPEAKER call 1 0 1 x x a\nSPEAKER call 1 2 1 x x b\n", "several speakers"),
        ("{recording}.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\na\n", "on which channel"),
    ],
)
def test_segments_that_do_not_tell_channels_apart(
    call: Stage, name: str, text: str, message: str
) -> None:
    (call.folder / name.replace("{recording}", "call")).write_text(text)
    with pytest.raises(UserError, match=message):
        call.plan(detector="segments", segments=str(call.folder / name))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.rttm", "SPEAKER talk 1 1\n", "a.rttm: line 1: SPEAKER needs a file, channel, start"),
        ("a.rttm", "\nSPEAKER talk 1 nan 2\n", "a.rttm: line 2: 'nan' is no time in seconds"),
        ("a.rttm", "SPEAKER talk 1 5 -2\n", "a.rttm: line 1: a segment from 5 to 3 s"),
        ("a.csv", "id,start\ntalk,1\n", "a.csv: line 2: no end; a segment has the columns"),
        ("a.csv", "id,start,end\ntalk,1,x\n", "a.csv: line 2: 'x' is no time in seconds"),
        ("a.csv", "id,start,end\ntalk,-1,2\n", "a.csv: line 2: a segment from -1 to 2 s"),
        ("a.stm", "talk 1 a 1 inf words\n", "a.stm: line 1: 'inf' is no time in seconds"),
        ("missing.rttm", None, "missing.rttm: cannot read it"),
    ],
)
def test_a_bad_line_is_named(heard: Stage, name: str, text: str | None, message: str) -> None:
    if text is not None:
        (heard.folder / name).write_text(text)
    with pytest.raises(UserError) as error:
        plan(heard, detector="segments", segments=str(heard.folder / name))
    assert message in str(error.value)


def test_cuts_are_loud_where_they_fall_on_speech(heard: Stage) -> None:
    row = plan(heard, method="fixed", max_seconds=2.5)
    assert row["chunks"][0] == [0.0, 2.5]
    assert row["cuts"] == 4
    assert row["loud_cuts"] == [2.5, 5.0, 10.0]  # 7.5 s lies in the pause
    assert plan(heard)["loud_cuts"] == []


def test_where_chunks_overlap_or_pause_nothing_is_cut() -> None:
    levels = [-20.0] * 200 + [-60.0] * 100
    speech = [(0, 6400)]
    assert loud_cuts([(0, 3000), (3000, 6000)], speech, levels) == [3000]
    assert loud_cuts([(0, 3000), (2000, 6000)], speech, levels) == []
    assert loud_cuts([(0, 3000), (3100, 6000)], speech, levels) == []
    assert loud_cuts([(0, 3000), (3000, 6000)], [], levels) == []


class _Window:
    start, duration, step = 0.0, 0.1, 0.05


class _Scores:
    """What pyannote.audio's `Inference` gives: frames x speakers, and when the frames are."""

    sliding_window = _Window()

    def __init__(self, seconds: float) -> None:
        times = 0.05 + 0.05 * np.arange(round(seconds / 0.05))
        talks = [(start <= times) & (times < end) for start, end in SPEECH]
        self.data = np.stack([talks[0] | talks[2], talks[1]], axis=1).astype(np.float32)


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Detectors are loaded anew, before the test and after it."""
    load_detector.cache_clear()
    yield
    load_detector.cache_clear()


@pytest.mark.usefixtures("forgetful")
def test_pyannote_is_speech_where_any_speaker_is(
    heard: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for the package, whose frames have another step and several speakers."""
    monkeypatch.setattr(pyannote_detector, "as_tensor", lambda sound: sound)
    monkeypatch.setattr(pyannote_detector, "load_inference", lambda _: lambda _: _Scores(12.0))
    found = plan(heard, detector="pyannote")["speech"]
    assert len(found) == 3
    for (start, end), (first, last) in zip(found, SPEECH, strict=True):
        assert (start, end) == (pytest.approx(first, abs=0.1), pytest.approx(last, abs=0.1))


@pytest.mark.usefixtures("forgetful")
def test_pyannote_that_is_not_installed_is_said(heard: Stage) -> None:
    with pytest.raises(UserError, match=r"'pyannote' needs the package pyannote.audio"):
        plan(heard, detector="pyannote")
