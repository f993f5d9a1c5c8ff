"""Keys are made of samples: another ffmpeg, which writes other files, has nothing done again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from process_stage import Stage

from snakescribe.ffmpeg.command import ffmpeg_program
from snakescribe.process import cut, regions
from snakescribe.store import read_facts
from snakescribe.tables import Row
from sounds import encode_otherwise, noise, tone

Wav = Callable[..., Row]


@pytest.fixture
def rows(wav: Wav) -> list[Row]:
    return [wav("hiss", noise(12.0, 0.01)), wav("tone", tone(5.0, rate=44_100), 44_100)]


@pytest.mark.slow
def test_other_files_with_the_same_samples_are_neither_heard_nor_cut_again(
    stage: Stage, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = stage.prepare(rows)
    plans, chunks = stage.plan(method="fixed", max_seconds=2), stage.cut()
    for row in [*audio, *chunks]:
        encode_otherwise(Path(row["audio"]))
    written = {row["audio"]: Path(row["audio"]).read_bytes() for row in chunks}
    monkeypatch.setattr(regions, "measure_frames", None)
    monkeypatch.setattr(cut, "write_flac", lambda *_: pytest.fail("cut again"))
    assert stage.prepare(rows) == audio
    assert stage.plan(method="fixed", max_seconds=2) == plans
    assert stage.cut() == chunks
    assert {path: Path(path).read_bytes() for path in written} == written


def test_what_made_the_audio_is_told(stage: Stage, rows: list[Row]) -> None:
    [raw, _] = stage.prepare(rows)
    assert raw["versions"] == {"ffmpeg": ffmpeg_program().version}
    [soft, _] = stage.prepare(rows, ["wiener"], "soft")
    assert soft["versions"].keys() == {"ffmpeg", "wiener", "numpy", "scipy", "scikit-learn"}
    assert soft["chain"] == [{"wiener": {"size": 3, "noise": None}}]
    facts = read_facts(Path(soft["audio"]).with_suffix(".json"))
    assert facts.pop("notes") == []
    assert facts == {name: soft[name] for name in facts}
    assert facts.keys() == soft.keys() - {"recording", "status", "audio"}


@pytest.fixture(params=["wrapped", *filter(None, [shutil.which("ffmpeg")])])
def other_ffmpeg(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Ours under another name and version; and the one on the path, where there is one."""
    if request.param != "wrapped":
        return Path(request.param)
    path = tmp_path / "my-ffmpeg"
    path.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -version ]; then echo "ffmpeg version 0.1-mine Copyright"; exit; fi\n'
        f'exec {ffmpeg_program().path} "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def test_an_ffmpeg_of_ones_own_is_told_and_changes_nothing_that_is_there(
    stage: Stage, rows: list[Row], other_ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stage.prepare(rows)
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", str(other_ffmpeg))
    other = ffmpeg_program()
    assert other.path == str(other_ffmpeg)
    assert stage.prepare(rows) == first
    shutil.rmtree(stage.store)
    again = stage.prepare(rows)
    assert [row["versions"] for row in again] == [{"ffmpeg": other.version}] * 2
    assert again[0]["pcm_md5"] == first[0]["pcm_md5"]
