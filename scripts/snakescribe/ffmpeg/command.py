"""ffmpeg as a program: which one, how a graph is run, and what it complained of.

Graphs are built with ffmpeg-python and run as argument lists, never through a shell.
"""

import errno
import logging
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from threading import Thread
from typing import IO, Any, NamedTuple

import imageio_ffmpeg

from snakescribe.machine import MachineError, fault_in

logger = logging.getLogger(__name__)

_STDERR_BYTES = 4_000
# What `-loglevel level+...` puts before a message.
_LEVEL = re.compile(rb"\[(?:panic|fatal|error)\] ")
_WARNING = b"[warning] "


class FFmpegError(Exception):
    """ffmpeg could not do it; the message is the useful line of what it said."""


class Program(NamedTuple):
    """An ffmpeg: where it lies, and the version that it says it is."""

    path: str
    version: str


def ffmpeg_program() -> Program:
    """Nothing -> the ffmpeg to run, asked for its version once in a process.

    It is ``$SNAKESCRIBE_FFMPEG``, else the one in the pinned wheel of imageio-ffmpeg; never one
    that happens to be on the path.

    Raises:
        MachineError: there is none that works.
    """
    return _probe(os.environ.get("SNAKESCRIBE_FFMPEG", ""))


def ffmpeg_command() -> str:
    """Nothing -> the path of the ffmpeg to run; see `ffmpeg_program`."""
    return ffmpeg_program().path


@cache
def _probe(chosen: str) -> Program:
    path = _chosen_ffmpeg(chosen) if chosen else _wheels_ffmpeg()
    said = _ask(path, ["-version"], b"")
    version = re.match(r"ffmpeg version (\S+)", said.decode("utf-8", "replace"))
    if version is None:
        raise _broken(path, "it does not say its version")
    return Program(path, version[1])


def _chosen_ffmpeg(chosen: str) -> str:
    path = shutil.which(chosen)
    if not path:
        raise MachineError(f"SNAKESCRIBE_FFMPEG={chosen}: no such program; name one, or unset it")
    return path


def _wheels_ffmpeg() -> str:
    # Not by `get_ffmpeg_exe`, which takes what another variable names, or what is on the path.
    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    binaries = sorted(folder.glob("ffmpeg-*"))
    if not binaries:
        raise MachineError(
            "the installed imageio-ffmpeg has no ffmpeg for this machine; "
            "name one in SNAKESCRIBE_FFMPEG"
        )
    return str(binaries[0])


def run_graph(
    graph: Any,
    stdin: Iterable[bytes] | None = None,
    stdout: IO[bytes] | None = None,
    files: Sequence[IO[bytes]] = (),
) -> str:
    """An ffmpeg-python graph -> what ffmpeg complained of ("" mostly), once it has run.

    Args:
        graph: what to run.
        stdin: what to give it at ``pipe:0``.
        stdout: where its ``pipe:1`` goes.
        files: further open files, which it may name ``pipe:N`` by their number.

    Raises:
        FFmpegError: it failed; the message is one line.
        OSError: the disk is full, or it cannot be run: no fault of the input.
        MachineError: it was killed: no fault of the input either.
    """
    program = ffmpeg_command()
    level = "level+warning" if logger.isEnabledFor(logging.DEBUG) else "level+error"
    command = graph.global_args("-hide_banner", "-nostdin", "-nostats", "-loglevel", level).compile(
        cmd=program, overwrite_output=True
    )
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=stdout or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=[file.fileno() for file in files],
    ) as process:
        # Through a pipe and not a file: where the disk is full, ffmpeg could not say so.
        complaints = Complaints(process.stderr)
        try:
            if process.stdin is not None and stdin is not None:
                _feed(process.stdin, stdin)
            status = process.wait()
        except BaseException:
            process.kill()
            raise
        said = complaints.text()
    if status == -signal.SIGXFSZ:  # as a limit of the shell, or of a file system, has it
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    if status < 0:
        raise MachineError(
            f"{program}: it was stopped by signal {-status}, as where memory is short; run again"
        )
    if fault := fault_in(said):
        raise fault
    complaint = _useful_line(said)
    if status:
        raise FFmpegError(complaint or f"ffmpeg ended with status {status}")
    return complaint


def check_ffmpeg() -> None:
    """Nothing -> nothing, where ffmpeg does what is asked of it.

    To be called where a recording comes to nothing: a broken ffmpeg makes all of them do so.

    Raises:
        MachineError: it does not work, and says why.
    """
    program = ffmpeg_command()
    silence = ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "pipe:0"]
    options = ["-v", "error", *silence, "-c:a", "flac", "-f", "flac", "pipe:1"]
    if not _ask(program, options, bytes(6400)).startswith(b"fLaC"):
        raise _broken(program, "it gives no sound")


def _ask(program: str, options: Sequence[str], stdin: bytes) -> bytes:
    """Run a program on what it cannot fail at -> what it writes."""
    try:
        done = subprocess.run(
            [program, *options], input=stdin, capture_output=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise _broken(program, f"it cannot be run: {said}") from error
    if done.returncode < 0:
        raise _broken(program, f"it was stopped by signal {-done.returncode}")
    if done.returncode:
        words = _useful_line(done.stderr.decode("utf-8", "replace")) or "it says nothing"
        raise _broken(program, f"status {done.returncode}: {words}")
    return done.stdout


def _broken(program: str, said: str) -> MachineError:
    return MachineError(
        f"{program}: this ffmpeg does not work: {said}; "
        "mend it or name another one in SNAKESCRIBE_FFMPEG, and run again"
    )


def _feed(pipe: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Write all blocks; a reader that has gone says why itself."""
    try:
        with pipe:
            for block in blocks:
                pipe.write(block)
    except BrokenPipeError:
        pass


class Complaints:
    """Reads what a process says, beside it: a broken file makes ffmpeg write a line a frame.

    The beginning and the end of its errors are kept; its warnings go to our log, at `debug`.
    """

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._begin, self._end = b"", b""
        self._reader = Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in iter(lambda: stream.readline(_STDERR_BYTES), b""):
            if _WARNING in line:
                logger.debug("ffmpeg: %s", line.decode("utf-8", "replace").rstrip())
            elif len(self._begin) < _STDERR_BYTES:
                self._begin += _LEVEL.sub(b"", line, count=1)
            else:
                self._end = (self._end + _LEVEL.sub(b"", line, count=1))[-_STDERR_BYTES:]

    def text(self) -> str:
        """All that is kept, once the process has ended."""
        self._reader.join()
        return (self._begin + self._end).decode("utf-8", errors="replace")


def _useful_line(said: str) -> str:
    """ffmpeg's messages -> the one that says what is wrong, without its memory addresses."""
    lines = [re.sub(r"\[[^\]]*@ 0x[0-9a-f]+\]\s*", "", line).strip() for line in said.splitlines()]
    lines = [line for line in lines if line]
    for line in lines:
        if match := re.search(r"Error opening input: (.+)", line):
            return match[1]
    return lines[0][:300] if lines else ""
