"""The FLAC files of the store, 16 kHz mono of 16 bit: written and read whole, by PyAV.

Every FLAC file states the MD5 of its samples. That digest, kept in the tables, is what keys are
made of: it is the same whichever ffmpeg and compression wrote the file, and it tells whether what
is read back is what was written.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile, gettempdir

import av
import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import open_audio
from snakescribe.ffmpeg.samples import SAMPLE_RATE, map_samples, sample_blocks
from snakescribe.machine import at

Samples = NDArray[np.float32]
Integers = NDArray[np.int16]

_FULL_SCALE = np.float32(32768)
# "fLaC", the header of a block, and the first block: its last 16 bytes are the MD5 (RFC 9639, 8.2).
_HEAD_BYTES = 42
# The largest frames that any decoder at that rate must take (RFC 9639, 7): by far the fewest calls.
_FRAME_SAMPLES = 4608
# A third less time than the usual 5, to write and to read, for files that are 3 % larger.
_COMPRESSION = 2


def write_flac(samples: Samples, path: Path, gain: float = 1.0) -> str:
    """16 kHz mono samples times `gain` -> the MD5 of the samples of the FLAC file that is written.

    Samples are rounded to 16 bit, and clipped there; the bytes are the same each time.

    Raises:
        OSError: the disk is full, or the path cannot be written.
    """
    with at(path):
        # Bit-exact: no program names itself in the file.
        bare = {"fflags": "+bitexact"}
        with (
            path.open("wb") as file,
            av.open(file, "w", format="flac", container_options=bare) as container,
        ):
            stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono", format="s16")
            stream.codec_context.options = {
                "flags": "+bitexact",
                "frame_size": str(_FRAME_SAMPLES),
                "compression_level": str(_COMPRESSION),
                "threads": "1",
            }
            for block in sample_blocks(samples):
                container.mux(stream.encode(_frame(_integers(block * np.float32(gain)))))
            container.mux(stream.encode(None))
        return stated_md5(path)


def _integers(samples: Samples) -> Integers:
    """Samples -> them in 16 bit, as ffmpeg rounds: to the nearest, halves to the even one."""
    integers: Integers = np.clip(np.rint(samples * _FULL_SCALE), -32768, 32767).astype(np.int16)
    return integers


def _frame(integers: Integers) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(integers.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    return frame


def stated_md5(path: Path) -> str:
    """A FLAC file -> the MD5 of its samples that its head states, unchecked.

    Raises:
        FFmpegError: it is no FLAC file, or states none.
        OSError: it cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or not head.startswith(b"fLaC") or not any(head[-16:]):
        raise FFmpegError("it is no FLAC file with an MD5")
    return head[-16:].hex()


def samples_md5(samples: Samples) -> str:
    """Samples that came from 16 bit, in [-1, 1) -> the MD5 that a FLAC file of them states."""
    integers = (samples * _FULL_SCALE).astype("<i2")
    return hashlib.md5(integers.data, usedforsecurity=False).hexdigest()


def read_flac(path: Path, md5: str) -> Samples:
    """A FLAC file of the store and the MD5 of its samples -> the samples, in [-1, 1).

    Raises:
        FFmpegError: it is missing, cannot be read, or holds other samples.
    """
    blocks = list(_checked_blocks(path, md5))
    return np.concatenate(blocks).astype(np.float32) / _FULL_SCALE


def map_flac(path: Path, md5: str) -> Samples:
    """The same for long files: the samples lie in a nameless file, mapped read-only.

    Raises:
        FFmpegError: it is missing, cannot be read, or holds other samples.
    """
    with at(gettempdir()), TemporaryFile() as target:
        for block in _checked_blocks(path, md5):
            target.write((block.astype("<f4") / _FULL_SCALE).data)
        target.flush()
        return map_samples(target)


def is_whole(path: Path, md5: str) -> bool:
    """Whether a FLAC file is there and holds the samples of that MD5; all of it is read."""
    try:
        for _ in _checked_blocks(path, md5):
            pass
    except FFmpegError:
        return False
    return True


def _checked_blocks(path: Path, md5: str) -> Iterator[Integers]:
    """The samples of a file, block by block; the last step says whether they were those wanted."""
    heard = hashlib.md5(usedforsecurity=False)
    try:
        stated_md5(path)  # as a file first: what this machine lacks is no fault of the file
    except FileNotFoundError as error:
        raise FFmpegError("it is gone") from error
    with open_audio(path) as (container, stream):
        for frame in container.decode(stream):
            if frame.format.bytes != 2:
                raise FFmpegError("it does not hold samples of 16 bit")
            # Not by `to_ndarray`, which takes longer than decoding.
            block = np.frombuffer(frame.planes[0], np.int16, frame.samples)
            heard.update(block.astype("<i2", copy=False).data)
            yield block
    if heard.hexdigest() != md5:
        raise FFmpegError("its samples are not those that were written")
