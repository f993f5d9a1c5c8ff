"""A media file -> how long its sound is, and whether it is sound at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
    return _open_audio(path, _measure)


def decode_audio(path: Path) -> Probe:
    """A media file -> the duration (s) of what can be decoded of it, all of it.

    A download that was cut is found by this alone: containers go on stating the whole duration.
    Status `corrupt` where the sound is more than 2 s and 2 % shorter than the container states.
    """
    return _open_audio(path, _decode)


def _open_audio(path: Path, measure: Any) -> Probe:
    import av

    if path.stat().st_size == 0:
        return Probe("empty", "the file has no bytes", None)
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                return Probe("corrupt", "there is no sound in the file", None)
            probe = measure(container, container.streams.audio[0])
    except (av.error.FFmpegError, OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        return Probe("corrupt", f"it cannot be read as audio: {words}", None)
    if probe.seconds <= 0:
        return Probe("empty", "the file holds no sound", 0.0)
    return probe


def _measure(container: Any, stream: Any) -> Probe:
    seconds = _stated_seconds(container, stream)
    if seconds is None:
        seconds = sum(
            float(packet.duration * packet.time_base)
            for packet in container.demux(stream)
            if packet.duration and packet.time_base
        )
    return Probe("ok", None, round(seconds, 3))


def _decode(container: Any, stream: Any) -> Probe:
    import av

    stream.thread_type = "AUTO"
    seconds = 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue  # one bad packet is no bad recording: what is missing shows in the sum
        seconds += sum(frame.samples / frame.sample_rate for frame in frames)
    stated = _stated_seconds(container, stream)
    if stated and is_short(seconds, stated):
        return Probe(
            "corrupt", f"{seconds:.1f} s can be decoded of the {stated:.1f} s it states", seconds
        )
    return Probe("ok", None, round(seconds, 3))


def is_short(seconds: float, promised: float) -> bool:
    """Whether sound falls short of its promised duration by more than 2 s and 2 %."""
    return promised - seconds > max(2.0, 0.02 * promised)


def _stated_seconds(container: Any, stream: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None
