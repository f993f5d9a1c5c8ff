"""`snakescribe process inspect`: a picture that shows where speech and cuts are."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image

from results_folder import ResultsFolder, audio_row, chunk_row, item_row, plan_row, recording_row
from snakescribe.cli import cli
from snakescribe.ffmpeg.flac import stated_md5, write_flac
from snakescribe.pictures.draw import draw_recording
from snakescribe.pictures.sound import look_over
from snakescribe.pictures.tracks import read_tracks
from snakescribe.process.stored import CheckedSounds
from sounds import noise, tone

LEFT, RIGHT, WIDTH = 62, 12, 1200  # the panels' edges in the picture
RED, GREEN = (194, 51, 27), (191, 227, 197)
CONFIG = """
results: {folder}
recordings: [{{source: folder, path: talks}}]
audio: {{raw: [], denoised: [wiener], unused: [wiener]}}
models: {{tiny: {{weights: tiny.en}}}}
experiments: {{x: {{factors: {{audio: [raw, denoised]}}}}}}
"""


@pytest.fixture
def made(tmp_path: Path) -> ResultsFolder:
    """A recording of 10 s with speech from 2 s to 8 s, cut at 5 s, in two variants; and a bad one.

    In its second half it is a tone of 2 kHz.
    """
    samples = noise(10.0, 0.01)
    samples[80_000:] += tone(5.0, hertz=2000)
    folder = ResultsFolder(tmp_path / "results")
    folder.items = [item_row("talk"), item_row("mute")]
    folder.recordings = [recording_row("talk"), recording_row("mute")]
    folder.plans = [
        plan_row("talk", [[2.0, 5.0], [5.0, 8.0]], seconds=10.0, speech=[[2.0, 8.0]]),
        plan_row("mute", status="no_speech", reason="no speech found"),
    ]
    for variant, gain in (("raw", 1.0), ("denoised", 0.5)):
        path = tmp_path / f"{variant}.flac"
        write_flac(samples, path, gain)
        folder.audio[variant] = [
            audio_row("talk", audio=str(path), seconds=10.0, pcm_md5=stated_md5(path)),
            audio_row("mute", status="silent", reason="nothing in it", audio=None, pcm_md5=None),
        ]
        folder.chunks[variant] = [
            chunk_row("talk", number, [start, start + 3.0], snr_db=12.0 + number)
            for number, start in enumerate([2.0, 5.0])
        ]
    folder.write()
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "talk.mp3").write_bytes(b"sound")
    config = CONFIG.format(folder=folder.folder).replace("talks", str(tmp_path / "talks"))
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    return folder


def pixels(png: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)


def columns_of(picture: NDArray[np.int16], colour: tuple[int, int, int], rows: int) -> list[float]:
    """Where at least `rows` pixels of a column have a colour, as seconds of ten."""
    near = (np.abs(picture - np.array(colour)).max(axis=2) < 20).sum(axis=0) >= rows
    inside = np.flatnonzero(near[LEFT : WIDTH - RIGHT])  # beside the panels stand their numbers
    return [float(x) * 10 / (WIDTH - LEFT - RIGHT) for x in inside]


def run(*args: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["process", "inspect", *map(str, args)])
    return result.exit_code, f"{result.output}{result.exception or ''}"


@pytest.mark.slow
def test_it_shows_speech_and_cuts_of_every_variant_where_they_are(
    made: ResultsFolder, tmp_path: Path
) -> None:
    code, said = run("talk", "--configfile", tmp_path / "config.yaml")
    assert (code, said.strip()) == (0, str(made.folder / "inspect" / "talk.png"))
    png = (made.folder / "inspect" / "talk.png").read_bytes()
    picture = pixels(png)
    assert picture.shape[1] == WIDTH
    assert len(png) < 150_000
    green = columns_of(picture, GREEN, 12)  # what the tone leaves of it
    assert (min(green), max(green)) == (pytest.approx(2, abs=0.03), pytest.approx(8, abs=0.03))
    red = columns_of(picture, RED, 120)
    assert {round(second) for second in red} == {2, 5, 8}
    assert all(abs(second - round(second)) < 0.03 for second in red)
    sounds = CheckedSounds(made.results)
    alone = pixels(draw_recording(read_tracks(made.results, "talk", ["raw"]), "talk", sounds))
    assert picture.shape[0] > 1.8 * alone.shape[0]


@pytest.mark.slow
def test_pictures_go_where_they_are_asked_for(made: ResultsFolder, tmp_path: Path) -> None:
    code, _ = run("talk", "--configfile", made.folder, "--output", tmp_path / "seen")
    assert code == 1  # no run has written its config there
    code, _ = run("talk", "--configfile", tmp_path / "config.yaml", "--output", tmp_path / "seen")
    assert code == 0
    assert (tmp_path / "seen" / "talk.png").stat().st_size > 1000


def test_what_cannot_be_shown_is_told(made: ResultsFolder, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    assert "did you mean 'talk'?" in run("tolk", "--configfile", config)[1]
    code, said = run("mute", "--configfile", config)
    assert code == 1
    assert "no_speech: no speech found; silent in 'raw': nothing in it" in said
    (tmp_path / "raw.flac").write_bytes(b"no sound")
    code, said = run("talk", "--configfile", config)
    assert code == 1
    assert (
        "raw.flac: the audio of talk is damaged and cannot be made again: the file is gone" in said
    )
    made.results.folder.joinpath("plans", "s00000.tsv").unlink()
    assert "snakemake process" in run("talk", "--configfile", config)[1]
    assert not (made.folder / "inspect").exists()


@pytest.mark.parametrize("columns", [1, 7, 100, 100_000])
def test_an_overview_has_what_is_there(columns: int) -> None:
    samples = np.concatenate([tone(61.0, hertz=1000, level=0.25), tone(61.0, hertz=3000)])
    seen = look_over(samples, columns)
    assert seen.seconds == 122
    assert seen.low.shape == seen.high.shape == (seen.levels.shape[1],)
    assert seen.levels.shape[1] <= min(columns, 122 * 16_000 / 256)
    assert seen.high.max() == pytest.approx(0.5, abs=0.001)
    assert seen.low.min() == pytest.approx(-0.5, abs=0.001)
    assert seen.levels.max() == pytest.approx(0, abs=1e-6)
    assert seen.levels[:, -1].argmax() == pytest.approx(3000 / 31.25, abs=1)
    if columns > 2:
        assert seen.levels[:, 0].argmax() == pytest.approx(1000 / 31.25, abs=1)


def test_an_overview_of_next_to_nothing() -> None:
    for samples in (np.zeros(0, np.float32), np.zeros(100, np.float32), noise(0.02)):
        seen = look_over(samples, 50)
        assert np.isfinite(seen.levels).all() and len(seen.low) == seen.levels.shape[1] >= 1
