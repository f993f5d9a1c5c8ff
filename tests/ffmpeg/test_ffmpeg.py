"""Decoding with ffmpeg, and the FLAC files of the store."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from snakescribe.errors import UserError
from snakescribe.ffmpeg.clock import read_clock
from snakescribe.ffmpeg.command import FFmpegError, ffmpeg_command, ffmpeg_program
from snakescribe.ffmpeg.flac import (
    is_whole,
    map_flac,
    read_flac,
    samples_md5,
    stated_md5,
    write_flac,
)
from snakescribe.ffmpeg.probe import list_tracks
from snakescribe.ffmpeg.samples import decode, filter_samples
from sounds import noise, tone, write_wav


def test_equal_channels_keep_their_level(tmp_path: Path) -> None:
    samples = tone(1.0, rate=44_100)
    path = write_wav(tmp_path / "stereo.wav", np.stack([samples, samples], axis=1), 44_100)
    decoded, complaint = decode(path)
    assert complaint == ""
    assert len(decoded) == 16_000
    assert np.sqrt(np.mean(decoded**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_flac_holds_the_samples_and_is_the_same_each_time(tmp_path: Path) -> None:
    samples = noise(2.0)
    paths = [tmp_path / "one.flac", tmp_path / "two.flac"]
    for path in paths:
        write_flac(samples, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    decoded, _ = decode(paths[0])
    assert np.abs(decoded - samples).max() <= 1 / 32768
    assert list_tracks(paths[0])[0].seconds == pytest.approx(2.0)


@pytest.mark.slow
@pytest.mark.parametrize("gain", [1.0, 0.37])
def test_samples_are_rounded_to_16_bit_as_ffmpeg_does(tmp_path: Path, gain: float) -> None:
    """Halves and what is too loud too; and whole minutes are joined without a seam."""
    halves = (np.arange(-40_000, 40_000, dtype=np.float32) + np.float32(0.5)) / 32768
    samples = np.concatenate([noise(125.0, 0.4), halves])
    theirs = tmp_path / "theirs.flac"
    raw = ("-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "pipe:0")
    subprocess.run(
        [ffmpeg_command(), "-v", "error", *raw, "-sample_fmt", "s16", theirs],
        input=(samples * np.float32(gain)).tobytes(), check=True,
    )  # fmt: skip
    ours = tmp_path / "ours.flac"
    md5 = write_flac(samples, ours, gain)
    assert md5 == stated_md5(theirs) == stated_md5(ours)
    np.testing.assert_array_equal(decode(ours)[0], decode(theirs)[0])


def test_a_flac_that_cannot_be_written_is_this_machines_fault(tmp_path: Path) -> None:
    for place in (Path("/dev/full"), tmp_path / "no" / "folder.flac"):
        with pytest.raises(OSError) as caught:
            write_flac(noise(2.0), place)
        assert caught.value.filename == str(place)


def test_messages_are_one_line_without_addresses(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("no sound", encoding="utf-8")
    with pytest.raises(FFmpegError) as caught:
        decode(path)
    assert str(caught.value) == "Invalid data found when processing input"


def test_sound_of_a_codec_that_nobody_knows_is_a_recordings_fault(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "strange.wav", (tone(1.0) * 32767).astype(np.int16))
    content = bytearray(path.read_bytes())
    content[20:22] = b"\xcd\xab"  # the format tag, 1 for PCM
    path.write_bytes(content)
    with pytest.raises(FFmpegError, match="the codec of its audio is not known"):
        list_tracks(path)
    with pytest.raises(FFmpegError, match="the codec of its audio track 0 is not known"):
        read_clock(path, 0)


def test_a_playlist_cannot_name_other_files(tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav", tone(1.0))
    path = tmp_path / "list.wav"
    path.write_text("ffconcat version 1.0\nfile secret.wav\n", encoding="utf-8")
    with pytest.raises(FFmpegError, match="a playlist"):
        list_tracks(path)


def test_a_name_is_never_an_option_or_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-y.wav", "concat:a|b.wav", "%03d.wav", "a 'b' [c];$(d).wav"):
        write_wav(Path(name), tone(0.5))
        assert len(decode(Path(name))[0]) == 8_000
        assert list_tracks(Path(name))[0].seconds == pytest.approx(0.5)


def test_filters_run_in_order() -> None:
    samples = tone(1.0)
    chain = [("volume", ["0.5"], {}), ("volume", [], {"volume": "0.5"})]
    filtered = filter_samples(samples, chain)
    np.testing.assert_allclose(filtered, samples / 4, atol=1e-6)


def test_the_ffmpeg_that_the_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ffmpeg_command()
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", found)
    assert ffmpeg_command() == found
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", "/no/such/ffmpeg")
    with pytest.raises(UserError, match="/no/such/ffmpeg: no such program"):
        ffmpeg_command()


def test_what_is_no_ffmpeg_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, message in (
        ("true", "it does not say its version"),
        ("false", "status 1: it says nothing"),
    ):
        monkeypatch.setenv("SNAKESCRIBE_FFMPEG", name)
        with pytest.raises(UserError, match=message):
            ffmpeg_program()


def test_by_itself_it_is_the_wheels_whatever_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\necho ffmpeg version 1.0\n", encoding="utf-8")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.delenv("SNAKESCRIBE_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))
    program = ffmpeg_program()
    assert "imageio_ffmpeg" in program.path
    assert program.version not in ("", "1.0")


def test_a_flac_is_read_only_if_it_holds_the_samples_that_were_written(tmp_path: Path) -> None:
    path = tmp_path / "noise.flac"
    write_flac(noise(3.0), path)
    md5 = stated_md5(path)
    samples = read_flac(path, md5)
    assert samples_md5(samples) == md5
    np.testing.assert_array_equal(samples, map_flac(path, md5))
    np.testing.assert_array_equal(samples, decode(path)[0])
    assert not is_whole(path, "0" * 32)
    whole = path.read_bytes()
    for damaged in (whole[:5000], whole[:30], b"", flipped(whole, 20_000), flipped(whole, 30)):
        path.write_bytes(damaged)
        held = damaged == flipped(whole, 30)  # the MD5 in its head, which nobody asks
        assert is_whole(path, md5) == held
        if not held:
            with pytest.raises(FFmpegError):
                read_flac(path, md5)
    path.unlink()
    with pytest.raises(FFmpegError, match="gone"):
        map_flac(path, md5)


def flipped(data: bytes, place: int) -> bytes:
    """The same with one bit changed."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
