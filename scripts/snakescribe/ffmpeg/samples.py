"""Recordings -> 16 kHz mono samples by ffmpeg, and samples filtered by it.

Samples pass through nameless temporary files, which a killed job cannot leave behind and which
keep the memory that an hour of audio takes independent of its length.
"""

import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

import ffmpeg
from snakescribe.ffmpeg.clock import LEAST_SECONDS, MOST_BACK_SECONDS, Clock
from snakescribe.ffmpeg.command import FFmpegError, run_graph
from snakescribe.machine import at

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
# No recording is taken as longer than that, whatever its file says.
MOST_SECONDS = 48 * 3600
_FORGET_BYTES = 16_000_000
# Silences that were never sent, of which an expression of ffmpeg's may be made.
_MOST_HOLES = 200


@dataclass(frozen=True)
class Take:
    """What is taken of a media file.

    Attributes:
        track: the number of the audio track, from 0.
        channel: the number of the channel, from 0; None averages all.
        clock: where the sound lies on the file's clock; None puts it out back to back.
        limit: what is louder, or no number at all, is muted; None takes all as it is.
        most_seconds: no more than that is decoded.
    """

    track: int = 0
    channel: int | None = None
    clock: Clock | None = None
    limit: float | None = None
    most_seconds: float = MOST_SECONDS


WHOLE = Take()


def decode(path: Path, take: Take = WHOLE) -> tuple[Samples, str]:
    """A media file -> one of its tracks as 16 kHz mono float32, and what ffmpeg complained of.

    Channels are averaged, so that equal channels keep their level. The samples lie in a nameless
    file in the temporary folder, mapped read-only.

    Raises:
        FFmpegError: nothing could be decoded.
    """
    with at(gettempdir()), TemporaryFile() as target:
        complaint = _decode(_mono(_open(path, take), take, "pipe:1"), target, take)
        return map_samples(target), complaint


def decode_with_channels(
    path: Path, take: Take, names: Sequence[str]
) -> tuple[Samples, NDArray[np.int16], str]:
    """The same as `decode`, and beside it (samples x channels) all channels of the track, by name.

    These are to be looked at: 16 kHz, 16 bit, back to back whatever the clock says.
    """
    with at(gettempdir()), TemporaryFile() as target, TemporaryFile() as apart:
        split = _open(path, take).asplit()
        each = split[1].filter("aresample", SAMPLE_RATE).filter("asetnsamples", SAMPLE_RATE, p=0)
        target_of_each, most = f"pipe:{apart.fileno()}", take.most_seconds
        each = _apart(each, names, target_of_each, format="s16le", ar=SAMPLE_RATE, t=most)
        graph = ffmpeg.merge_outputs(_mono(split[0], take, "pipe:1"), each)
        complaint = _decode(graph, target, take, apart)
        count = os.fstat(apart.fileno()).st_size // (2 * len(names))
        values: NDArray[np.int16] = np.empty((0, len(names)), np.int16)
        if count:
            values = MappedSamples(apart, dtype="<i2", mode="r", shape=(count, len(names)))
        return map_samples(target), values, complaint


@contextmanager
def decoded_as_it_is(path: Path, take: Take, names: Sequence[str]) -> Iterator[Samples]:
    """A media file and a track -> (samples x channels) of it, at its own rate, back to back.

    Raises:
        FFmpegError: nothing could be decoded.
    """
    with at(gettempdir()), TemporaryFile() as target:
        stream, most, channels = _open(path, Take(take.track)), take.most_seconds, len(names) or 1
        _decode(_apart(stream, names, "pipe:1", format="f32le", t=most), target, WHOLE)
        count = os.fstat(target.fileno()).st_size // (4 * channels)
        yield map_samples(target)[: count * channels].reshape(count, channels)


