"""`snakescribe process prepare`: which sound of a recording is taken, and what is told of it."""

import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from process_stage import Stage, recording_row

from containers import drop_packets, ffmpeg, find, hiss, write_delayed
from snakescribe.ffmpeg.samples import decode
from snakescribe.machine import MachineError
from snakescribe.process import room
from snakescribe.process import sound as sound_module
from snakescribe.tables import NOTICES, Row, read_table
from sounds import noise, tone, write_wav

Wav = Callable[..., Row]


@pytest.fixture(scope="module")
def speech(demo_audio: Path) -> np.ndarray:
    """Twelve seconds of somebody who speaks."""
    samples, _ = decode(next(iter(sorted(demo_audio.glob("*.opus")))))
    return np.array(samples[: 12 * 16_000])


def heard(row: Row) -> np.ndarray:
    return np.array(decode(Path(row["audio"]))[0])


def level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def notices(stage: Stage) -> list[tuple[str, str]]:
    return [(row["kind"], row["text"]) for row in read_table(NOTICES, stage.folder / "notices.tsv")]


def test_times_are_those_of_the_file(stage: Stage, tmp_path: Path) -> None:
    sound = hiss(4.0)
    late = write_delayed(tmp_path / "late.mkv", sound, 2.25)
    ffmpeg("-i", write_wav(tmp_path / "a.wav", sound), "-c:a", "libopus", tmp_path / "a.webm")
    torn = drop_packets(tmp_path / "a.webm", tmp_path / "torn.webm", [(1.0, 2.0)])
    rows = stage.prepare([recording_row(late), recording_row(torn)])
    assert find(sound[8_000:24_000], heard(rows[0])) == pytest.approx(2.75, abs=0.02)
    assert find(sound[40_000:56_000], heard(rows[1])) == pytest.approx(2.5, abs=0.02)
    assert [row["padded_seconds"] for row in rows] == [
        pytest.approx(2.25, abs=0.02), pytest.approx(1.0, abs=0.03)
    ]  # fmt: skip
    told = notices(stage)
    assert [kind for kind, _ in told] == ["clock_filled", "clock_filled"]
    assert told[0][1].startswith("silence was put in: 2.2")
    assert told[1][1].endswith("s into it, in one place")


@pytest.mark.slow
def test_what_is_known_is_told_again(stage: Stage, tmp_path: Path) -> None:
    row = recording_row(write_delayed(tmp_path / "late.mkv", noise(1.0), 1.0))
    first = stage.prepare([row]), notices(stage)
    assert (stage.prepare([row]), notices(stage)) == first


@pytest.mark.slow
def test_damage_in_the_middle_is_silence(stage: Stage, tmp_path: Path) -> None:
    """Packets that cannot be decoded shift nothing."""
    sound = hiss(6.0)
    ffmpeg("-i", write_wav(tmp_path / "a.wav", sound), "-c:a", "flac", tmp_path / "a.mka")
    data = bytearray((tmp_path / "a.mka").read_bytes())
    middle = len(data) // 2
    for place in range(middle, middle + 12_000, 97):
        data[place] ^= 0xFF
    (tmp_path / "b.mka").write_bytes(data)
    [row] = stage.prepare([recording_row(tmp_path / "b.mka")])
    assert row["status"] == "ok"
    assert find(sound[80_000:92_000], heard(row)) == pytest.approx(5.0, abs=0.02)


def test_channels_that_cancel(stage: Stage, wav: Wav) -> None:
    sound = noise(2.0)
    [row] = stage.prepare([wav("inverted", np.stack([0.5 * sound, -sound], axis=1))])
    np.testing.assert_allclose(heard(row), -sound, atol=1e-3)
    assert row["channel"] == "right"
    [(kind, text)] = notices(stage)
    assert kind == "channels_left_out"
    assert "cancel each other (correlation -1.00): the right one is taken" in text


@pytest.mark.slow
def test_two_microphones_are_averaged(stage: Stage, wav: Wav, speech: np.ndarray) -> None:
    pair = np.stack([speech, 0.7 * speech + noise(12.0, 0.003)], axis=1)
    other = np.stack([speech, np.roll(speech, 90_000)], axis=1)  # two people
    rows = stage.prepare([wav("alike", pair), wav("apart", other)])
    for row, both in zip(rows, (pair, other), strict=True):
        np.testing.assert_allclose(heard(row), both.mean(axis=1), atol=1e-3)
        assert row["channel"] == "mix"
    assert notices(stage) == []


