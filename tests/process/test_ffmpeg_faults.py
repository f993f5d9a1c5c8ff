"""An ffmpeg that does not work, and folders that are full: the job stops, no recording is bad."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from process_stage import Stage, recording_row

from snakescribe.ffmpeg.command import check_ffmpeg, ffmpeg_command
from snakescribe.machine import MachineError
from snakescribe.process import cut
from snakescribe.tables import Row
from sounds import noise, tone

Wav = Callable[..., Row]

LOADER = "ffmpeg: error while loading shared libraries: libx264.so.164: cannot open shared object"
FULL_DEVICE = "/dev/full"
FULL = "av_interleaved_write_frame(): No space left on device"
# What a program that calls itself ffmpeg does, and a part of what is said of it.
BROKEN = {
    f"echo '{LOADER}' >&2; exit 127": "status 127: ffmpeg: error while loading",
    "exit 0": "(it gives no sound|it does not say its version)",
    "exit 1": "status 1: it says nothing",
    "kill -ILL $$": f"stopped by signal {signal.SIGILL.value}",
    f"cat >/dev/null; echo '{FULL}' >&2; exit 1": "No space left on device",
}
PRETENCE = 'if [ "$1" = -version ]; then echo "ffmpeg version 9 pretended"; exit; fi'


def pretend(folder: Path, content: str) -> str:
    """A file that is run in place of ffmpeg."""
    path = folder / "ffmpeg"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def program(what: str, first: str = PRETENCE) -> str:
    """A shell script that answers as ffmpeg when it is asked for its version, unless `first`."""
    return f"#!/bin/sh\n{first}\n{what}\n"


CONTENTS = {
    **{program(what): said for what, said in BROKEN.items()},
    **{program(what, first=""): said for what, said in BROKEN.items()},
    "#!/no/such/shell\n": "it cannot be run: No such file or directory",
    "\0\0 no program at all": "it cannot be run: Exec format error",
}


@pytest.mark.slow
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("chain", [[], [{"ffmpeg": {"filter": "volume=0.5"}}]])
def test_a_broken_ffmpeg_stops_the_job(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str,
    chain: list[object],
) -> None:  # fmt: skip
    rows = [wav("one", tone(0.5)), wav("two", tone(0.5))]
    with monkeypatch.context() as patch:
        patch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, content))
        with pytest.raises(MachineError, match=CONTENTS[content]):
            stage.prepare(rows, chain)
    assert not (stage.folder / "raw.tsv").exists()
    assert not [path for path in stage.store.rglob("*") if path.is_file()]
    assert [row["status"] for row in stage.prepare(rows, chain)] == ["ok", "ok"]


def test_cutting_needs_no_ffmpeg(
    stage: Stage, wav: Wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare([wav("one", tone(2.0))])
    stage.plan(method="fixed", max_seconds=1)
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, program(next(iter(BROKEN)))))
    assert len(stage.cut()) == 2


def test_a_disk_that_is_full_stops_cutting(
    stage: Stage, wav: Wav, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare([wav("one", noise(2.0))])
    stage.plan(method="fixed", max_seconds=1)

    @contextmanager
    def full(path: Path) -> Iterator[Path]:
        yield path.parent / FULL_DEVICE  # an absolute path stands for itself

    with monkeypatch.context() as patch:
        patch.setattr(cut, "replacing", full)
        with pytest.raises(MachineError, match=f"{FULL_DEVICE}: No space left on device"):
            stage.cut()
    assert not list(stage.folder.glob("chunks*"))
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
    shout = program(f"yes 'a line a frame' | head -c 300000 >&2; echo '{FULL}' >&2; exit 1")
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
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", pretend(tmp_path, program("exit 3")))
    with pytest.raises(MachineError) as caught:
        check_ffmpeg()
    assert str(caught.value).startswith(f"{ffmpeg_command()}: this ffmpeg does not work: status 3")
