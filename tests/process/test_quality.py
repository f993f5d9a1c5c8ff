"""Figures of a chunk's quality, on sounds of which they are known, and beside other programs."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_stage import Stage
from pyloudnorm import Meter

from snakescribe.evaluate.chunk_fields import CHUNK_FIELDS
from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.ffmpeg.samples import Samples, decode
from snakescribe.process.loudness import measure_loudness
from snakescribe.process.quality import (
    clipped_share,
    describe_chunk,
    measure_bandwidth,
    measure_peak,
)
from snakescribe.process.snr import frame_powers, measure_snr, speech_seconds
from snakescribe.process.wada import wada_snr, wada_table
from snakescribe.tables import Row
from snakescribe.tables.quality import QUALITY
from sounds import noise, tone, write_wav

RATIOS = [0.0, 5.0, 10.0, 20.0, 30.0]
HISS = noise(5.0)


def speech_like(seconds: float, seed: int = 0) -> Samples:
    """Samples with the distribution that WADA takes speech to have, of power 1."""
    rng = np.random.default_rng(seed)
    count = round(seconds * 16_000)
    samples = rng.gamma(0.4, 1.0, count) * rng.choice([-1, 1], count)
    return (samples / samples.std()).astype(np.float32)


def pink_noise(seconds: float) -> Samples:
    """Noise whose power falls by 3 dB an octave above 50 Hz, of power 1."""
    count = round(seconds * 16_000)
    spectrum = np.fft.rfft(noise(seconds, 1.0, seed=3))
    frequencies = np.fft.rfftfreq(count, 1 / 16_000)
    spectrum[frequencies < 50] = 0
    samples = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 1)), count)
    return (samples / samples.std()).astype(np.float32)


@pytest.mark.parametrize("wanted", RATIOS)
def test_snr_of_a_known_mixture(wanted: float) -> None:
    """A tone of power 1/8 from 2 s to 4 s over noise at `wanted` dB below it."""
    samples = noise(6.0, level=np.sqrt(0.125 / 10 ** (wanted / 10)))
    samples[32_000:64_000] += tone(2.0)
    found = measure_snr(frame_powers(samples), (1.5, 4.5), [(2.0, 4.0)])
    assert found == pytest.approx(wanted, abs=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["museum-lock-keepers-1", "chemistry-titration-1"])
def test_snr_of_speech_in_steady_noise_is_right_to_a_decibel(
    name: str, stage: Stage, wav: Callable[..., Row], demo_audio: Path
) -> None:
    """From 0 to 30 dB, in white and in pink noise, in every chunk.

    What is right: the power of the clean speech where speech was found, against that of the noise.
    """
    clean = np.array(decode(demo_audio / f"{name}.opus")[0])
    seconds = len(clean) / 16_000
    level = float(np.sqrt(np.mean(clean**2)))
    sounds = {"white": noise(seconds, 1.0, seed=5), "pink": pink_noise(seconds)}
    levels = {
        f"{kind}{ratio:.0f}": (kind, level * 10 ** (-ratio / 20))
        for kind in sounds
        for ratio in RATIOS
    }
    stage.prepare(
        [wav(made, clean + sounds[kind] * amount) for made, (kind, amount) in levels.items()]
    )
    speech = {plan["recording"]: plan["speech"] for plan in stage.plan(max_seconds=20)}
    chunks = stage.cut()
    spoken = frame_powers(clean)
    assert {chunk["recording"] for chunk in chunks} == set(levels)
    for chunk in chunks:
        regions = [
            (max(start, chunk["start"]), min(end, chunk["end"]))
            for start, end in speech[chunk["recording"]]
        ]
        frames = [spoken[round(start * 50) : round(end * 50)] for start, end in regions]
        power = float(np.mean(np.concatenate(frames)))
        right = 10 * np.log10(power / levels[chunk["recording"]][1] ** 2)
        assert chunk["snr_db"] == pytest.approx(right, abs=1.0), chunk


def test_a_word_that_the_detector_missed_does_not_count_as_noise() -> None:
    samples = noise(6.0, level=0.01)
    samples[32_000:64_000] += tone(2.0)
    samples[72_000:76_000] += tone(0.25)
    found = measure_snr(frame_powers(samples), (0.0, 6.0), [(2.0, 4.0)])
    assert found == pytest.approx(10 * np.log10(0.125 / 1e-4), abs=0.3)


def test_without_pauses_near_by_those_of_the_recording_count() -> None:
    samples = noise(40.0, level=0.05)
    samples[: 20 * 16_000] += tone(20.0)
    powers = frame_powers(samples)
    found = measure_snr(powers, (2.0, 8.0), [(0.0, 20.0)])
    assert found == pytest.approx(10 * np.log10(0.125 / 0.0025), abs=0.3)
    assert measure_snr(powers, (2.0, 8.0), [(0.0, 40.0)]) is None


def test_snr_says_nothing_where_there_is_nothing_to_compare() -> None:
    powers = frame_powers(noise(6.0))
    assert measure_snr(powers, (0.0, 6.0), [(0.0, 6.0)]) is None
    assert measure_snr(powers, (0.0, 6.0), []) is None
    assert measure_snr(powers, (0.0, 6.0), [(3.0, 3.05)]) is None


def test_an_offset_is_no_noise() -> None:
    samples = noise(6.0, 0.001)
    samples[32_000:64_000] += tone(2.0, level=0.1)
    place = ((0.0, 6.0), [(2.0, 4.0)])
    wanted = measure_snr(frame_powers(samples), *place)
    assert wanted is not None
    found = measure_snr(frame_powers(samples + np.float32(0.4)), *place)
    assert found == pytest.approx(wanted, abs=0.1)


def test_snr_over_digital_silence_is_finite() -> None:
    samples = np.zeros(96_000, np.float32)
    assert measure_snr(frame_powers(samples), (0.0, 6.0), [(2.0, 4.0)]) == -20.0
    samples[32_000:64_000] = tone(2.0)
    found = measure_snr(frame_powers(samples), (0.0, 6.0), [(2.0, 4.0)])
    assert found == pytest.approx(95, abs=5)


@given(
    st.lists(st.floats(0, 5), min_size=8, max_size=8, unique=True).map(sorted),
    st.floats(0, 4),
    st.floats(0.1, 2),
)
def test_snr_is_a_number_or_nothing(edges: list[float], start: float, length: float) -> None:
    speech = list(zip(edges[::2], edges[1::2], strict=True))
    chunk = (start, start + length)
    found = measure_snr(frame_powers(HISS), chunk, speech)
    assert found is None or -20 <= found < 0
    assert 0 <= speech_seconds(chunk, speech) <= length + 0.001


@pytest.mark.parametrize("wanted", RATIOS)
def test_wada_is_right_to_a_decibel_on_what_it_takes_speech_to_be(wanted: float) -> None:
    samples = 0.02 * (speech_like(20.0) + noise(20.0, 10 ** (-wanted / 20), seed=1))
    as_16_bit = np.round(samples * 32768).astype(np.float32) / 32768
    assert wada_snr(as_16_bit) == pytest.approx(wanted, abs=1.0)


def test_wadas_table_is_the_papers() -> None:
    """Beside what the authors simulated (their C++ code, in Ellis' snreval): to 0.2 dB."""
    ratios, statistics = wada_table()
    assert (np.diff(statistics) > 0).all()
    published = {0: 0.46221153, 10: 0.66750818, 20: 0.95655449, 30: 1.19703503}
    for ratio, statistic in published.items():
        assert np.interp(statistic, statistics, ratios) == pytest.approx(ratio, abs=0.2)


def test_wada_ends_at_its_table_and_says_nothing_of_silence() -> None:
    assert wada_snr(np.zeros(1600, np.float32)) is None
    assert wada_snr(np.zeros(0, np.float32)) is None
    assert wada_snr(noise(2.0)) < -5
    assert wada_snr(np.repeat(np.float32([0.5, 0]), 8000)) == 100


@pytest.mark.parametrize(
    ("rate", "seconds", "offset"), [(16_000, 130.0, 0.0), (16_000, 0.4, 0.5), (44_100, 70.0, 0.0)]
)
def test_loudness_is_that_of_the_recursive_filters(
    rate: int, seconds: float, offset: float
) -> None:
    samples = noise(seconds * rate / 16_000, 0.1) + np.float32(offset)
    samples[: len(samples) // 3] *= np.float32(0.01)
    wanted = Meter(rate, filter_class="DeMan").integrated_loudness(samples.astype(np.float64))
    assert measure_loudness(samples, rate) == pytest.approx(wanted, abs=1e-6)


def test_loudness_is_that_of_ffmpegs_meter(tmp_path: Path) -> None:
    samples = noise(6.0, 0.1) + tone(6.0, level=0.2)
    samples[32_000:64_000] *= np.float32(0.01)  # below the relative gate
    path = write_wav(tmp_path / "sound.wav", samples)
    said = subprocess.run(
        [ffmpeg_command(), "-nostdin", "-i", path, "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    wanted = float(re.findall(r"I: +(-[\d.]+) LUFS", said)[-1])
    assert measure_loudness(samples) == pytest.approx(wanted, abs=0.06)
    # The standard's own example: a full sine of 997 Hz in one channel.
    assert measure_loudness(tone(20.0, hertz=997, level=1.0)) == pytest.approx(-3.01, abs=0.05)
    assert measure_loudness(samples[:6000]) is None
    assert measure_loudness(np.zeros(16_000, np.float32)) is None


def test_peak_and_clipping() -> None:
    loud = np.clip(tone(1.0, hertz=100, level=2.0), -1, 32767 / 32768)
    assert measure_peak(loud) == 0.0
    assert clipped_share(loud) == pytest.approx(2 / 3, abs=0.01)  # |sin| is over a half there
    assert measure_peak(tone(1.0, level=0.5)) == pytest.approx(-6.02, abs=0.01)
    assert clipped_share(tone(1.0, level=0.5)) == 0
    assert (measure_peak(np.zeros(9, np.float32)), measure_peak(loud[:0])) == (-96.33, -96.33)
    assert clipped_share(loud[:0]) == 0


@pytest.mark.parametrize("edge", [3400, 6000])
def test_bandwidth_is_where_the_sound_ends(edge: int) -> None:
    spectrum = np.fft.rfft(noise(4.0))
    spectrum[np.fft.rfftfreq(64_000, 1 / 16_000) > edge] *= 1e-4
    found = measure_bandwidth(np.fft.irfft(spectrum).astype(np.float32))
    assert found == pytest.approx(edge, abs=130)


def test_bandwidth_of_little_and_of_nothing() -> None:
    assert measure_bandwidth(noise(4.0)) == 8000
    assert measure_bandwidth(np.zeros(16_000, np.float32)) is None
    assert measure_bandwidth(noise(0.01)) is None


def test_every_figure_is_a_column_and_a_stratum() -> None:
    figures = describe_chunk(HISS, frame_powers(HISS), HISS, (1.0, 4.0), [(1.0, 2.0), (2.5, 3.0)])
    assert list(figures) == [column.name for column in QUALITY]
    assert set(figures) < set(CHUNK_FIELDS)
    assert figures["speech_share"] == 0.5
    for column in QUALITY:
        assert column.optional or figures[column.name] is not None


@given(st.lists(st.floats(-1, 1, width=32), max_size=2000))
def test_every_sound_has_figures_or_nothing(values: list[float]) -> None:
    samples = np.array(values, np.float32)
    figures = describe_chunk(samples, frame_powers(samples), samples, (0.0, 0.1), [(0.0, 0.05)])
    assert all(value is None or np.isfinite(value) for value in figures.values())
