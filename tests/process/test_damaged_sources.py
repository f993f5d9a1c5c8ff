"""500 recordings of six formats, cut short or with bits changed: each has a status of its own."""

import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from process_stage import Stage, recording_row

from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.ffmpeg.flac import is_whole
from snakescribe.tables import Row
from sounds import noise, tone, write_wav

ENCODERS = {
    "wav": ["-c:a", "pcm_s16le"],
    "flac": ["-c:a", "flac"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "48k"],
    "ogg": ["-c:a", "libopus", "-b:a", "24k"],
    "m4a": ["-c:a", "aac", "-b:a", "48k"],
    "mkv": ["-c:a", "libvorbis"],
}
FILES = 500
SECONDS = 1.0
STATUSES = {"ok", "corrupt", "empty", "silent"}


@pytest.fixture
def damaged(tmp_path: Path) -> list[Row]:
    """The recordings; each format by turns, cut at any place or with one to eight bits changed."""
    random = Random(0)
    sound = write_wav(tmp_path / "sound.wav", tone(SECONDS, level=0.2) + noise(SECONDS, 0.05))
    whole = {}
    for suffix, options in ENCODERS.items():
        path = tmp_path / f"whole.{suffix}"
        command = [ffmpeg_command(), "-v", "error", "-i", str(sound), "-ac", "1", *options]
        subprocess.run([*command, str(path)], check=True)
        whole[suffix] = path.read_bytes()
    rows = []
    for number in range(FILES):
        suffix = list(ENCODERS)[number % len(ENCODERS)]
        data = bytearray(whole[suffix])
        if number // len(ENCODERS) % 2:
            del data[random.randrange(len(data)) :]
        else:
            for _ in range(random.randint(1, 8)):
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path = tmp_path / f"{number:03d}.{suffix}"
        path.write_bytes(data)
        rows.append(recording_row(path))
    return rows


@pytest.mark.slow
def test_every_damaged_recording_has_a_status(stage: Stage, damaged: list[Row]) -> None:
    rows = stage.prepare(damaged)
    assert [row["recording"] for row in rows] == [row["recording"] for row in damaged]
    counts = Counter(row["status"] for row in rows)
    assert counts.keys() <= STATUSES
    assert min(counts["ok"], counts["corrupt"], counts["empty"]) > 0
    for row in rows:
        if row["status"] == "ok":
            assert is_whole(Path(row["audio"]), row["pcm_md5"])
            assert 0.1 <= row["seconds"] < 2 * SECONDS
        else:
            assert row["reason"]
    assert stage.prepare(damaged) == rows
    stage.plan(method="fixed", max_seconds=1)
    chunks = stage.cut()
    assert {chunk["recording"] for chunk in chunks} == {
        row["recording"] for row in rows if row["status"] == "ok"
    }
