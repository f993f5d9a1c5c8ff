"""ffmpeg at work: decode any recording to 16 kHz mono, filter it, write FLAC, cut FLAC.

Graphs are built with ffmpeg-python and run as argument lists, never through a shell. Samples pass
through nameless temporary files, which a killed job cannot leave behind and which keep the memory
that an hour of audio takes independent of its length.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from snakescribe.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
_STDERR_BYTES = 4_000
# Cuts in one ffmpeg process. Each cut sees the sound of all: of 1 to 24, 2 to 8 cost the least.
_CUTS_AT_ONCE = 6
# Containers that are lists of other files or addresses: a stranger's file must not name ours.
_PLAYLISTS = frozenset({"concat", "concatf", "dash", "hls", "imf", "rtsp", "sdp", "rtp"})
_FLAC = {"acodec": "flac", "sample_fmt": "s16", "format": "flac", "bitexact": None, "threads": 1}


class FFmpegError(Exception):
    """ffmpeg could not do it; the message is the useful line of what it said."""


def ffmpeg_command() -> str:
    """Nothing -> the ffmpeg to run: ``$SNAKESCRIBE_FFMPEG``, else on the path, else the wheel's.

    Raises:
        UserError: there is none, or the variable names none.
    """
    if chosen := os.environ.get("SNAKESCRIBE_FFMPEG"):
        found = shutil.which(chosen)
        if not found:
            raise UserError(f"SNAKESCRIBE_FFMPEG={chosen}: no such program; name one, or unset it")
        return found
    if found := shutil.which("ffmpeg"):
        return found
    return _wheels_ffmpeg()


@cache
def _wheels_ffmpeg() -> str:
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise UserError(
            "no ffmpeg found; install ffmpeg or `pip install imageio-ffmpeg`, "
            "or name one in SNAKESCRIBE_FFMPEG"
        ) from error


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[Any, Any]]:
    """A media file -> PyAV's container and the first audio stream in it.

    Raises:
        FFmpegError: it cannot be opened or read, is a playlist, or has no audio.
    """
    import av

    options = {"protocol_whitelist": "file"}
    try:
        with av.open(f"file:{path}", metadata_errors="ignore", options=options) as container:
            if _PLAYLISTS & set(container.format.name.split(",")):
                raise FFmpegError(f"a playlist ({container.format.name}), not a recording")
            if not container.streams.audio:
                raise FFmpegError("there is no audio in it")
            yield container, container.streams.audio[0]
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise FFmpegError(getattr(error, "strerror", None) or str(error)) from error


def stated_seconds(container: Any, stream: Any) -> float | None:
    """The seconds that a container states for a stream, else for itself, if any."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def probe(path: Path) -> float | None:
    """A media file -> the seconds that its container states for the first audio stream, if any.

    Raises:
        FFmpegError: it cannot be opened, is a playlist, or has no audio.
    """
    with open_audio(path) as (container, stream):
        return stated_seconds(container, stream)


def decode(path: Path) -> "tuple[Samples, str]":
    """A media file -> its first audio stream as 16 kHz mono float32, and what ffmpeg complained of.

    Channels are averaged, so that equal channels keep their level. The samples lie in a nameless
    file in the temporary folder, mapped read-only.

    Raises:
        FFmpegError: nothing could be decoded.
    """
    import ffmpeg

    # rematrix_maxval: without it, a mix to mono in floating point is 3 dB louder than the channels.
    graph = (
        ffmpeg.input(f"file:{path}", threads=1, protocol_whitelist="file")["a:0"]
        .filter("aresample", SAMPLE_RATE, rematrix_maxval=1)
        .output("pipe:1", format="f32le", ac=1, ar=SAMPLE_RATE)
    )
    with TemporaryFile() as target:
        try:
            complaint = run_graph(graph, stdout=target)
        except FFmpegError as error:
            complaint = str(error)
            if not os.fstat(target.fileno()).st_size:
                raise
        return map_samples(target), complaint


def filter_samples(
    samples: "Samples", filters: Sequence[tuple[str, list[str], dict[str, str]]]
) -> "Samples":
    """16 kHz mono samples -> the same through a chain of ffmpeg filters (name, options).

    Raises:
        FFmpegError: ffmpeg refuses a filter or an option.
    """
    stream = _raw_input()
    for name, positional, named in filters:
        stream = stream.filter(name, *positional, **named)
    graph = stream.output("pipe:1", format="f32le", ac=1, ar=SAMPLE_RATE)
    with TemporaryFile() as target:
        run_graph(graph, stdin=_bytes(samples, 1.0), stdout=target)
        return map_samples(target)


def write_flac(samples: "Samples", path: Path, gain: float = 1.0) -> None:
    """16 kHz mono samples times `gain` -> a 16-bit FLAC file, the same bytes each time."""
    graph = _raw_input().output(str(path), **_FLAC)
    run_graph(graph, stdin=_bytes(samples, gain))


def cut_flac(source: Path, cuts: Sequence[tuple[float, float, Path]]) -> None:
    """A 16 kHz FLAC file and (start, end, target) in s -> a FLAC file for each, to the sample.

    Each target is written whole or not at all: a process that fails leaves none of its batch.
    """
    import ffmpeg

    from snakescribe.store import replacing

    for first in range(0, len(cuts), _CUTS_AT_ONCE):
        batch = cuts[first : first + _CUTS_AT_ONCE]
        begin = batch[0][0]
        stream = ffmpeg.input(
            f"file:{source}", ss=f"{begin:.3f}", to=f"{max(end for _, end, _ in batch):.3f}"
        )["a:0"]
        with ExitStack() as stack:
            outputs = [
                stream.filter(
                    "atrim",
                    start_sample=round((start - begin) * SAMPLE_RATE),
                    end_sample=round((end - begin) * SAMPLE_RATE),
                )
                .filter("asetpts", "PTS-STARTPTS")
                .output(str(stack.enter_context(replacing(target))), **_FLAC)
                for start, end, target in batch
            ]
            run_graph(ffmpeg.merge_outputs(*outputs))


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


def _raw_input() -> Any:
    import ffmpeg

    return ffmpeg.input("pipe:0", format="f32le", ar=SAMPLE_RATE, ac=1)


def sample_blocks(samples: "Samples") -> "Iterator[Samples]":
    """Samples -> the same, a minute at a time."""
    size = 60 * SAMPLE_RATE
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def _bytes(samples: "Samples", gain: float) -> Iterator[bytes]:
    import numpy as np

    for block in sample_blocks(samples):
        yield (block * np.float32(gain)).astype("<f4", copy=False).tobytes()


def _feed(pipe: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Write all blocks; a reader that has gone says why itself."""
    try:
        with pipe:
            for block in blocks:
                pipe.write(block)
    except BrokenPipeError:
        pass


def map_samples(stream: IO[bytes]) -> "Samples":
    """An open file of float32 samples -> a read-only array on it, which outlives its name."""
    import numpy as np

    count = os.fstat(stream.fileno()).st_size // 4
    if not count:
        return np.empty(0, dtype=np.float32)
    return np.memmap(stream, dtype="<f4", mode="r", shape=(count,))


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
        if found := re.search(r"Error opening input: (.+)", line):
            return found[1]
    return lines[0][:300] if lines else ""
