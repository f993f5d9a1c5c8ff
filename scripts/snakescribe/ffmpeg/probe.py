"""A media file -> its first audio stream and how long its container says that it is, by PyAV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

from snakescribe.ffmpeg.command import FFmpegError

# Containers that are lists of other files or addresses: a stranger's file must not name ours.
_PLAYLISTS = frozenset({"concat", "concatf", "dash", "hls", "imf", "rtsp", "sdp", "rtp"})


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[Any, Any]]:
    """A media file -> PyAV's container and the first audio stream in it.

    Raises:
        FFmpegError: it cannot be opened or read, is a playlist, or has no audio.
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
