"""`snakescribe process cut` and the signal-to-noise ratio of a chunk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_stage import Stage, recording_row

from snakescribe.ffmpeg.flac import stated_md5
from snakescribe.ffmpeg.samples import decode
from snakescribe.process.snr import measure_snr, speech_seconds
from snakescribe.tables import Row
from sounds import noise, tone

HISS = noise(5.0)


@pytest.mark.slow
def test_every_variant_is_cut_at_the_same_places(stage: Stage, demo_audio: Path) -> None:
    rows = [recording_row(path) for path in sorted(demo_audio.glob("*.opus"))[:2]]
    audio = {
        name: stage.prepare(rows, chain, name)
        for name, chain in {"raw": [], "soft": ["wiener"]}.items()
    }
    plans = stage.plan(max_seconds=10)
    for name, table in audio.items():
        chunks = stage.cut(name)
        assert [chunk["chunk"] for chunk in chunks] == [
            f"{plan['recording']}-{number:04d}"
            for plan in plans
            for number in range(len(plan["chunks"]))
        ]
        wholes = {row["recording"]: decode(Path(row["audio"]))[0] for row in table}
        for chunk in chunks:
            start, end = (round(chunk[key] * 16_000) for key in ("start", "end"))
            samples, _ = decode(Path(chunk["audio"]))
            np.testing.assert_array_equal(samples, wholes[chunk["recording"]][start:end])
            assert chunk["pcm_md5"] == stated_md5(Path(chunk["audio"]))
            assert 0 < chunk["speech_seconds"] <= chunk["end"] - chunk["start"]
            assert chunk["snr_db"] is None or 0 < chunk["snr_db"] < 100


def test_what_is_cut_is_not_cut_again(stage: Stage, wav: Callable[..., Row]) -> None:
    stage.prepare([wav("hiss", noise(12.0))])
    stage.plan(method="fixed", max_seconds=2)
    first = stage.cut()
    written = {row["audio"]: Path(row["audio"]).stat().st_mtime_ns for row in first}
    Path(first[2]["audio"]).unlink()
    assert stage.cut() == first
    for row in first:
        same = Path(row["audio"]).stat().st_mtime_ns == written[row["audio"]]
        assert same == (row["number"] != 2)


def test_a_recording_without_audio_has_no_chunks(
    stage: Stage, wav: Callable[..., Row], tmp_path: Path
) -> None:
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    stage.prepare([recording_row(tmp_path / "text.wav"), wav("hiss", noise(1.0))])
    stage.plan(method="fixed")
    assert [row["recording"] for row in stage.cut()] == ["hiss"]


@pytest.mark.parametrize("wanted", [40.0, 20.0, 6.0])
def test_snr_of_a_known_mixture(wanted: float) -> None:
    """A tone of power 1/8 from 2 s to 4 s over noise at `wanted` dB below it."""
    samples = noise(6.0, level=np.sqrt(0.125 / 10 ** (wanted / 10)))
    samples[32_000:64_000] += tone(2.0)
    found = measure_snr(samples, (1.5, 4.5), [(2.0, 4.0)])
    with_noise = 10 * np.log10(1 + 10 ** (wanted / 10))
    assert found == pytest.approx(with_noise, abs=0.2)


def test_snr_says_nothing_where_there_is_nothing_to_compare() -> None:
    samples = noise(6.0)
    assert measure_snr(samples, (0.0, 6.0), [(0.0, 6.0)]) is None
    assert measure_snr(samples, (0.0, 6.0), []) is None
    assert measure_snr(samples, (0.0, 6.0), [(3.0, 3.05)]) is None


def test_snr_over_digital_silence_is_finite() -> None:
    samples = np.zeros(96_000, np.float32)
    assert measure_snr(samples, (0.0, 6.0), [(2.0, 4.0)]) == 0.0
    samples[32_000:64_000] = tone(2.0)
    assert measure_snr(samples, (0.0, 6.0), [(2.0, 4.0)]) == pytest.approx(95, abs=5)


@given(
    st.lists(st.floats(0, 5), min_size=8, max_size=8, unique=True).map(sorted),
    st.floats(0, 4),
    st.floats(0.1, 2),
)
def test_snr_is_a_number_or_nothing(edges: list[float], start: float, length: float) -> None:
    speech = list(zip(edges[::2], edges[1::2], strict=True))
    chunk = (start, start + length)
    found = measure_snr(HISS, chunk, speech)
    assert found is None or abs(found) < 20
    assert 0 <= speech_seconds(chunk, speech) <= length + 0.001
