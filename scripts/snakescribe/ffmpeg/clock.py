"""An audio track -> where its packets lie on the container's clock, without decoding it.

Sound may begin after the picture, and packets may never have been sent: what follows is late by as
much. Decoders put out the sound that there is, back to back; `read_clock` tells whether that is
enough, or whether silence belongs between.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.probe import open_audio

Numbers = NDArray[np.float64]

# Encoders' delays and clocks of whole milliseconds stay below that.
LEAST_SECONDS = 0.01
# A longer silence in the middle is a jump of the clock: two recordings in one file, a clock that
# was set.
MOST_HOLE_SECONDS = 3600.0
# Where the clock goes back by more than that, it does not say when things were said.
MOST_BACK_SECONDS = 0.1
# Stamps of packets that follow each other are that near to their durations, in ticks. Where fewer
# than this share are, it is the durations that are wrong.
_NEAR_TICKS = 1.5
_LEAST_NEAR = 0.05
# Packets of a track are as long as most; of Vorbis up to eight times as long. One that is said to
# last longer has a hole behind it.
_MOST_LONGER = {"vorbis": 8.0}
_LONGER = 1.5
# Containers whose clock counts from 0, and how long after that the first stream may begin.
_FROM_ZERO = frozenset({"mov", "matroska"})
_MOST_LEAD_SECONDS = 60.0
# What encoders send before the first sample: 2048 samples at most, at 16 kHz and more.
_RUN_UP_SECONDS = 0.15


class Packets(NamedTuple):
    """Packets of a track, in the order of the file: time stamps and durations in ticks of so many
    seconds. A stamp that is not known is nan, a duration 0.
    """

    stamps: Numbers
    durations: Numbers
    tick: float


@dataclass(frozen=True)
class Clock:
    """When the sound of a track is, on its file's clock.

    Attributes:
        origin: what the container calls 0 (s); time stamps are counted from there.
        start: when the sound begins (s); 0 where that is the beginning of the file, less where
            what comes before it is sent too.
        sound_seconds: how much of it there is, by its packets.
        holes: silences in the middle that were never sent, as (when, how long), s.
        uneven: whether packets come early and late by more than `LEAST_SECONDS`.
        broken: why the clock is not to be believed; empty where it is.
    """

    origin: float
    start: float
    sound_seconds: float
    holes: tuple[tuple[float, float], ...] = ()
    uneven: bool = False
    broken: str = ""

    @property
    def sound_holes(self) -> Iterator[tuple[float, float]]:
        """The holes as (how much sound comes before, how long), s."""
        before = self.start
        for when, seconds in self.holes:
            yield when - before, seconds
            before += seconds

    @property
    def plain(self) -> bool:
        """Whether the sound is what it says, put out back to back."""
        return not (self.start or self.holes)

    @property
    def silent_seconds(self) -> float:
        """How much silence belongs before and into the sound (s)."""
        return max(0.0, self.start) + sum(seconds for _, seconds in self.holes)

    @property
    def seconds(self) -> float:
        """How long the recording is (s)."""
        return self.silent_seconds + self.sound_seconds


def read_clock(path: Path, track: int, most_seconds: float = math.inf) -> Clock:
    """A media file and the number of an audio track -> where its sound lies on the clock.

    Of a file with more sound than `most_seconds`, the packets up to there count.

    Raises:
        FFmpegError: it cannot be opened.
    """
    with open_audio(path, track) as (container, stream):
        origin, runs_up = _origin(container)
        packets = _list_packets(container, stream, most_seconds)
        longer = _MOST_LONGER.get(stream.codec_context.name, _LONGER)
    return place_packets(packets, origin, runs_up, longer)


def _origin(container: Any) -> tuple[float, bool]:
    """An open file -> what its clock calls 0 (s), and whether a run-up is sent before it.

    MP4 and Matroska count from 0, whatever begins there (ISO/IEC 14496-12, 8.6.6; RFC 9559, 11.1).
    Others begin anywhere: 0 is where the first stream does; or the picture, where what comes just
    before it is the encoder's run-up, which is sent but not heard.
    """
    streams = [
        stream
        for stream in (*container.streams.video, *container.streams.audio)
        if stream.start_time is not None
        and not stream.disposition & stream.disposition.attached_pic
    ]
    starts = [float(stream.start_time * stream.time_base) for stream in streams]
    begin = min(starts, default=(container.start_time or 0) / 1_000_000)
    counts_from_0 = _FROM_ZERO & set(container.format.name.split(","))
    if counts_from_0 and -_RUN_UP_SECONDS <= begin <= _MOST_LEAD_SECONDS:
        return 0.0, False
    pictures = [
        start for stream, start in zip(streams, starts, strict=True) if stream.type == "video"
    ]
    origin = next((start for start in pictures if start - begin <= _RUN_UP_SECONDS), begin)
    return origin, origin > begin


def place_packets(
    packets: Packets, origin: float = 0.0, runs_up: bool = False, longer: float = _LONGER
) -> Clock:
    """The packets of a track -> where they lie on the clock.

    What counts is how late a packet is for one that follows the others back to back. It may be late
    and the next ones not, which is a stamp that is wrong; a hole is what all later packets are late
    by: the least lateness from there on. What is stamped before 0 is no sound, and decoders leave
    it out, unless it is a run-up that they do not know of.

    Args:
        packets: in the order of the file.
        origin: what the container calls 0 (s).
        runs_up: whether a run-up is sent before that.
        longer: how much longer than the usual a packet may be.
    """
    ticks = _true_durations(packets.stamps, packets.durations, longer)
    times = _filled(packets.stamps, ticks) * packets.tick - origin
    durations = ticks * packets.tick
    sound = float(durations.sum())
    if not len(times):
        return Clock(origin, 0.0, sound)
    ends = np.cumsum(durations)
    late = times - (ends - durations)
    back = float(np.max(np.maximum.accumulate(late) - late))
    lasting = np.minimum.accumulate(late[::-1])[::-1]
    rises = np.diff(lasting)
    places = np.flatnonzero(rises >= LEAST_SECONDS)
    start = float(lasting[0])
    if abs(start) < LEAST_SECONDS or (start < 0 and not runs_up):
        start = 0.0
    holes = tuple((float(lasting[place] + ends[place]), float(rises[place])) for place in places)
    reason = ""
    if float(late[0] - late.min()) > MOST_BACK_SECONDS:
        start, reason = max(0.0, float(late[0])), "it goes back"
    elif (longest := max([start, *(seconds for _, seconds in holes)])) > MOST_HOLE_SECONDS:
        start = start if start <= MOST_HOLE_SECONDS else 0.0
        reason = f"it jumps by {longest / 3600:.1f} hours"
    if reason:
        return Clock(origin, start, sound, broken=reason)
    return Clock(origin, start, sound, holes, uneven=back > LEAST_SECONDS)


def _is_cover(stream: Any) -> bool:
    """Whether a stream is a picture beside the sound, which has no time."""
    return bool(stream.disposition & stream.disposition.attached_pic)


def _list_packets(container: Any, stream: Any, most_seconds: float) -> Packets:
    """An open file and a stream of it -> its packets, up to that much sound (s).

    What an encoder put before the first sample, and decoders leave out, is no part of them.
    """
    stamps: list[float] = []
    durations: list[float] = []
    tick, rate = float(stream.time_base or 0), stream.rate or 1
    total = skipped = 0.0
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            duration = float(packet.duration or 0)
            # Looking for one kind takes longer than all the rest, and nearly all packets have none.
            if next(packet.iter_sidedata(), None) is not None:
                skip = bytes(packet.get_sidedata("skip_samples"))[:4]
                skipped += int.from_bytes(skip, "little") / rate / (tick or 1.0)
            left_out = min(skipped, duration)
            skipped -= left_out
            if duration and left_out == duration:
                continue
            stamps.append(math.nan if packet.pts is None else packet.pts + left_out)
            durations.append(duration - left_out)
            total += duration
            if total * tick > most_seconds:
                break
    except (av.error.FFmpegError, IndexError):
        # A torn file, or (IndexError of PyAV) one with streams that appear on the way: what comes
        # before the tear counts, and decoding says what is missing.
        pass
    return Packets(np.array(stamps, np.float64), np.array(durations, np.float64), tick)


def _true_durations(stamps: Numbers, durations: Numbers, longer: float) -> Numbers:
    """Time stamps and durations of packets (ticks) -> durations without the rounding to ticks.

    A duration of 23.22 ms is stated as 23, a second too little in two minutes, while the stamps of
    packets that follow each other are 23 or 24 apart. Where none is stated, or one that is more
    than `longer` times the usual, it is as most are; where hardly any stamps are as far apart as
    the durations say, it is how far apart they mostly are.
    """
    apart = np.diff(stamps, append=math.nan)
    known = durations[durations > 0] if (durations > 0).any() else apart[np.isfinite(apart)]
    usual = max(0.0, float(np.median(known))) if len(known) else 0.0
    exact = np.where((durations > 0) & (durations <= longer * usual), durations, usual)
    for stated in np.unique(exact):
        alike = exact == stated
        gaps = apart[alike & np.isfinite(apart)]
        if not len(gaps):
            continue
        near = gaps[np.abs(gaps - stated) <= _NEAR_TICKS]
        if len(near) < _LEAST_NEAR * len(gaps):
            mostly = np.median(gaps)
            near = gaps[np.abs(gaps - mostly) <= _NEAR_TICKS]
            if len(near) < len(gaps) / 2:
                continue
        exact[alike] = near.mean()
    return exact


def _filled(stamps: Numbers, durations: Numbers) -> Numbers:
    """Time stamps -> the same, where those that lack follow what comes before them."""
    known = np.isfinite(stamps)
    if not known.any():
        return np.cumsum(durations) - durations
    ends = np.cumsum(durations)
    late = stamps - (ends - durations)
    last = np.maximum.accumulate(np.where(known, np.arange(len(stamps)), 0))
    first = int(np.flatnonzero(known)[0])
    return late[np.maximum(last, first)] + ends - durations
