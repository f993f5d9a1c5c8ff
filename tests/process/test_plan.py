"""`snakescribe process plan`: speech found once, chunks that fit."""

import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from process_stage import Stage, recording_row

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.process import regions
from snakescribe.spans import own_spans, seconds_inside
from snakescribe.store import digest
from snakescribe.tables import AUDIO, Row, read_table
from sounds import noise


@pytest.fixture
def spoken(demo_audio: Path) -> list[Row]:
    """Two of the bundled recordings, the longest among them."""
    by_size = sorted(demo_audio.glob("*.opus"), key=lambda path: path.stat().st_size)
    return [recording_row(by_size[0]), recording_row(by_size[-1])]


@pytest.mark.slow
def test_speech_is_found_and_cut_to_size(stage: Stage, spoken: list[Row]) -> None:
    stage.prepare(spoken)
    for row in stage.plan(max_seconds=12):
        assert row["status"] == "ok"
        assert sum(end - start for start, end in row["speech"]) > 0.5 * row["seconds"]
        assert all(0 < end - start <= 12 for start, end in row["chunks"])
        assert all(before[1] <= after[0] for before, after in pairwise(row["chunks"]))
        assert all(
            any(first <= start and end <= last for first, last in row["chunks"])
            for start, end in row["speech"]
            if end - start < 4
        )
        for start, end in row["chunks"]:
            assert (round(start, 3), round(end, 3)) == (start, end)


@pytest.mark.slow
def test_other_settings_do_not_listen_again(
    stage: Stage, spoken: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare(spoken)
    default = stage.plan()
    monkeypatch.setattr(regions, "measure_frames", None)
    assert stage.plan() == default
    assert stage.plan(max_seconds=5) != default


@pytest.mark.slow
def test_long_speech_fills_the_window_and_loses_nothing(
    stage: Stage, demo_audio: Path, tmp_path: Path
) -> None:
    """Seventeen minutes: the bundled recordings one after the other, forwards and backwards."""
    parts = sorted(demo_audio.glob("*.opus"))
    listed, talk = tmp_path / "list.txt", tmp_path / "talk.opus"
    listed.write_text("".join(f"file '{part}'\n" for part in [*parts, *parts[::-1]]))
    join = ("-f", "concat", "-safe", "0", "-i", listed, "-c", "copy", talk)
    subprocess.run([ffmpeg_command(), "-v", "error", "-nostdin", *join], check=True)
    stage.prepare([recording_row(talk)])
    [row] = stage.plan()
    assert row["seconds"] > 1000
    fills = [(end - start) / 30 for start, end in row["chunks"]]
    assert sum(fills) / len(fills) >= 0.85
    spoken = [(start, end) for start, end in row["speech"]]
    speech = sum(end - start for start, end in spoken)
    kept = sum(seconds_inside(spoken, own) for own in own_spans(row["chunks"]))
    assert speech > 0.8 * row["seconds"]
    assert speech - kept <= 0.001 * speech


def test_fixed_chunks_do_not_need_speech(stage: Stage, wav: Callable[..., Row]) -> None:
    stage.prepare([wav("hiss", noise(12.5, 0.01))])
    [row] = stage.plan(method="fixed", max_seconds=5)
    assert (row["status"], row["speech"]) == ("ok", [])
    assert row["chunks"] == [[0.0, 5.0], [5.0, 10.0], [10.0, 12.5]]


def test_statuses(stage: Stage, wav: Callable[..., Row], tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    stage.prepare([wav("hiss", noise(3.0, 0.01)), recording_row(tmp_path / "text.wav")])
    hiss, text = stage.plan()
    assert hiss["status"] == "no_speech"
    assert hiss["reason"].startswith("no speech found")
    assert hiss["seconds"] == 3.0
    assert text["status"] == "corrupt"
    assert hiss["chunks"] == text["chunks"] == []


def test_a_setting_that_cannot_be(stage: Stage) -> None:
    stage.prepare([])
    with pytest.raises(UserError, match="--chunking: max_seconds: 31 is greater"):
        stage.plan(max_seconds=31)
    with pytest.raises(UserError, match="max_secs"):
        stage.plan(max_secs=31)


OWN_DETECTORS = """
import numpy as np

def none(samples, sample_rate):
    return np.zeros(-(-len(samples) // 512))

def all(samples, sample_rate):
    return np.ones(-(-len(samples) // 512))

def few(samples, sample_rate):
    return np.ones(3)

def percent(samples, sample_rate):
    return np.full(-(-len(samples) // 512), 50.0)

def nan(samples, sample_rate):
    return np.full(-(-len(samples) // 512), np.nan)

def fail(samples, sample_rate):
    return samples["text"]
"""


@pytest.fixture
def heard(
    stage: Stage, wav: Callable[..., Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """A second of noise to hear, and a module of detectors in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_detectors.py").write_text(OWN_DETECTORS, encoding="utf-8")
    stage.prepare([wav("hiss", noise(1.0, 0.01))])
    return stage


def test_each_detector_is_heard_for_itself(heard: Stage) -> None:
    speech = [
        heard.plan(detector=name)[0]["speech"]
        for name in ("own_detectors:none", "own_detectors:all", "silero", "own_detectors:all")
    ]
    assert speech == [[], [[0.0, 1.0]], [], [[0.0, 1.0]]]
    assert len(list(heard.store.glob("speech/**/*.frames"))) == 3


def test_what_silero_heard_is_kept_under_the_recording_alone(heard: Stage) -> None:
    """As it was before there were other detectors: nobody's recordings are heard anew."""
    [row] = heard.plan()
    assert heard.plan(detector="silero") == [row]
    [audio] = read_table(AUDIO, heard.folder / "raw.tsv")
    key = digest("speech", audio["pcm_md5"], 1)
    assert [path.stem for path in heard.store.glob("speech/**/*.frames")] == [key]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("few", r"gives an array of shape \(3,\) for 32 frames: .* for every 512 samples"),
        ("percent", "gives what is no probability, from 0 to 1"),
        ("nan", "gives what is no probability, from 0 to 1"),
        ("fail", "fails with IndexError: only integers"),
        ("sleep", "has no 'sleep'; known are: all, fail"),
    ],
)
def test_a_detector_that_is_none_is_named(name: str, message: str, heard: Stage) -> None:
    subject = f"^chunking.detector: the speech detector 'own_detectors:{name}'"
    with pytest.raises(UserError, match=f"{subject}.*{message}"):
        heard.plan(detector=f"own_detectors:{name}")