@pytest.mark.slow
def test_an_input_that_is_not_used(stage: Stage, wav: Wav, speech: np.ndarray) -> None:
    hum = noise(12.0, level(speech))
    [row] = stage.prepare([wav("hum", np.stack([hum, speech], axis=1))])
    np.testing.assert_allclose(heard(row), speech, atol=1e-3)
    assert row["channel"] == "right"
    assert notices(stage) == [
        ("channels_left_out", "there is sound but no speech in its left channel, which is left out")
    ]


def surround(tmp_path: Path, name: str, channels: np.ndarray) -> Row:
    wav = write_wav(tmp_path / f"{name}.6.wav", channels)
    ffmpeg("-i", wav, "-af", "aformat=channel_layouts=5.1", tmp_path / f"{name}.flac")
    return recording_row(tmp_path / f"{name}.flac")


@pytest.mark.slow
def test_the_dialogue_of_surround_sound(stage: Stage, tmp_path: Path, speech: np.ndarray) -> None:
    around = np.stack([noise(12.0, 0.02, seed) for seed in range(6)], axis=1)
    centre = around.copy()
    centre[:, 2] = speech
    front = around.copy()
    front[:, 0] = front[:, 1] = speech
    rows = stage.prepare([surround(tmp_path, "a", centre), surround(tmp_path, "b", front)])
    np.testing.assert_allclose(heard(rows[0]), speech, atol=1e-3)
    assert [row["channel"] for row in rows] == ["centre", "mix"]
    [(kind, text)] = notices(stage)
    assert kind == "channels_left_out"
    assert "the 5 others (FL, FR, LFE, BL, BR) are left out" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layout", "place", "channel", "told"),
    [
        ("3.0", 2, "centre", "the 2 others (FL, FR) are left out"),
        ("7.1", 2, "centre", "the 7 others"),
        ("quad", 2, "BL", "of its 4 channels only one has speech, BL: left, right, BR are left"),
        ("5.0(side)", 2, "centre", "the 4 others (FL, FR, SL, SR)"),
        ("hexagonal", 2, "centre", "the 5 others"),
        ("4.0", 3, "mix", ""),  # somebody speaks beside the centre
    ],
)
def test_layouts_that_are_not_the_usual_ones(
    stage: Stage, tmp_path: Path, speech: np.ndarray, layout: str, place: int, channel: str,
    told: str,
) -> None:  # fmt: skip
    """Of so many channels: ffmpeg would mix the centre of three into the others."""
    count = {"3.0": 3, "quad": 4, "4.0": 4, "5.0(side)": 5, "hexagonal": 6, "7.1": 8}[layout]
    each = np.stack([noise(12.0, 0.03, seed=number) for number in range(count)], axis=1)
    each[:, place] = speech
    raw = tmp_path / "raw.f32"
    raw.write_bytes(each.astype("<f4").tobytes())
    sound = ("-f", "f32le", "-ar", "16000", "-ch_layout", layout, "-i", raw)
    ffmpeg(*sound, "-c:a", "pcm_s16le", tmp_path / "room.wav")
    [row] = stage.prepare([recording_row(tmp_path / "room.wav")])
    assert row["channel"] == channel
    if channel != "mix":
        np.testing.assert_allclose(heard(row), speech, atol=1e-3)
    assert (told in notices(stage)[0][1]) if told else notices(stage) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channel", "share", "told"),
    [
        ("left", [1, 0], ""),
        ("right", [0, 1], ""),
        ("mix", [0.5, 0.5], ""),
        ("centre", [0.5, 0.5], "it has no centre channel"),
    ],
)
def test_a_channel_that_was_asked_for(
    stage: Stage, wav: Wav, channel: str, share: list[float], told: str
) -> None:
    pair = np.stack([tone(1.0), -0.8 * tone(1.0, hertz=700)], axis=1)
    [row] = stage.prepare([wav("pair", pair)], channel=channel)
    np.testing.assert_allclose(heard(row), pair @ np.array(share), atol=1e-3)
    assert (told in notices(stage)[0][1]) if told else notices(stage) == []


