"""An ffmpeg that does not work, and folders that are full: the job stops, no recording is bad."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from process_stage import Stage, recording_row

from snakescribe.ffmpeg.command import check_ffmpeg, ffmpeg_command
from snakescribe.machine import MachineError
from snakescribe.tables import Row
from sounds import tone

Wav = Callable[..., Row]

LOADER = "ffmpeg: error while loading shared libraries: libx264.so.164: cannot open shared object"
FULL = "av_interleaved_write_frame(): No space left on device"
# A program that calls itself ffmpeg, and a part of what is said of it.
BROKEN = {
    f"#!/bin/sh\necho '{LOADER}' >&2\nexit 127\n": "status 127: ffmpeg: error while loading",
    "#!/bin/sh\nexit 0\n": "does not work: it gives no sound",
    "#!/bin/sh\nexit 1\n": "status 1: it says nothing",
    "#!/bin/sh\nkill -ILL $$\n": f"signal {signal.SIGILL.value}",
    "#!/no/such/shell\n": "No such file or directory",
    "\0\0 no program at all": "Exec format error",
    f"#!/bin/sh\ncat >/dev/null\necho '{FULL}' >&2\nexit 1\n": "No space left on device",
}


SHELL = "#!/bin/sh\n"
TELLS_ITS_VERSION = SHELL + 'if [ "$1" = -version ]; then echo ffmpeg version 1; exit; fi\n'


def pretend(folder: Path, content: str) -> str:
    """A file that is run in place of ffmpeg; a script that loads says a version when asked."""
    path = folder / "ffmpeg"
    if LOADER not in content:
        content = content.replace(SHELL, TELLS_ITS_VERSION)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("chain", [[], [{"ffmpeg": {"filter": "volume=0.5"}}]])
def test_a_broken_ffmpeg_stops_the_job(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str,
    chain: list[object],
) -> None:  # fmt: skip
    rows = [wav("one", tone(0.5)), wav("two", tone(0.5))]
    with monkeypatch.context() as patch:
        patch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, content))
        with pytest.raises(MachineError, match=BROKEN[content]):
            stage.prepare(rows, chain)
    assert not (stage.folder / "raw.tsv").exists()
    assert not [path for path in stage.store.rglob("*") if path.is_file()]
    assert [row["status"] for row in stage.prepare(rows, chain)] == ["ok", "ok"]


@pytest.mark.slow
def test_an_ffmpeg_that_breaks_on_the_way_stops_cutting(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare([wav("one", tone(2.0))])
    stage.plan(method="fixed", max_seconds=1)
    with monkeypatch.context() as patch:
        patch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, next(iter(BROKEN))))
        with pytest.raises(MachineError, match="status 127"):
            stage.cut()
    assert len(stage.cut()) == 2


def test_a_bad_recording_among_good_ones_is_still_a_row(
    stage: Stage, wav: Wav, tmp_path: Path
) -> None:
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    rows = [
        recording_row(tmp_path / "text.wav"),
        wav("good", tone(0.5)),
        wav("mute", np.zeros(9000)),
    ]
    assert [row["status"] for row in stage.prepare(rows)] == ["corrupt", "ok", "silent"]


def test_a_working_ffmpeg_passes() -> None:
    check_ffmpeg()


def test_a_program_that_says_much_is_heard_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wav: Wav, stage: Stage
) -> None:
    """More than a pipe holds, so that it would wait for ever if nobody read."""
    shout = (
        f"#!/bin/sh\nyes 'a line for every frame' | head -c 300000 >&2\necho '{FULL}' >&2\nexit 1\n"
    )
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, shout))
    with pytest.raises(MachineError, match="No space left on device"):
        stage.prepare([wav("one", tone(0.5))])


@pytest.mark.slow
def test_a_full_folder_for_temporary_files_is_one_line(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file may grow beyond the limit; a full disk says the same by another number."""
    rows = [wav("long", tone(20.0))]
    stage.prepare(rows)
    (stage.folder / "raw.tsv").unlink()
    command = [
        sys.executable, "-m", "snakescribe", "process", "prepare", "--recordings",
        str(stage.folder / "recordings.tsv"), "--store", str(tmp_path / "other"), "--output",
        str(stage.folder / "raw.tsv"),
    ]  # fmt: skip
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, preexec_fn=limit, check=False,
    )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if not line[:2].isdigit()]
    assert (done.returncode, len(lines)) == (1, 1), done.stderr
    assert lines[0].startswith(f"error: {temporary}: File too large; this machine is at fault")
    assert not (stage.folder / "raw.tsv").exists()
    assert subprocess.run(command, timeout=60, check=False, env=os.environ).returncode == 0


def test_the_ffmpeg_that_is_named_is_the_one_that_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, "#!/bin/sh\nexit 3\n"))
    with pytest.raises(MachineError) as caught:
        check_ffmpeg()
    assert str(caught.value).startswith(f"{ffmpeg_command()}: this ffmpeg does not work: status 3")
