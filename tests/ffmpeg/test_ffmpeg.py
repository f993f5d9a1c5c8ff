"""Decoding, writing and cutting with ffmpeg."""

from pathlib import Path

import numpy as np
import pytest

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError, ffmpeg_command
from snakescribe.ffmpeg.probe import probe
from snakescribe.ffmpeg.samples import cut_flac, decode, filter_samples, write_flac
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
    assert probe(paths[0]) == pytest.approx(2.0)


@pytest.mark.slow
def test_cuts_are_exact_to_the_sample(tmp_path: Path) -> None:
    source = tmp_path / "source.flac"
    write_flac(noise(120.0), source)
    whole, _ = decode(source)
    rng = np.random.default_rng(1)
    edges = np.sort(rng.choice(120_000, 80, replace=False)) / 1000
    cuts = [
        (float(start), float(end), tmp_path / "cuts" / f"{number}.flac")
        for number, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=True))
    ]
    cut_flac(source, cuts)
    for start, end, path in cuts:
        wanted = whole[round(start * 16_000) : round(end * 16_000)]
        np.testing.assert_array_equal(decode(path)[0], wanted)
    assert len(list((tmp_path / "cuts").iterdir())) == len(cuts)


def test_a_failed_cut_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "source.flac").write_bytes(b"fLaC, but no more")
    with pytest.raises(FFmpegError):
        cut_flac(tmp_path / "source.flac", [(0.0, 1.0, tmp_path / "cuts" / "a.flac")])
    assert list((tmp_path / "cuts").iterdir()) == []


def test_messages_are_one_line_without_addresses(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("no sound", encoding="utf-8")
    with pytest.raises(FFmpegError) as caught:
        decode(path)
    assert str(caught.value) == "Invalid data found when processing input"


def test_a_playlist_cannot_name_other_files(tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav", tone(1.0))
    path = tmp_path / "list.wav"
    path.write_text("ffconcat version 1.0\nfile secret.wav\n", encoding="utf-8")
    with pytest.raises(FFmpegError, match="a playlist"):
        probe(path)


def test_a_name_is_never_an_option_or_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-y.wav", "concat:a|b.wav", "%03d.wav", "a 'b' [c];$(d).wav"):
        write_wav(Path(name), tone(0.5))
        assert len(decode(Path(name))[0]) == 8_000
        assert probe(Path(name)) == pytest.approx(0.5)


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


def test_without_ffmpeg_on_the_path_the_wheel_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNAKESCRIBE_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", "/no/such/folder")
    assert "imageio_ffmpeg" in ffmpeg_command()