@pytest.fixture
def dubbed(tmp_path: Path) -> Callable[..., Row]:
    """Levels of tracks, their languages and which is the default -> a recording with them."""

    def make(
        levels: list[float], languages: list[str], default: int = -1, tag: str = "language"
    ) -> Row:
        args: list[Any] = []
        for number, loudness in enumerate(levels):
            wav = write_wav(tmp_path / f"{number}.wav", tone(1.0, level=loudness))
            args += ["-i", wav]
        for number, language in enumerate(languages):
            args += ["-map", f"{number}:a", f"-metadata:s:a:{number}", f"{tag}={language}"]
            args += [f"-disposition:a:{number}", "default" if number == default else "0"]
        ffmpeg(*args, "-c:a", "flac", tmp_path / "dubbed.mkv")
        return recording_row(tmp_path / "dubbed.mkv")

    return make


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "column", "language", "track", "why"),
    [
        ("", "", "de", 2, "in the recording's language, 'de'"),
        ("", "", "de-AT", 2, "in the recording's language, 'de-AT'"),
        ("", "", "fr", 1, "marked as the default"),
        ("", "", "", 1, "marked as the default"),
        ("0", "", "de", 0, "asked for"),
        ("en", "", "de", 1, "asked for in 'en'"),
        ("en", "deu", "", 2, "asked for in 'deu'"),
        ("en", "0", "", 0, "asked for"),
    ],
)
def test_one_track_of_several(
    stage: Stage, dubbed: Callable[..., Row], wanted: str, column: str, language: str,
    track: int, why: str,
) -> None:  # fmt: skip
    row = dubbed([0.1, 0.2, 0.4], ["spa", "eng", "ger"], default=1)
    items = [stage.item(row, language=language or None, context={"track": column})]
    [made] = stage.prepare([row], track=wanted, items=items)
    assert made["track"] == track
    assert level(heard(made)) == pytest.approx([0.1, 0.2, 0.4][track] / np.sqrt(2), rel=0.02)
    [(kind, text)] = notices(stage)
    assert kind == "tracks_left_out"
    assert f" is taken ({why}); left out: " in text


@pytest.mark.slow
@pytest.mark.parametrize(("language", "track"), [("de", 1), ("fr", 0), (None, 0)])
def test_a_title_may_be_the_language(
    stage: Stage, dubbed: Callable[..., Row], language: str | None, track: int
) -> None:
    row = dubbed([0.1, 0.2, 0.4], ["Commentary", "German", "English"], default=0, tag="title")
    [made] = stage.prepare([row], items=[stage.item(row, language=language)])
    assert made["track"] == track


@pytest.mark.slow
def test_a_silent_track_is_passed_over(stage: Stage, dubbed: Callable[..., Row]) -> None:
    [row] = stage.prepare([dubbed([0.0, 0.2], ["eng", "eng"], default=0)])
    assert (row["status"], row["track"]) == ("ok", 1)
    assert "1 (eng) is taken (the first with sound)" in notices(stage)[0][1]


@pytest.mark.slow
def test_a_track_that_is_not_there(stage: Stage, dubbed: Callable[..., Row]) -> None:
    row = dubbed([0.1, 0.2], ["spa", "eng"])
    for track, what in (("2", "no audio track 2"), ("fr", "no audio track in 'fr'")):
        [made] = stage.prepare([row], track=track)
        assert made["status"] == "no_track"
        assert made["reason"] == f"it has {what}: it has 0 (spa), 1 (eng)"


