"""A media file -> how long its sound is, whether it is sound at all, and whether it is all of it.

Acquiring and processing judge files by this alone, so that what is taken when it comes is taken
when it is decoded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import open_audio, stated_seconds
from snakescribe.ffmpeg.truncation import missing_end

# A damaged file of which less than this can be decoded is no match for its reference.
WHOLE_SHARE = 0.9


@dataclass(frozen=True)
class Probe:
    """What a media file holds.

    Attributes:
        status: `ok`, `empty` or `corrupt`.
        reason: the status in words, for a person.
        seconds: how long it is, on its own clock.
        codec: of the sound, as ffmpeg names it.
        bit_rate: mean of the sound, in kbit/s.
        stated: the seconds that its container states, if it does.
        reach: the second that its sound reaches; of sound that cannot be decoded all through, how
            much of it there is.
        damage: what shows that some of it is missing, in words; "" if nothing does.
    """

    status: str
    reason: str | None = None
    seconds: float | None = None
    codec: str | None = None
    bit_rate: float | None = None
    stated: float | None = None
    reach: float = 0.0
    damage: str = ""

    def lacks_much(self, promised: float | None = None) -> bool:
        """Whether it is damaged, and less of it can be decoded than is of any use.

        Args:
            promised: the seconds that somebody else than the file promises.
        """
        stated = max(self.stated or 0.0, promised or 0.0)
        return bool(self.damage) and self.reach < WHOLE_SHARE * stated


def probe_audio(path: Path) -> Probe:
    """A media file -> what its container states, without decoding it.

    Where it states no duration, or only guesses one, it is walked through packet by packet.

    Raises:
        OSError: this machine cannot read it.
    """
    return _examine(path, _measure)


def decode_audio(path: Path, track: int = 0) -> Probe:
    """A media file and one of its tracks -> what can be decoded of it, all of it.

    A file that was cut is found by this alone: containers go on stating the whole duration.

    Raises:
        OSError: this machine cannot read it.
    """
    return _examine(path, _decode, track)


def _examine(path: Path, measure: Callable[[Path, Any, Any], Probe], track: int = 0) -> Probe:
    if path.stat().st_size == 0:
        return Probe("empty", "the file has no bytes")
    try:
        with open_audio(path, track) as (container, stream):
            probe = measure(path, container, stream)
    except FFmpegError as error:
        return Probe("corrupt", f"it cannot be read as audio: {error}")
    if probe.seconds is not None and probe.seconds <= 0:
        return Probe("empty", "the file holds no sound", 0.0)
    return probe


def _measure(path: Path, container: Any, stream: Any) -> Probe:
    seconds = stated_seconds(container, stream)
    if seconds is None:
        clock = _Clock(container)
        for packet in _Packets(container, stream):
            clock.see(packet)
        seconds = clock.seconds
    rate = stream.codec_context.bit_rate
    if len(container.streams) == 1 and seconds:  # else the header's, which may be nominal
        rate = path.stat().st_size * 8 / seconds
    bit_rate = round(rate / 1000, 1) if rate else None
    return Probe("ok", None, round(seconds, 3), _codec(stream), bit_rate)


def _decode(path: Path, container: Any, stream: Any) -> Probe:
    stream.thread_type = "AUTO"
    clock, packets = _Clock(container), _Packets(container, stream)
    decoded, bad, odd, damage = 0.0, 0, 0, ""
    last = b""
    tagged = container.format.name == "mp3"  # before and behind its frames tags and filling may lie
    for packet in packets:
        clock.see(packet)
        if packet.is_corrupt and container.format.name != "wav":  # whose length may be made up
            damage = "a packet of it is cut"
        try:
            sound = sum(frame.samples / frame.sample_rate for frame in packet.decode())
        except av.error.InvalidDataError:
            odd += 1  # one bad packet is no bad recording
            continue
        if sound:
            bad, odd = bad + (odd if decoded or not tagged else 0), 0
            last = bytes(packet) if packet.size else last
        decoded += sound
    if odd and not decoded:
        raise FFmpegError("nothing in it can be decoded")
    if not tagged:
        bad += odd
    if bad:
        damage = f"{bad} of its packets cannot be decoded"
    stated = stated_seconds(container, stream)
    # Of frames that are counted and have no times of their own, what was skipped shows in the sum.
    reach = decoded if bad or tagged or container.format.name == "flac" else clock.reach(stated)
    return Probe(
        "ok",
        None,
        round(decoded if bad else clock.seconds, 3),
        _codec(stream),
        round(clock.bytes * 8 / decoded / 1000, 1) if decoded else None,
        stated,
        max(decoded, reach),
        packets.fault or damage or missing_end(path, container.format.name, last),
    )


def _codec(stream: Any) -> str:
    """`mp3`, whichever of ffmpeg's decoders for it is at work."""
    name: str = stream.codec_context.codec.canonical_name
    return name


class _Packets:
    """The packets of a stream, up to where they can be read; `fault` says why they ended there."""

    def __init__(self, container: Any, stream: Any) -> None:
        self.container, self.stream = container, stream
        self.fault = ""

    def __iter__(self) -> Iterator[Any]:
        any_read = False
        try:
            for packet in self.container.demux(self.stream):
                yield packet
                any_read = True
        except av.error.InvalidDataError as error:
            if not any_read:
                raise
            self.fault = f"it cannot be read to its end: {error.strerror}"


class _Clock:
    """Where the packets of a stream stand on the container's clock."""

    def __init__(self, container: Any) -> None:
        self.start = container.start_time / 1_000_000 if container.start_time else 0.0
        self.end = self.start
        self.sum = 0.0
        self.bytes = 0

    def see(self, packet: Any) -> None:
        self.bytes += packet.size
        length = float((packet.duration or 0) * (packet.time_base or 0))
        self.sum += length
        if packet.pts is not None and packet.time_base:
            self.end = max(self.end, float(packet.pts * packet.time_base) + length)

    @property
    def seconds(self) -> float:
        """From the container's beginning to the end of the last packet.

        Not the sum of samples: sound may begin later than the picture, and have holes.
        """
        return self.end - self.start if self.end > self.start else self.sum

    def reach(self, stated: float | None) -> float:
        """The second that the sound reaches, where a duration may count from 0 or the beginning."""
        counts_from_zero = self.start > 0 and (stated is None or self.start < stated)
        return max(self.seconds, self.end if counts_from_zero else 0.0)


def is_short(seconds: float, promised: float) -> bool:
    """Whether sound falls short of its promised duration by more than 2 s and 2 %."""
    return promised - seconds > max(2.0, 0.02 * promised)
