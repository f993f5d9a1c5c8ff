"""Sounds for tests, as samples and as files."""

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from snakescribe.ffmpeg.command import ffmpeg_command

Samples = NDArray[np.float32]


def tone(seconds: float, rate: int = 16_000, hertz: float = 440.0, level: float = 0.5) -> Samples:
    """A sine, `level` its amplitude."""
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 0) -> Samples:
    """White noise at 16 kHz, `level` its standard deviation."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, level, round(seconds * 16_000)).astype(np.float32)


def write_wav(path: Path, samples: NDArray[Any], rate: int = 16_000) -> Path:
    """Float samples (frames, or frames x channels) -> a float WAV file."""
    wavfile.write(path, rate, samples)
    return path


def encode_otherwise(path: Path) -> None:
    """A FLAC file -> other bytes with the same samples, as another ffmpeg may write them."""
    before = path.read_bytes()
    other = path.with_name(f"other-{path.name}")
    command = [ffmpeg_command(), "-v", "error", "-i", str(path), "-compression_level", "0"]
    subprocess.run([*command, str(other)], check=True)
    other.replace(path)
    assert path.read_bytes() != before


def spoil(path: Path, damage: str, place: float = 0.7) -> None:
    """Damage a file as disks and people do; times and size of one that is `flipped` stay.

    Args:
        path: the file.
        damage: `flipped` (one bit), `cut short`, `no audio` (another file) or `gone`.
        place: where in the file, from 0 to 1.
    """
    if damage == "gone":
        path.unlink()
        return
    before, times = bytearray(path.read_bytes()), path.stat()
    cut = int(place * len(before))
    if damage == "flipped":
        before[cut] ^= 16
    path.write_bytes({"flipped": before, "cut short": before[:cut], "no audio": b"no"}[damage])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
