"""Media files with more than sound in them, made with ffmpeg and PyAV: pictures, clocks, tracks."""

import subprocess
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, correlate, sosfilt

from snakescribe.ffmpeg.command import ffmpeg_command
from sounds import noise, write_wav

Samples = NDArray[np.float32]
Span = tuple[float, float]

# What a container mostly holds, and a picture that it can hold.
CODECS = {"mkv": "aac", "mp4": "aac", "webm": "libopus", "ts": "aac"}
_PICTURES = {"webm": "libvpx"}


def hiss(seconds: float) -> Samples:
    """Noise below 3 kHz, which every codec keeps, and of which no part is like another."""
    low: Samples = sosfilt(butter(4, 3_000, fs=16_000, output="sos"), noise(seconds, 0.15))
    return low.astype(np.float32)


def ffmpeg(*args: Any) -> None:
    """Call ffmpeg."""
    command = [ffmpeg_command(), "-hide_banner", "-loglevel", "error", "-y", *map(str, args)]
    subprocess.run(command, check=True, capture_output=True)


def write_delayed(
    path: Path,
    samples: Samples,
    offset: float = 0.0,
    rate: int = 48_000,
    codec: str = "",
) -> Path:
    """Samples (16 kHz) -> a file whose sound begins so many seconds after its picture."""
    suffix = path.suffix.removeprefix(".")
    with TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "sound.wav", samples)
        seconds = len(samples) / 16_000 + offset
        ffmpeg(
            *("-f", "lavfi", "-i", f"testsrc=s=32x32:r=5:d={seconds:.3f}"),
            *("-itsoffset", offset, "-i", wav, "-map", "0:v", "-map", "1:a"),
            *("-c:v", _PICTURES.get(suffix, "mpeg4"), "-c:a", codec or CODECS[suffix]),
            *("-b:a", "64k", "-ar", rate, path),
        )
    return path


def drop_packets(
    source: Path, target: Path, holes: Sequence[Span], late: Sequence[float] = (0.0,)
) -> Path:
    """A file -> the same without the packets of sound in the holes (s after the file begins).

    The others are stamped late, one after the other by so many seconds.
    """
    delays = cycle(late)
    far = {"analyzeduration": "60000000"}
    with av.open(str(source), options=far) as old, av.open(str(target), "w") as new:
        streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        begin = (old.start_time or 0) / 1_000_000
        for packet in old.demux():
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            time = float(packet.pts * packet.time_base) - begin
            of_sound = packet.stream.type == "audio"
            if of_sound and any(start <= time < end for start, end in holes):
                continue
            if of_sound:
                ticks = round(next(delays) / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            packet.stream = streams[packet.stream.index]
            new.mux(packet)
    return target


def find(part: Samples, whole: Samples) -> float:
    """Where a part is in a recording (s)."""
    alike = correlate(np.array(whole), part, mode="valid", method="fft")
    return float(np.argmax(alike)) / 16_000
