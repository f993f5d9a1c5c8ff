"""Whether there is room for what a recording unfolds to."""

import math
import shutil
from tempfile import gettempdir

from snakescribe.ffmpeg.samples import MOST_SECONDS, SAMPLE_RATE
from snakescribe.machine import MachineError, fault_at
from snakescribe.process.bad_recording import BadRecordingError

# Where the room for a recording longer than that lacks, it is the recording that is too long.
_LONG_SECONDS = 3600.0
# Samples lie in the temporary folder as float32, once as decoded and once as filtered.
_BYTES_PER_SECOND = 2 * 4 * SAMPLE_RATE


def check_room(seconds: float, channels: int) -> None:
    """Refuse what would fill the disk, before it is decoded.

    Args:
        seconds: how long the recording is.
        channels: how many of its track are looked at.

    Raises:
        BadRecordingError: it is too long, or too long for this machine.
        MachineError: there is no room for a recording of ordinary length.
    """
    if seconds > MOST_SECONDS:
        most = f"{MOST_SECONDS / 3600:g} hours"
        raise BadRecordingError("too_long", f"it unfolds to more than {most}, which is the most")
    if seconds <= most_seconds(channels):
        return
    needed, free = seconds * _bytes_per_second(channels), _free()
    raise _lacking(
        seconds,
        f"{seconds / 3600:.2f} hours of sound need {needed / 1e9:.2f} GB there, and "
        f"{free / 1e9:.2f} GB are free",
    )


def most_seconds(channels: int) -> float:
    """How many channels of a track are looked at -> how much of it there is room for (s)."""
    return min(MOST_SECONDS, _free() / _bytes_per_second(channels))


def check_unfolded(seconds: float, most: float) -> None:
    """Refuse what was decoded up to the most that there is room for: packets told less.

    Raises:
        BadRecordingError: it is too long, or too long for this machine.
        MachineError: there is no room for a recording of ordinary length.
    """
    if seconds < most - 1:
        return
    if most >= MOST_SECONDS:
        check_room(math.inf, 0)
    raise _lacking(most, f"it unfolds to more than {most / 3600:.2f} hours")


def _lacking(seconds: float, what: str) -> BadRecordingError | MachineError:
    if seconds > _LONG_SECONDS:
        return BadRecordingError("too_long", f"no room in {gettempdir()}: {what}")
    return fault_at(gettempdir(), what)


def _bytes_per_second(channels: int) -> int:
    return _BYTES_PER_SECOND + (2 * SAMPLE_RATE * channels if channels > 1 else 0)


def _free() -> int:
    return shutil.disk_usage(gettempdir()).free