def _apart(stream: Any, names: Sequence[str], target: str, **options: Any) -> Any:
    """A stream and the names of its channels -> the output that has all of them as they are.

    By their number alone, ffmpeg makes a layout that is usual: it mixes the centre of three into
    the others. Names that are none are channels without a layout.
    """
    if names and "NONE" not in names:
        stream = stream.filter("aformat", channel_layouts="+".join(names))
    else:
        options["ac"] = max(1, len(names))
    return stream.output(target, **options)


def _open(path: Path, take: Take) -> Any:
    stream = ffmpeg.input(f"file:{path}", threads=1, protocol_whitelist="file")
    stream = stream[f"a:{take.track}"]
    if take.limit is not None:
        loudness = f"if(lte(abs(val(ch)),{take.limit:.6f}),val(ch),0)"  # nan is less than nothing
        stream = stream.filter("aeval", loudness, channel_layout="same")
    return stream


def _mono(stream: Any, take: Take, target: str) -> Any:
    """An ffmpeg-python stream of a track -> the output that has it as mono samples."""
    # rematrix_maxval: without it, a mix to mono in floating point is 3 dB louder than the channels.
    options: dict[str, Any] = {"rematrix_maxval": 1}
    if take.channel is not None:
        stream = stream.filter("pan", args=f"mono|c0=c{take.channel}")
    if take.clock is not None:
        stream = stream.filter("asetpts", _stamps(take.clock))
        # Filled and cut where stamps are off by more than that; at the start, by a millisecond.
        most_off = MOST_BACK_SECONDS if _is_jittery(take.clock) else LEAST_SECONDS
        options |= {"async": 1, "first_pts": 0, "min_hard_comp": most_off}
    stream = stream.filter("aresample", SAMPLE_RATE, **options)
    # A second at a time: handing each frame of 20 ms on costs as much as decoding it.
    return stream.filter("asetnsamples", SAMPLE_RATE, p=0).output(
        target, format="f32le", ac=1, ar=SAMPLE_RATE, t=take.most_seconds
    )


def _stamps(clock: Clock) -> str:
    """A clock -> ffmpeg's expression for the time stamp of a frame.

    Where stamps come early and late, those of the packets would cut sound away and put silence in:
    the samples are counted instead.
    """
    if not clock.broken and (not clock.uneven or _is_jittery(clock)):
        return f"PTS-({clock.origin:.6f})/TB"
    holes = "".join(f"+{seconds:.6f}*gte(N/SR,{place:.6f})" for place, seconds in clock.sound_holes)
    return f"({clock.start:.6f}+N/SR{holes})/TB"


def _is_jittery(clock: Clock) -> bool:
    """Whether stamps come early and late, and there are too many holes to write them all down."""
    return clock.uneven and len(clock.holes) > _MOST_HOLES


def _decode(graph: Any, target: IO[bytes], take: Take, *files: IO[bytes]) -> str:
    """Run a graph that decodes into a file -> what ffmpeg complained of, if it gave anything."""
    if take.clock is not None:
        graph = graph.global_args("-copyts")
    try:
        return run_graph(graph, stdout=target, files=files)
    except FFmpegError as error:
        if not os.fstat(target.fileno()).st_size:
            raise
        return str(error)


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
        run_graph(graph, stdin=_bytes(samples), stdout=target)
        return map_samples(target)


def _raw_input() -> Any:
    return ffmpeg.input("pipe:0", format="f32le", ar=SAMPLE_RATE, ac=1)


def sample_blocks(samples: Samples) -> Iterator[Samples]:
    """Samples -> the same, a minute at a time."""
    size = 60 * SAMPLE_RATE
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def _bytes(samples: Samples) -> Iterator[bytes]:
    for block in sample_blocks(samples):
        yield block.astype("<f4", copy=False).tobytes()


class MappedSamples(np.memmap[Any, np.dtype[Any]]):
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


def peak_of(samples: Samples) -> float:
    """Samples -> the largest absolute value, 0 where there are none; nan where any is nan."""
    peaks = [float(np.abs(block).max()) for block in sample_blocks(samples)]
    return float(np.max(peaks, initial=0.0))