def test_a_column_comes_before_the_variant(stage: Stage, wav: Wav) -> None:
    row = wav("pair", np.stack([tone(1.0), tone(1.0, hertz=900, level=0.2)], axis=1))
    items = [stage.item(row, context={"channel": "Right"})]
    [made] = stage.prepare([row], channel="left", items=items)
    assert made["channel"] == "right"
    wrong = [stage.item(row, context={"channel": "news", "track": "no. 4"})]
    [made] = stage.prepare([row], channel="left", items=wrong)
    assert made["channel"] == "left"
    assert {text.partition(",")[0] for _, text in notices(stage)} == {
        "its column `channel` says 'news'", "its column `track` says 'no. 4'"
    }  # fmt: skip
    of_the_web = [stage.item(row, kind="url", context={"channel": "news"})]
    stage.prepare([row], channel="left", items=of_the_web)
    assert notices(stage) == []  # there it is who published it


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (1e29, 16_000),
        *(
            pytest.param(value, 44_100, marks=pytest.mark.slow)
            for value in (np.nan, np.inf, -1e29, 1e6, 40.0)
        ),
    ],
)
def test_numbers_that_are_no_sound(stage: Stage, wav: Wav, value: float, rate: int) -> None:
    sound = tone(2.0, rate=rate, level=0.3)
    spoilt = sound.copy()
    spoilt[[rate // 2, rate]] = value
    good, bad = stage.prepare([wav("good", sound, rate), wav("bad", spoilt, rate)])
    assert (bad["status"], bad["muted_samples"], good["muted_samples"]) == ("ok", 2, 0)
    assert level(heard(bad)) == pytest.approx(level(heard(good)), rel=0.01)
    [(kind, text)] = notices(stage)
    assert kind == "samples_muted"
    assert text.startswith("2 samples are no sound")


@pytest.mark.slow
def test_another_full_scale_is_sound(stage: Stage, wav: Wav) -> None:
    """Integers that were written as floating point, with pauses between them."""
    loud = np.concatenate([noise(1.0, 4_000.0), noise(9.0, 3.0), noise(0.2, 8_000.0)])
    [row] = stage.prepare([wav("integers", loud)])
    assert row["muted_samples"] == 0
    np.testing.assert_allclose(heard(row) * np.abs(loud).max(), loud, atol=2.0)


@pytest.mark.slow
def test_nothing_but_impossible_numbers(stage: Stage, wav: Wav) -> None:
    [row] = stage.prepare([wav("nothing", np.full(16_000, np.nan, np.float32))])
    assert row["status"] == "silent"
    assert row["reason"].endswith("beside 16000 samples that are no sound")


def test_rates_at_which_nothing_can_be_understood(stage: Stage, wav: Wav) -> None:
    rows = stage.prepare([wav("low", tone(9.0, rate=2_000), 2_000), wav("ok", tone(1.0), 4_000)])
    assert [row["status"] for row in rows] == ["low_rate", "ok"]
    assert rows[0]["reason"] == "its sample rate is 2000 Hz; speech needs 4000 Hz at the least"


@pytest.mark.slow
def test_a_file_that_unfolds_beyond_the_bound(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not decoded: a few kilobytes of packets tell how much they hold."""
    bomb = tmp_path / "bomb.flac"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=4000:cl=mono", "-t", 2000, bomb)
    monkeypatch.setattr(sound_module, "MOST_SECONDS", 1800)
    monkeypatch.setattr(room, "MOST_SECONDS", 1800)
    monkeypatch.setattr(sound_module, "decode", None)
    [row] = stage.prepare([recording_row(bomb)])
    assert row["status"] == "too_long"
    assert row["reason"] == "it unfolds to more than 0.5 hours, which is the most"


def test_sound_that_ends_before_its_picture_is_whole(stage: Stage, tmp_path: Path) -> None:
    """Matroska states how long the file is, and of each track in a tag only."""
    wav, film = write_wav(tmp_path / "tone.wav", tone(2.0)), tmp_path / "film.mkv"
    picture = ("-f", "lavfi", "-i", "testsrc=s=32x32:r=5:d=6")
    ffmpeg(*picture, "-i", wav, "-c:v", "mpeg4", "-c:a", "libopus", film)
    [row] = stage.prepare([recording_row(film)])
    assert (row["status"], row["reason"], notices(stage)) == ("ok", None, [])
    cut = film.with_name("cut.mkv")
    cut.write_bytes(film.read_bytes()[: film.stat().st_size * 6 // 10])
    [row] = stage.prepare([recording_row(cut)])
    assert row["status"] == "corrupt" or row["reason"]


def test_a_file_that_unfolds_to_more_than_its_packets_tell(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ogg streams one after the other: what comes after the first is seen by decoding it."""
    link = tmp_path / "link.ogg"
    ffmpeg("-i", wav("tone", tone(2.0))["audio"], "-c:a", "libopus", link)
    chain = tmp_path / "chain.ogg"
    chain.write_bytes(link.read_bytes() * 4)
    [row] = stage.prepare([recording_row(chain)])
    assert (row["status"], row["seconds"]) == ("ok", pytest.approx(8, abs=0.1))
    monkeypatch.setattr(room, "MOST_SECONDS", 5)
    [row] = stage.prepare([recording_row(chain, sha256=row["source_sha256"])], channel="left")
    assert row["status"] == "too_long"


@pytest.mark.slow
def test_a_recording_for_which_there_is_no_room(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long one is refused; of a short one it is the machine's fault, and the job fails."""
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1_000))
    long = tmp_path / "long.flac"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=4000:cl=mono", "-t", 4000, long)
    [row] = stage.prepare([recording_row(long)])
    assert row["status"] == "too_long"
    assert ": 1.11 hours of sound need 0.51 GB there, and" in row["reason"]
    with pytest.raises(MachineError, match="GB are free; this machine is at fault"):
        stage.prepare([wav("short", tone(1.0))])
