"""`snakescribe process prepare`: statuses, levels, and nothing made twice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from process_stage import Stage, recording_row

from snakescribe.errors import UserError
from snakescribe.ffmpeg.flac import stated_md5, write_flac
from snakescribe.ffmpeg.samples import decode
from snakescribe.process import prepare
from snakescribe.tables import Row
from sounds import noise, tone, write_wav

Wav = Callable[..., Row]


def test_any_format_becomes_16_khz_mono(stage: Stage, wav: Wav) -> None:
    rows = stage.prepare(
        [
            wav("narrow", tone(1.0, rate=8_000), 8_000),
            wav("wide", np.stack([tone(1.0, rate=48_000)] * 2, axis=1), 48_000),
            wav("integers", (tone(1.0) * 32767).astype(np.int16)),
        ]
    )
    assert [row["status"] for row in rows] == ["ok"] * 3
    for row in rows:
        assert row["seconds"] == 1.0
        assert stated_md5(Path(row["audio"])) == row["pcm_md5"]
        samples, _ = decode(Path(row["audio"]))
        assert np.sqrt(np.mean(samples[800:-800] ** 2)) == pytest.approx(0.3536, rel=0.02)


def test_bad_recordings_become_rows(stage: Stage, wav: Wav, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    (tmp_path / "void.mp3").touch()
    whole = tmp_path / "whole.flac"
    write_flac(noise(20.0), whole)
    (tmp_path / "torn.flac").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    changed = wav("changed", tone(1.0))
    write_wav(tmp_path / "changed.wav", tone(2.0))
    rows = stage.prepare(
        [
            recording_row(tmp_path / "text.wav"),
            recording_row(tmp_path / "void.mp3"),
            recording_row(tmp_path / "torn.flac"),
            wav("short", tone(0.05)),
            wav("silent", np.zeros(16_000, np.float32)),
            wav("faint", tone(1.0, level=0.00005)),
            recording_row(tmp_path / "nowhere.wav"),
            changed,
            recording_row(tmp_path / "x.wav", recording="private", status="needs_login",
                          reason="log in", audio=None, sha256=None),
            wav("good", tone(1.0)),
        ]
    )  # fmt: skip
    found = {row["recording"]: (row["status"], row["reason"]) for row in rows}
    assert found["text"] == (
        "corrupt",
        "ffmpeg cannot decode it: Invalid data found when processing input",
    )
    assert found["void"] == ("empty", "it has no bytes")
    assert found["torn"][0] == "corrupt"
    assert "of the 20.0 s that the file states" in found["torn"][1]
    assert found["short"] == ("empty", "0.050 s of sound; 0.1 s needed")
    assert found["silent"] == found["faint"] == ("silent", "nothing in it is louder than -80 dBFS")
    assert found["nowhere"][0] == found["changed"][0] == "missing"
    assert found["private"] == ("needs_login", "log in")
    assert found["good"] == ("ok", None)
    assert [row["audio"] for row in rows[:-1]] == [None] * 9


def test_what_is_there_is_not_made_again(
    stage: Stage, wav: Wav, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [wav("one", tone(1.0)), wav("two", noise(1.0))]
    first = stage.prepare(rows)
    table = (stage.folder / "raw.tsv").read_bytes()
    monkeypatch.setattr(prepare, "read_sounds", None)
    assert stage.prepare(rows) == first
    assert (stage.folder / "raw.tsv").read_bytes() == table


def test_a_chain_gets_files_of_its_own(stage: Stage, wav: Wav) -> None:
    rows = [wav("one", noise(1.0))]
    paths = {
        stage.prepare(rows, chain)[0]["audio"]
        for chain in ([], ["wiener"], [{"wiener": {"size": 5}}], [{"wiener": {"size": 3}}])
    }
    assert len(paths) == 3


def test_too_loud_is_scaled_not_clipped(stage: Stage, wav: Wav) -> None:
    samples = tone(1.0, level=0.8)
    [row] = stage.prepare([wav("loud", samples)], [{"ffmpeg": {"filter": "volume=4"}}])
    louder, _ = decode(Path(row["audio"]))
    assert np.abs(louder).max() <= 1
    np.testing.assert_allclose(louder, samples / 0.8, atol=1e-3)


def test_quiet_is_left_as_it_is(stage: Stage, wav: Wav) -> None:
    samples = noise(1.0, level=0.01)
    [row] = stage.prepare([wav("quiet", samples)])
    np.testing.assert_allclose(decode(Path(row["audio"]))[0], samples, atol=1 / 32768)


def test_a_filter_that_fails_on_one_recording_fails_only_that(
    stage: Stage, wav: Wav, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stage.folder)
    (stage.folder / "own_fussy_filter.py").write_text(
        "def fussy(samples, sample_rate):\n"
        "    if len(samples) > 20_000:\n"
        "        raise ValueError('too long for me')\n"
        "    return samples\n",
        encoding="utf-8",
    )
    rows = stage.prepare(
        [wav("short", tone(1.0)), wav("long", tone(2.0))], ["own_fussy_filter:fussy"]
    )
    assert [row["status"] for row in rows] == ["ok", "filter_failed"]
    assert rows[1]["reason"] == "filter 'own_fussy_filter:fussy': too long for me"


def test_an_unknown_filter_stops_before_any_work(stage: Stage, wav: Wav) -> None:
    with pytest.raises(UserError, match="'weiner' is unknown; did you mean 'wiener'"):
        stage.prepare([wav("one", tone(1.0))], ["weiner"])
    assert not stage.store.exists()


def test_no_recordings_make_an_empty_table(stage: Stage) -> None:
    assert stage.prepare([]) == []
    assert stage.plan() == []
    assert stage.cut() == []
