"""ffmpeg, and PyAV, which takes the place of ffprobe: their versions and what they can decode."""

import subprocess
from collections.abc import Collection, Iterator

import av

from snakescribe.ffmpeg.command import check_ffmpeg, ffmpeg_program
from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs

# What recordings come as, and the decoders of which any will do.
KINDS = {
    "MP3": ("mp3float", "mp3"),
    "AAC": ("aac",),
    "Opus": ("opus", "libopus"),
    "Vorbis": ("vorbis", "libvorbis"),
    "FLAC": ("flac",),
    "WAV": ("pcm_s16le",),
    "ALAC": ("alac",),
    "WMA": ("wmav2",),
    "AMR": ("amrnb", "libopencore_amrnb"),
}


def check_program(_: Needs) -> Iterator[Finding]:
    """The ffmpeg that converts recordings.

    Raises:
        MachineError: there is none, or it does not work.
    """
    program = ffmpeg_program()
    check_ffmpeg()
    listed = subprocess.run(
        [program.path, "-hide_banner", "-decoders"],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    ).stdout
    names = {words[1] for line in listed.splitlines() if len(words := line.split()) > 1}
    yield from _say("ffmpeg", f"ffmpeg {program.version}, {program.path}", names)


def check_pyav(_: Needs) -> Iterator[Finding]:
    """PyAV, which looks into files: no ffprobe is needed."""
    text = f"PyAV {av.__version__} looks into files; no ffprobe is needed"
    yield from _say("pyav", text, av.codecs_available)


def _say(about: str, text: str, decoders: Collection[str]) -> Iterator[Finding]:
    lacking = [kind for kind, names in KINDS.items() if not set(names) & set(decoders)]
    if lacking:
        yield odd(
            about,
            f"{text}: it does not decode {', '.join(lacking)}, which would be left out",
            "pip install --force-reinstall av imageio-ffmpeg"
            + ("; unset SNAKESCRIBE_FFMPEG, or name another" if about == "ffmpeg" else ""),
        )
    else:
        yield fine(about, f"{text}; decodes {', '.join(KINDS)}")
