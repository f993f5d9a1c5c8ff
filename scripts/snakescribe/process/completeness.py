"""What was decoded of a recording -> whether it is all of it, and enough."""

from pathlib import Path

from snakescribe.ffmpeg.probe import Track
from snakescribe.ffmpeg.samples import SAMPLE_RATE, Samples
from snakescribe.ffmpeg.truncation import looks_cut
from snakescribe.ffmpeg.whole import WHOLE_SHARE, decode_audio
from snakescribe.process.bad_recording import BadRecordingError

SHORTEST_SECONDS = 0.1


def check_length(samples: Samples, complaint: str) -> None:
    """Refuse what is too short to hear a word in."""
    if len(samples) >= SHORTEST_SECONDS * SAMPLE_RATE:
        return
    if complaint:
        raise BadRecordingError("corrupt", f"ffmpeg cannot decode it: {complaint}")
    seconds = len(samples) / SAMPLE_RATE
    raise BadRecordingError("empty", f"{seconds:.3f} s of sound; {SHORTEST_SECONDS} s needed")


def find_damage(path: Path, track: Track, decodable: float, complaint: str) -> str | None:
    """What was decoded -> a note on what is wrong with it, if anything is.

    The rule is that of downloads: headers are often wrong, and what lies behind the sound need be
    none. So ffmpeg's complaint counts only where bytes are missing, or the sound is there and this
    ffmpeg did not decode it.

    Args:
        path: the file.
        track: with the duration that the container states.
        decodable: how much of that is sound, or silence that the clock has (s).
        complaint: ffmpeg's.

    Raises:
        BadRecordingError: corrupt.
    """
    stated = track.seconds
    if not stated or decodable > 0.99 * stated - 0.5:
        return looks_cut(path) or None
    note = f"only {decodable:.1f} of the {stated:.1f} s that the file states could be decoded"
    probe = decode_audio(path, track.number)
    undecoded = bool(complaint) and decodable < WHOLE_SHARE * probe.reach
    if probe.status != "ok" or undecoded or probe.lacks_much():
        why = probe.damage or complaint or probe.reason
        raise BadRecordingError("corrupt", f"{note}: {why}")
    return f"{note}: {probe.damage}" if probe.damage else note
