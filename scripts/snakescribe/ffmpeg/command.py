"""ffmpeg as a program: which one, how a graph is run, and what it complained of.

Graphs are built with ffmpeg-python and run as argument lists, never through a shell.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from tempfile import TemporaryFile
from typing import IO, Any

import imageio_ffmpeg

from snakescribe.errors import UserError

_STDERR_BYTES = 4_000


class FFmpegError(Exception):
    """ffmpeg could not do it; the message is the useful line of what it said."""


def ffmpeg_command() -> str:
    """Nothing -> the ffmpeg to run: ``$SNAKESCRIBE_FFMPEG``, else on the path, else the wheel's.

    Raises:
        UserError: there is none, or the variable names none.
    """
    if chosen := os.environ.get("SNAKESCRIBE_FFMPEG"):
        path = shutil.which(chosen)
        if not path:
            raise UserError(f"SNAKESCRIBE_FFMPEG={chosen}: no such program; name one, or unset it")
        return path
    if path := shutil.which("ffmpeg"):
        return path
    return _wheels_ffmpeg()


@cache
def _wheels_ffmpeg() -> str:
    try:
        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise UserError(
            "no ffmpeg found; install ffmpeg or `pip install imageio-ffmpeg`, "
            "or name one in SNAKESCRIBE_FFMPEG"
        ) from error
    return path


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
