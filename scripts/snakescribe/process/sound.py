"""A recording as it came -> its sound: which track and channel of it, on its file's clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from snakescribe.config.channels import AUTO, EACH
from snakescribe.ffmpeg.clock import LEAST_SECONDS, Clock, read_clock
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import Track, list_tracks
from snakescribe.ffmpeg.samples import (
    MOST_SECONDS,
    SAMPLE_RATE,
    Samples,
    Take,
    decode,
    decode_with_channels,
    decoded_as_it_is,
    peak_of,
)
from snakescribe.notices import Kind
from snakescribe.process.bad_recording import BadRecordingError
from snakescribe.process.channels import (
    MIX,
    Pick,
    channel_name,
    choose_channel,
    find_channel,
    list_streams,
)
from snakescribe.process.completeness import check_length, find_damage
from snakescribe.process.muting import find_absurd, is_doubtful
from snakescribe.process.room import check_room, check_unfolded, most_seconds
from snakescribe.process.tracks import order_tracks
from snakescribe.process.wishes import Wish
from snakescribe.store import file_sha256

SILENCE_DBFS = -80.0
# Telephones have 8 kHz. Below half of that there are no vowels to tell apart.
LEAST_RATE = 4_000


@dataclass(frozen=True)
class Sound:
    """The sound of a recording, or of one of its channels.

    Attributes:
        samples: 16 kHz mono.
        wish: what was wanted.
        stream: the channel's number, from 1, where channels are kept apart; else empty.
        track: the number of the track that was taken, from 0.
        channel: what was taken of its channels: `mix`, or a channel's name.
        padded_seconds: how much silence was put in, to be on the file's clock.
        muted_samples: how many moments held no sound but numbers that cannot be.
        reason: what is wrong with it, if anything is.
        notes: what to tell of it.
    """

    samples: Samples
    wish: Wish
    stream: str
    track: int
    channel: str
    padded_seconds: float
    muted_samples: int
    reason: str | None
    notes: tuple[tuple[Kind, str], ...]


def read_sounds(path: Path, sha256: str, wish: Wish) -> list[Sound]:
    """A recording and what is wanted of it -> its sound, or that of each channel.

    Of several tracks the next one is taken where one is silent and was not asked for.

    Raises:
        BadRecordingError: missing, corrupt, empty, silent, too long, of too low a rate, or without
            the track.
        MachineError: this machine lacks the room.
    """
    if not path.is_file():
        raise BadRecordingError("missing", f"the file is gone: {path}")
    if file_sha256(path) != sha256:
        raise BadRecordingError("missing", f"the file has changed since it was acquired: {path}")
    try:
        tracks = list_tracks(path)
    except FFmpegError as error:
        raise _undecodable(path, error) from error
    candidates = order_tracks(tracks, wish.track, wish.language)
    left, why = list(candidates.tracks), candidates.why
    while True:
        track = left.pop(0)
        try:
            sounds = _read_track(path, track, wish)
        except BadRecordingError as error:
            if error.status not in ("empty", "silent") or not left:
                raise
            why = "the first with sound"
        except FFmpegError as error:
            raise _undecodable(path, error) from error
        else:
            return [_with_tracks(sound, tracks, track, why) for sound in sounds]


def _with_tracks(sound: Sound, tracks: Sequence[Track], taken: Track, why: str) -> Sound:
    if len(tracks) == 1:
        return sound
    left_out = ", ".join(str(track) for track in tracks if track is not taken)
    note = f"of its {len(tracks)} audio tracks, {taken} is taken ({why}); left out: {left_out}"
    return replace(sound, notes=((Kind.TRACKS_LEFT_OUT, note), *sound.notes))


def _read_track(path: Path, track: Track, wish: Wish) -> list[Sound]:
    if 0 < track.rate < LEAST_RATE:
        raise BadRecordingError(
            "low_rate",
            f"its sample rate is {track.rate} Hz; speech needs {LEAST_RATE} Hz at the least",
        )
    clock = read_clock(path, track.number, MOST_SECONDS)
    check_room(clock.seconds or track.seconds or 0.0, len(track.channels))
    reader = _TrackReader(path, track, clock, wish)
    if wish.apart:
        streams, note = list_streams(reader.channels(), track.channels)
        picks = {number: Pick(number, note) for number in streams}
        if streams and wish.channel != EACH:
            picks = dict.fromkeys(streams, _pick(reader, track, wish.channel))
        if streams:
            return [reader.read(pick, str(number + 1)) for number, pick in picks.items()]
        if note:
            return [reader.read(Pick(None, note))]
    return [reader.read(_pick(reader, track, wish.channel))]


def _pick(reader: "_TrackReader", track: Track, channel: str) -> Pick:
    """What is heard of a track where its channels are not kept apart."""
    if len(track.channels) > 1 and channel in (AUTO, EACH):
        return choose_channel(reader.channels(), track.channels)
    if channel in ("left", "right", "centre"):
        return find_channel(channel, track.channels)
    return MIX


class _TrackReader:
    """Decodes a track: once as a whole, and once more where that is not what is wanted."""

    def __init__(self, path: Path, track: Track, clock: Clock, wish: Wish) -> None:
        self._path = path
        self._track = track
        self._clock = clock
        self._wish = wish
        self._whole: tuple[Samples, NDArray[np.int16], str] | None = None

    def channels(self) -> NDArray[np.int16]:
        """The samples of all channels (samples x channels), to be looked at."""
        if self._whole is None:
            take = self._take()
            self._whole = decode_with_channels(self._path, take, self._track.channels)
            check_unfolded(len(self._whole[0]) / SAMPLE_RATE, take.most_seconds)
        return self._whole[1]

    def read(self, pick: Pick, stream: str = "") -> Sound:
        """What is listened to -> the sound.

        Raises:
            BadRecordingError: corrupt, empty or silent.
        """
        take = self._take(pick.channel)
        samples, complaint = self._decode(take)
        muted = 0
        if is_doubtful(peak_of(samples)):
            with decoded_as_it_is(self._path, take, self._track.channels) as native:
                limit, muted = find_absurd(native)
            if muted:
                take = replace(take, limit=limit)
                samples, complaint = self._decode(take)
        samples, decodable = self._keep_time(samples, complaint, take)
        check_length(samples, complaint)
        reason = find_damage(self._path, self._track, decodable, complaint)
        peak = peak_of(samples)
        if peak < 10 ** (SILENCE_DBFS / 20):
            beside = f", beside {muted} samples that are no sound" if muted else ""
            raise BadRecordingError(
                "silent", f"nothing in it is louder than {SILENCE_DBFS:.0f} dBFS{beside}"
            )
        return Sound(
            samples=samples,
            wish=self._wish,
            stream=stream,
            track=self._track.number,
            channel=channel_name(pick.channel, self._track.channels),
            padded_seconds=round(self._clock.silent_seconds, 3),
            muted_samples=muted,
            reason=reason,
            notes=tuple(_notes(self._clock, pick, muted)),
        )

    @property
    def _placed(self) -> Clock | None:
        """The clock, where samples put out back to back are not what it says."""
        return None if self._clock.plain else self._clock

    def _decode(self, take: Take) -> tuple[Samples, str]:
        if self._whole is not None and (take.channel, take.limit) == (None, None):
            return self._whole[0], self._whole[2]
        samples, complaint = decode(self._path, take)
        check_unfolded(len(samples) / SAMPLE_RATE, take.most_seconds)
        return samples, complaint

    def _take(self, channel: int | None = None) -> Take:
        """What is taken, as far as there is room: packets may tell less than they unfold to."""
        most = most_seconds(len(self._track.channels))
        return Take(self._track.number, channel, self._placed, most_seconds=most)

    def _keep_time(self, samples: Samples, complaint: str, take: Take) -> tuple[Samples, float]:
        """What was decoded -> the same on the file's clock, and how much of it is sound (s).

        Where ffmpeg complains, packets may be lost, which is so much silence.
        """
        if not complaint:
            return samples, len(samples) / SAMPLE_RATE
        if take.clock is not None:
            there = len(decode(self._path, replace(take, clock=None))[0]) / SAMPLE_RATE
            return samples, there + self._clock.silent_seconds
        there = len(samples) / SAMPLE_RATE
        if there < self._clock.sound_seconds - 2 * LEAST_SECONDS:
            samples, _ = decode(self._path, replace(take, clock=self._clock))
        return samples, there


def _notes(clock: Clock, pick: Pick, muted: int) -> list[tuple[Kind, str]]:
    notes = []
    if clock.silent_seconds:
        parts = [f"{clock.start:.3f} s before it"] if clock.start > 0 else []
        if clock.holes:
            lost = sum(seconds for _, seconds in clock.holes)
            parts.append(f"{lost:.3f} s into it, in {_places(len(clock.holes))}")
        notes.append((Kind.CLOCK_FILLED, f"silence was put in: {' and '.join(parts)}"))
    if clock.broken:
        text = f"its clock is not to be believed ({clock.broken}): times are those of the sound"
        notes.append((Kind.CLOCK_BROKEN, text))
    if pick.note:
        notes.append((Kind.CHANNELS_LEFT_OUT, pick.note))
    if muted:
        text = f"{muted} samples are no sound (not finite, or impossibly loud) and were muted"
        notes.append((Kind.SAMPLES_MUTED, text))
    return notes


def _places(count: int) -> str:
    return "one place" if count == 1 else f"{count} places"


def _undecodable(path: Path, error: FFmpegError) -> BadRecordingError:
    if not path.stat().st_size:
        return BadRecordingError("empty", "it has no bytes")
    return BadRecordingError("corrupt", f"ffmpeg cannot decode it: {error}")
