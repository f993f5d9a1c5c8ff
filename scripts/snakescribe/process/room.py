"""Whether there is room for what a recording unfolds to."""

import shutil
from tempfile import gettempdir

from snakescribe.ffmpeg.samples import MOST_SECONDS, SAMPLE_RATE
from snakescribe.machine import fault_at
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
    needed = seconds * (_BYTES_PER_SECOND + (2 * SAMPLE_RATE * channels if channels > 1 else 0))
    free = shutil.disk_usage(gettempdir()).free
    if needed <= free:
        return
    lacking = (
        f"{seconds / 3600:.2f} hours of sound need {needed / 1e9:.2f} GB there, and "
        f"{free / 1e9:.2f} GB are free"
    )
    if seconds > _LONG_SECONDS:
        raise BadRecordingError("too_long", f"no room in {gettempdir()}: {lacking}")
    raise fault_at(gettempdir(), lacking)
