"""A media file -> its first audio stream and how long its container says that it is, by PyAV."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

from snakescribe.ffmpeg.command import FFmpegError

# Containers that are lists of other files or addresses: a stranger's file must not name ours.
# What the machine says and no decoder does: they too say that something is not permitted, or that
# there is no memory, of what they do not understand.
_OURS = {errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ESTALE}
# ffmpeg's names of formats that are frames and nothing else.
_WITHOUT_DURATION = frozenset({"aac", "ac3", "amr", "dts", "eac3", "loas", "mlp", "truehd"})
_MP3_FRAME = 4096  # more than the longest of layer III, and a little of what may stand before it

_PLAYLISTS = frozenset({"concat", "concatf", "dash", "hls", "imf", "rtsp", "sdp", "rtp"})


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[Any, Any]]:
    """A media file -> PyAV's container and the first audio stream in it.

    Raises:
        FFmpegError: it cannot be opened or read, is a playlist, or has no audio.
        OSError: this machine cannot read it.
    """
    options = {"protocol_whitelist": "file"}
    try:
        with av.open(f"file:{path}", metadata_errors="ignore", options=options) as container:
            if _PLAYLISTS & set(container.format.name.split(",")):
                raise FFmpegError(f"a playlist ({container.format.name}), not a recording")
            if not container.streams.audio:
                raise FFmpegError("there is no audio in it")
            yield container, container.streams.audio[0]
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if getattr(error, "errno", None) in _OURS:
            raise
        raise FFmpegError(getattr(error, "strerror", None) or str(error)) from error


def stated_seconds(container: Any, stream: Any) -> float | None:
    """The seconds that a container states for a stream, else for itself, if any.

    What ffmpeg guesses from the bit rate of a first frame is no statement: of a variable bit rate
    it may be twice as long as the file, or half.
    """
    if _is_guessed(container):
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _is_guessed(container: Any) -> bool:
    """Whether a container has no duration of its own, and ffmpeg guesses one."""
    if container.format.name != "mp3":
        return container.format.name in _WITHOUT_DURATION
    with Path(container.name.removeprefix("file:")).open("rb") as stream:
        head = stream.read(10)
        while head[:3] == b"ID3" and len(head) == 10:
            size = sum((byte & 127) << 7 * (3 - place) for place, byte in enumerate(head[6:10]))
            stream.seek(size + (10 if head[5] & 16 else 0), 1)  # with a footer, or without
            head = stream.read(10)
        frame = head + stream.read(_MP3_FRAME)
    for tag in (b"Xing", b"Info"):
        place = frame.find(tag)
        if place >= 0 and frame[place + 7 : place + 8]:
            return not frame[place + 7] & 1  # whether it counts frames
    return b"VBRI" not in frame


def probe(path: Path) -> float | None:
    """A media file -> the seconds that its container states for the first audio stream, if any.

    Raises:
        FFmpegError: it cannot be opened, is a playlist, or has no audio.
    """
    with open_audio(path) as (container, stream):
        return stated_seconds(container, stream)
