"""`snakescribe process cut`: the chunks of a variant."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from process_stage import Stage, recording_row

from snakescribe.ffmpeg.flac import stated_md5
from snakescribe.ffmpeg.samples import decode
from snakescribe.tables import Row
from sounds import noise


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
            assert chunk["snr_db"] is None or -20 <= chunk["snr_db"] < 100


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


def test_a_variant_is_compared_with_the_recording_without_filters(
    stage: Stage, wav: Callable[..., Row]
) -> None:
    rows = [wav("hiss", noise(4.0))]
    stage.prepare(rows)
    stage.prepare(rows, [{"ffmpeg": {"filter": "volume=0.5"}}], "soft")
    stage.plan(method="fixed")
    [raw], [soft], [alone] = stage.cut(raw="raw"), stage.cut("soft", raw="raw"), stage.cut("soft")
    assert raw["processed_to_raw_db"] == 0.0
    assert soft["processed_to_raw_db"] == pytest.approx(-6.02, abs=0.02)
    assert alone["processed_to_raw_db"] is None
    assert alone | {"processed_to_raw_db": soft["processed_to_raw_db"]} == soft
