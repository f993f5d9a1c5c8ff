"""ffmpeg as a program: which one, how a graph is run, and what it complained of.

Graphs are built with ffmpeg-python and run as argument lists, never through a shell.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import imageio_ffmpeg

from snakescribe.errors import UserError

_STDERR_BYTES = 4_000


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
        UserError: there is none, or the variable names none.
    """
    return _probe(os.environ.get("SNAKESCRIBE_FFMPEG", ""))


def ffmpeg_command() -> str:
    """Nothing -> the path of the ffmpeg to run; see `ffmpeg_program`."""
    return ffmpeg_program().path


@cache
def _probe(chosen: str) -> Program:
    path = _chosen_ffmpeg(chosen) if chosen else _wheels_ffmpeg()
    try:
        said = subprocess.check_output(
            [path, "-version"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        ).decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError(
            f"{path}: `ffmpeg -version` fails: {error}; name another one in SNAKESCRIBE_FFMPEG"
        ) from error
    version = re.match(r"ffmpeg version (\S+)", said)
    if version is None:
        raise UserError(f"{path}: this is no ffmpeg; name one in SNAKESCRIBE_FFMPEG, or unset it")
    return Program(path, version[1])


def _chosen_ffmpeg(chosen: str) -> str:
    path = shutil.which(chosen)
    if not path:
        raise UserError(f"SNAKESCRIBE_FFMPEG={chosen}: no such program; name one, or unset it")
    return path


def _wheels_ffmpeg() -> str:
    # Not by `get_ffmpeg_exe`, which takes what another variable names, or what is on the path.
    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    binaries = sorted(folder.glob("ffmpeg-*"))
    if not binaries:
        raise UserError(
            "the installed imageio-ffmpeg has no ffmpeg for this machine; "
            "name one in SNAKESCRIBE_FFMPEG"
        )
    return str(binaries[0])


def run_graph(
    graph: Any, stdin: Iterable[bytes] | None = None, stdout: IO[bytes] | None = None
) -> str:
    """An ffmpeg-python graph -> what ffmpeg complained of ("" mostly), once it has run.

    Raises:
        FFmpegError: it failed; the message is one line.
        OSError: the disk is full, or something killed it: no fault of the input.
    """
    command = graph.global_args(
        "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"
    ).compile(cmd=ffmpeg_command(), overwrite_output=True)
    with TemporaryFile() as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=stdout or subprocess.DEVNULL,
            stderr=stderr,
        )
        try:
            if process.stdin is not None and stdin is not None:
                _feed(process.stdin, stdin)
            status = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        said = _bounded_text(stderr)
    if status < 0:
        raise OSError(f"ffmpeg was stopped by signal {-status}")
    if "No space left on device" in said:
        raise OSError("ffmpeg: No space left on device")
    complaint = _useful_line(said)
    if status:
        raise FFmpegError(complaint or f"ffmpeg ended with status {status}")
    return complaint


def _feed(pipe: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Write all blocks; a reader that has gone says why itself."""
    try:
        with pipe:
            for block in blocks:
                pipe.write(block)
    except BrokenPipeError:
        pass


def _bounded_text(stream: IO[bytes]) -> str:
    """What was written: a broken file can make ffmpeg write a line for every frame."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    text = stream.read(_STDERR_BYTES)
    if size > 2 * _STDERR_BYTES:
        stream.seek(-_STDERR_BYTES, os.SEEK_END)
    return (text + stream.read()).decode("utf-8", errors="replace")


def _useful_line(said: str) -> str:
    """ffmpeg's messages -> the one that says what is wrong, without its memory addresses."""
    lines = [re.sub(r"\[[^\]]*@ 0x[0-9a-f]+\]\s*", "", line).strip() for line in said.splitlines()]
    lines = [line for line in lines if line]
    for line in lines:
        if match := re.search(r"Error opening input: (.+)", line):
            return match[1]
    return lines[0][:300] if lines else ""
