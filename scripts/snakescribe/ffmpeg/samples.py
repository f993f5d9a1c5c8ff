"""Recordings -> 16 kHz mono samples by ffmpeg, filtered, written and cut as FLAC.

Samples pass through nameless temporary files, which a killed job cannot leave behind and which
keep the memory that an hour of audio takes independent of its length.
"""

import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

import ffmpeg
from snakescribe.ffmpeg.command import FFmpegError, run_graph
from snakescribe.machine import at
from snakescribe.store import replacing

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
# Cuts in one ffmpeg process. Each cut sees the sound of all: of 1 to 24, 2 to 8 cost the least.
_CUTS_AT_ONCE = 6
_FORGET_BYTES = 16_000_000
_FLAC = {"acodec": "flac", "sample_fmt": "s16", "format": "flac", "bitexact": None, "threads": 1}


def decode(path: Path) -> tuple[Samples, str]:
    """A media file -> its first audio stream as 16 kHz mono float32, and what ffmpeg complained of.

    Channels are averaged, so that equal channels keep their level. The samples lie in a nameless
    file in the temporary folder, mapped read-only.

    Raises:
        FFmpegError: nothing could be decoded.
    """
    # rematrix_maxval: without it, a mix to mono in floating point is 3 dB louder than the channels.
    graph = (
        ffmpeg.input(f"file:{path}", threads=1, protocol_whitelist="file")["a:0"]
        .filter("aresample", SAMPLE_RATE, rematrix_maxval=1)
        .output("pipe:1", format="f32le", ac=1, ar=SAMPLE_RATE)
    )
    with at(gettempdir()), TemporaryFile() as target:
        try:
            complaint = run_graph(graph, stdout=target)
        except FFmpegError as error:
            complaint = str(error)
            if not os.fstat(target.fileno()).st_size:
                raise
        return map_samples(target), complaint


def filter_samples(
    samples: Samples, filters: Sequence[tuple[str, list[str], dict[str, str]]]
) -> Samples:
    """16 kHz mono samples -> the same through a chain of ffmpeg filters (name, options).

    Raises:
        FFmpegError: ffmpeg refuses a filter or an option.
    """
    stream = _raw_input()
    for name, positional, named in filters:
        stream = stream.filter(name, *positional, **named)
    graph = stream.output("pipe:1", format="f32le", ac=1, ar=SAMPLE_RATE)
    with at(gettempdir()), TemporaryFile() as target:
        run_graph(graph, stdin=_bytes(samples, 1.0), stdout=target)
        return map_samples(target)


def write_flac(samples: Samples, path: Path, gain: float = 1.0) -> None:
    """16 kHz mono samples times `gain` -> a 16-bit FLAC file, the same bytes each time."""
    graph = _raw_input().output(str(path), **_FLAC)
    with at(path):
        run_graph(graph, stdin=_bytes(samples, gain))


def cut_flac(source: Path, cuts: Sequence[tuple[float, float, Path]]) -> None:
    """A 16 kHz FLAC file and (start, end, target) in s -> a FLAC file for each, to the sample.

    Each target is written whole or not at all: a process that fails leaves none of its batch.
    """
    for first in range(0, len(cuts), _CUTS_AT_ONCE):
        batch = cuts[first : first + _CUTS_AT_ONCE]
        begin = batch[0][0]
        stream = ffmpeg.input(
            f"file:{source}", ss=f"{begin:.3f}", to=f"{max(end for _, end, _ in batch):.3f}"
        )["a:0"]
        with ExitStack() as stack:
            parts = [stack.enter_context(replacing(target)) for _, _, target in batch]
            outputs = [
                stream.filter(
                    "atrim",
                    start_sample=round((start - begin) * SAMPLE_RATE),
                    end_sample=round((end - begin) * SAMPLE_RATE),
                )
                .filter("asetpts", "PTS-STARTPTS")
                .output(str(part), **_FLAC)
                for (start, end, _), part in zip(batch, parts, strict=True)
            ]
            run_graph(ffmpeg.merge_outputs(*outputs))
            for part in parts:
                _check_flac(part)


def _check_flac(path: Path) -> None:
    """Raise where there is none: what only calls itself ffmpeg may end well all the same."""
    with path.open("rb") as stream:
        if stream.read(4) != b"fLaC":
            raise FFmpegError(f"it wrote no FLAC to {path.parent}")


def _raw_input() -> Any:
    return ffmpeg.input("pipe:0", format="f32le", ar=SAMPLE_RATE, ac=1)


def sample_blocks(samples: Samples) -> Iterator[Samples]:
    """Samples -> the same, a minute at a time."""
    size = 60 * SAMPLE_RATE
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def _bytes(samples: Samples, gain: float) -> Iterator[bytes]:
    for block in sample_blocks(samples):
        yield (block * np.float32(gain)).astype("<f4", copy=False).tobytes()


class MappedSamples(np.memmap[Any, np.dtype[np.float32]]):
    """Samples in a file, of which what is read is forgotten again: memory stays small.

    A mapped file counts as this process's memory as far as it was touched; ten hours are 2.3 GB.
    """

    _handed_out = 0

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        self._handed_out += getattr(part, "nbytes", 0)
        pages = getattr(self, "_mmap", None)
        if self._handed_out > _FORGET_BYTES and pages is not None:
            pages.madvise(mmap.MADV_DONTNEED)  # what is in use still is read anew
            self._handed_out = 0
        return part


def map_samples(stream: IO[bytes]) -> Samples:
    """An open file of float32 samples -> a read-only array on it, which outlives its name."""
    count = os.fstat(stream.fileno()).st_size // 4
    if not count:
        return np.empty(0, dtype=np.float32)
    return MappedSamples(stream, dtype="<f4", mode="r", shape=(count,))
