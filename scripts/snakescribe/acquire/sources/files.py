"""Audio files by a folder or a pattern."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from snakescribe.paths import is_file, is_folder

# Containers and raw streams that ffmpeg reads and in which people keep sound.
_KINDS = (
    "aac aif aiff amr au caf flac gsm m4a m4b mka mkv mov mp2 mp3 mp4 mpga oga ogg opus sph wav "
    "webm wma"
)
AUDIO_SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())


def find_audio(pattern: str) -> list[Path]:
    """A folder (all below it) or a glob pattern with ``**`` -> its audio files, sorted.

    Hidden files and other kinds of file are left out; a pattern that is a file gives that file.
    """
    if Path(pattern).is_file():
        return [Path(pattern)]
    if Path(pattern).is_dir():
        return sorted(_walk(pattern))
    return sorted(
        Path(name)
        for name in set(glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute ones too
        if _is_audio(name) and Path(name).is_file()
    )


def has_audio(pattern: str) -> bool:
    """Whether `find_audio` would find any; stops at the first."""
    if is_file(pattern):
        return True
    if is_folder(pattern):
        return any(True for _ in _walk(pattern))
    return any(
        _is_audio(name) and is_file(name)
        for name in glob.iglob(pattern, recursive=True)  # noqa: PTH207 - absolute ones too
    )


def _walk(folder: str) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if _is_audio(name) and name[0] != ".")


def _is_audio(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in AUDIO_SUFFIXES  # noqa: PTH122 - 10 times faster
