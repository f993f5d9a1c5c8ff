"""A media file -> how long its sound is, and whether it is sound at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import open_audio, stated_seconds


@dataclass(frozen=True)
class Probe:
    """What a media file holds: a status (`ok`, `empty`, `corrupt`) and seconds of sound."""

    status: str
    reason: str | None
    seconds: float | None


def probe_audio(path: Path) -> Probe:
    """A media file -> the duration (s) that its container states, without decoding it.

    A container that states none (raw streams do not) is walked through packet by packet.
    """
    return _examine(path, _measure)


def decode_audio(path: Path) -> Probe:
    """A media file -> the duration (s) of what can be decoded of it, all of it.

    A download that was cut is found by this alone: containers go on stating the whole duration.
    Status `corrupt` where the sound is more than 2 s and 2 % shorter than the container states.
    """
    return _examine(path, _decode)


def _examine(path: Path, measure: Callable[[Any, Any], Probe]) -> Probe:
    if path.stat().st_size == 0:
        return Probe("empty", "the file has no bytes", None)
    try:
        with open_audio(path) as (container, stream):
            probe = measure(container, stream)
    except FFmpegError as error:
        return Probe("corrupt", f"it cannot be read as audio: {error}", None)
    if probe.seconds is not None and probe.seconds <= 0:
        return Probe("empty", "the file holds no sound", 0.0)
    return probe


def _measure(container: Any, stream: Any) -> Probe:
    seconds = stated_seconds(container, stream)
    if seconds is None:
        seconds = sum(
            float(packet.duration * packet.time_base)
            for packet in container.demux(stream)
            if packet.duration and packet.time_base
        )
    return Probe("ok", None, round(seconds, 3))


def _decode(container: Any, stream: Any) -> Probe:
    stream.thread_type = "AUTO"
    seconds = 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue  # one bad packet is no bad recording: what is missing shows in the sum
        seconds += sum(frame.samples / frame.sample_rate for frame in frames)
    stated = stated_seconds(container, stream)
    if stated and is_short(seconds, stated):
        return Probe(
            "corrupt", f"{seconds:.1f} s can be decoded of the {stated:.1f} s it states", seconds
        )
    return Probe("ok", None, round(seconds, 3))


def is_short(seconds: float, promised: float) -> bool:
    """Whether sound falls short of its promised duration by more than 2 s and 2 %."""
    return promised - seconds > max(2.0, 0.02 * promised)
