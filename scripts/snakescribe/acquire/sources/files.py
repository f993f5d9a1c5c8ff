"""Sound files by a folder or a pattern: which there are, and what else was there.

Links are followed, to files and to folders. A folder is looked into once, by its own path where it
has one below the place that is searched, else by the first link to it in the order of names; so
links in a circle end. Folders of results below it are left out.
"""

import fnmatch
import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from snakescribe.acquire.sources.signatures import AUDIO_SUFFIXES, OTHER_SUFFIXES, looks_like_sound
from snakescribe.paths import is_file, is_folder, readable

__all__ = ["AUDIO_SUFFIXES", "SoundFiles", "find_audio", "find_files", "has_audio"]


SEEN = "a link to a folder that is there already"
RESULTS = "a folder of results, whose sound is what runs made"


# What each results folder has once it has recordings: see `snakescribe.acquire.lock`.
_LOCK = ("store", "items.lock.jsonl")


@dataclass(frozen=True)
class SoundFiles:
    """The sound files of a folder or a pattern, sorted; of the others, the reason by path.

    Bytes of a name that are no UTF-8 are written as `snakescribe.paths.readable` does.
    """

    paths: list[Path] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)


def find_audio(pattern: str) -> list[Path]:
    """A folder (all below it) or a glob pattern with ``**`` -> its sound files, sorted.

    Hidden files are left out, and so is what is no sound by its ending, or, where that tells
    nothing, by its first bytes. A pattern that is a file gives that file.
    """
    return find_files(pattern).paths


def find_files(pattern: str) -> SoundFiles:
    """A folder or a pattern -> its sound files, and why the others are none."""
    files = SoundFiles()
    for path, reason in _look(pattern):
        if reason:
            files.others[readable(path)] = reason
        else:
            files.paths.append(Path(readable(path)))
    files.paths.sort()
    return files


def has_audio(pattern: str) -> bool:
    """Whether `find_audio` would find any; stops at the first."""
    return any(not reason for _, reason in _look(pattern))


def some_audio(pattern: str, most: int) -> list[Path]:
    """A folder or a pattern -> the first of its sound files, at most so many, in no order."""
    paths = (path for path, reason in _look(pattern) if not reason)
    return [Path(readable(path)) for path in islice(paths, most)]


def base_folder(pattern: str) -> str:
    """A folder or a pattern -> the folder in which files are looked for."""
    return pattern if is_folder(pattern) else _split(pattern)[0] or os.curdir


def _look(pattern: str) -> Iterator[tuple[str, str]]:
    """A folder or a pattern -> all that fits, with why it is no sound, or ``""``."""
    if is_file(pattern):
        yield pattern, ""
        return
    if is_folder(pattern):
        base, parts = pattern, ["**", "*"]
    else:
        base, parts = _split(pattern)
        if not parts or not is_folder(base or os.curdir):
            return
    # Who asks for `*.g722` says that these are sound; there is no telling by their bytes.
    ending = os.path.splitext(parts[-1])[1].lower()  # noqa: PTH122 - a pattern
    asked = ending if not glob.has_magic(ending) else ""
    for path, reason in _walk(base, parts):
        yield path, reason or _why_no_sound(path, asked)


def _split(pattern: str) -> tuple[str, list[str]]:
    """A pattern -> the folder before its first wildcard, and the parts from there on."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    number = next((at for at, part in enumerate(parts) if glob.has_magic(part)), None)
    if number is None:
        return pattern, []
    base = "/".join(parts[:number])
    return f"/{base}" if pattern.startswith("/") else base, parts[number:]


def _walk(base: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    """A folder and the parts of a pattern -> the files that fit, and why one is none, or ``""``.

    Folders that cannot be looked into are among them, and links to those that were.
    """
    seen: set[tuple[int, int]] = set()
    linked: list[tuple[str, tuple[str, ...]]] = [(base, ())]
    while linked:
        # Folders that are there themselves come first, then those behind links.
        linked.sort()
        folders = [linked.pop(0)]
        while folders:
            folder, names = folders.pop()
            try:
                place = os.stat(folder or os.curdir)  # noqa: PTH116
                if (place.st_dev, place.st_ino) in seen:
                    yield folder, SEEN
                    continue
                seen.add((place.st_dev, place.st_ino))
                with os.scandir(folder or os.curdir) as entries:
                    inside = list(entries)
            except OSError as error:
                yield folder, f"a folder that cannot be read: {error.strerror}"
                continue
            if names and is_file(os.path.join(folder, *_LOCK)):  # noqa: PTH118
                yield folder, RESULTS
                continue
            for entry in inside:
                inner = (*names, entry.name)
                path = os.path.join(folder, entry.name)  # noqa: PTH118 - keeps `a/b` as written
                if not _may_fit(parts, inner):
                    continue
                if entry.is_dir():
                    if not entry.name.startswith("."):
                        (linked if entry.is_symlink() else folders).append((path, inner))
                elif _fits(parts, inner):
                    yield path, _why_no_file(entry)


def _why_no_file(entry: os.DirEntry[str]) -> str:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_file():
        return ""
    return "a link that leads nowhere" if entry.is_symlink() else "no file"


def _may_fit(parts: list[str], names: tuple[str, ...]) -> bool:
    """Whether a path, or one below it, may fit."""
    if "**" in parts:
        return True
    return len(names) <= len(parts) and fnmatch.fnmatchcase(names[-1], parts[len(names) - 1])


def _fits(parts: list[str], names: tuple[str, ...]) -> bool:
    """Whether the steps of a path fit the parts of a pattern; ``**`` is any number of folders."""
    if not parts or not names:
        return not parts and not names
    if parts[0] == "**":
        if len(parts) == 1:
            return True
        return any(_fits(parts[1:], names[at:]) for at in range(len(names)))
    return fnmatch.fnmatchcase(names[0], parts[0]) and _fits(parts[1:], names[1:])


def _why_no_sound(path: str, asked: str) -> str:
    """A file -> why it is no sound, or ``""``."""
    ending = os.path.splitext(path)[1].lower()  # noqa: PTH122 - 10 times faster
    if ending in AUDIO_SUFFIXES:
        return ""
    named = f"ends in {readable(ending)}" if ending else "has no ending, and no sound's first bytes"
    if ending in OTHER_SUFFIXES:
        return named
    if ending and ending == asked:
        return ""
    try:
        return "" if looks_like_sound(path) else named
    except OSError as error:
        return f"cannot be read: {error.strerror}"
