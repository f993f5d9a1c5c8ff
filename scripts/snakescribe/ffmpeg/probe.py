"""A media file -> its audio tracks and how long its container says that they are, by PyAV."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.truncation import stated_bytes

# What the machine says and no decoder does: they too say that something is not permitted, or that
# there is no memory, of what they do not understand.
_OURS = {errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ESTALE}
# ffmpeg's names of formats that are frames and nothing else.
_WITHOUT_DURATION = frozenset({"aac", "ac3", "amr", "dts", "eac3", "loas", "mlp", "truehd"})
_MP3_FRAME = 4096  # more than the longest of layer III, and a little of what may stand before it

# Containers that are lists of other files or addresses: a stranger's file must not name ours.
_PLAYLISTS = frozenset({"concat", "concatf", "dash", "hls", "imf", "rtsp", "sdp", "rtp"})

# Matroska states a duration for the file alone, which may be that of the picture; those who write
# it state that of each track in a tag.
_TAGGED = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)")

# How far into a file to look for the rate of its sound.
_FAR_SECONDS, _FAR_BYTES = 600, 1 << 28
# What containers write where they do not know the language (ISO 639-2).
_NO_LANGUAGE = frozenset({"", "und", "mis", "mul", "zxx", "unk"})


def _open(path: Path) -> Any:
    """A media file -> PyAV's container; one whose sound begins late is looked into further."""
    options = {"protocol_whitelist": "file"}
    container = av.open(f"file:{path}", metadata_errors="ignore", options=options)
    if all(stream.rate for stream in _known(container)):
        return container
    container.close()
    further = {"analyzeduration": str(_FAR_SECONDS * 1_000_000), "probesize": str(_FAR_BYTES)}
    return av.open(f"file:{path}", metadata_errors="ignore", options={**options, **further})


def _known(container: Any) -> list[Any]:
    """PyAV's container -> its audio streams of which the codec is known; others have no rate."""
    return [stream for stream in container.streams.audio if stream.codec_context is not None]


@contextmanager
def open_audio(path: Path, track: int = 0) -> Iterator[tuple[Any, Any]]:
    """A media file and the number of an audio track -> PyAV's container and that stream in it.

    Raises:
        FFmpegError: it cannot be opened or read, is a playlist, or has no such track, or that of a
            codec that is not known.
        OSError: this machine cannot read it.
    """
    with _opened(path) as container:
        if track >= len(container.streams.audio):
            raise FFmpegError(f"there is no audio track {track} in it")
        stream = container.streams.audio[track]
        if stream.codec_context is None:
            raise FFmpegError(f"the codec of its audio track {track} is not known")
        yield container, stream


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A media file -> PyAV's container, which has audio; errors as those of `open_audio`."""
    try:
        with _open(path) as container:
            if _PLAYLISTS & set(container.format.name.split(",")):
                raise FFmpegError(f"a playlist ({container.format.name}), not a recording")
            if not container.streams.audio:
                raise FFmpegError("there is no audio in it")
            yield container
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
        return float(stream.duration * stream.time_base) * _unfolded(container)
    if match := _TAGGED.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = match.groups()
        return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    return container.duration / 1_000_000 if container.duration else None


def _unfolded(container: Any) -> float:
    """How many times longer a container says it is than ffmpeg does, which goes by the bytes."""
    if container.format.name != "wav":
        return 1.0
    path = Path(container.name.removeprefix("file:"))
    return max(1.0, stated_bytes(path) / path.stat().st_size)


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


@dataclass(frozen=True)
class Track:
    """An audio track of a media file, as its container describes it.

    Attributes:
        number: its position among the audio tracks, from 0, as in ffmpeg's `a:0`.
        language: the language that it is tagged with, as written; empty where none is.
        title: its title, or empty.
        is_default: whether it is marked as the one to play.
        is_aside: whether it is marked as a comment, or a description for the blind.
        rate: samples in a second.
        channels: the names of its channels, such as `FL` and `FR`.
        seconds: the duration that the container states, if any.
    """

    number: int
    language: str
    title: str
    is_default: bool
    is_aside: bool
    rate: int
    channels: tuple[str, ...]
    seconds: float | None

    def __str__(self) -> str:
        """How people are told of it: `1 (eng, Commentary)`."""
        tags = ", ".join(filter(None, (self.language, self.title)))
        return f"{self.number} ({tags})" if tags else str(self.number)


def list_tracks(path: Path) -> list[Track]:
    """A media file -> its audio tracks of codecs that are known, of which there is at least one.

    Raises:
        FFmpegError: it cannot be opened, is a playlist, or has no such audio.
    """
    with _opened(path) as container:
        known = _known(container)
        if not known:
            raise FFmpegError("the codec of its audio is not known")
        return [
            _describe(number, container, stream)
            for number, stream in enumerate(container.streams.audio)
            if stream in known
        ]


def _describe(number: int, container: Any, stream: Any) -> Track:
    marks = stream.disposition
    aside = marks.comment | marks.visual_impaired | marks.descriptions
    language = stream.metadata.get("language", "").strip()
    return Track(
        number=number,
        language="" if language.casefold() in _NO_LANGUAGE else language,
        title=stream.metadata.get("title", "").strip(),
        is_default=bool(marks & marks.default),
        is_aside=bool(marks & aside),
        rate=stream.rate or 0,
        channels=tuple(channel.name for channel in stream.layout.channels),
        seconds=stated_seconds(container, stream),
    )
