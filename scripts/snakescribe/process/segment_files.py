"""Which files `chunking.segments` may name; light, for checking configs."""

from collections.abc import Iterator
from glob import escape
from pathlib import Path

from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.config.chunking import Chunking
from snakescribe.paths import is_file
from snakescribe.process.detectors import SEGMENTS
from snakescribe.store import digest

PLACEHOLDER = "{recording}"
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".jsonl", ".ndjson"})
# A file of these may have lines of several recordings, each with its name.
SHARED_SUFFIXES = frozenset({".rttm", ".stm", ".ctm", *TABLE_SUFFIXES})
SUFFIXES = SHARED_SUFFIXES | (frozenset(REFERENCE_SUFFIXES) - {".txt"})


def find_segments_problems(chunking: Chunking, place: str) -> Iterator[str]:
    """A chunking and its key -> what is wrong with its own speech segments."""
    if chunking.detector != SEGMENTS:
        if chunking.segments:
            yield f"{place}.segments: the detector {chunking.detector} reads none; leave it out"
        return
    pattern = chunking.segments
    suffix = Path(pattern).suffix.lower()
    if not pattern:
        yield f"{place}.segments: the detector segments needs the file, or one for each recording"
    elif suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        yield f"{place}.segments: {pattern}: no segments end in '{suffix}'; known are {known}"
    elif PLACEHOLDER not in pattern and suffix not in SHARED_SUFFIXES:
        yield (
            f"{place}.segments: {pattern}: a {suffix} file names no recording; write "
            f"{PLACEHOLDER} where its id stands in the file's path"
        )
    elif PLACEHOLDER not in pattern and not is_file(pattern):
        yield f"{place}.segments: no file {pattern}"


def segments_state(chunking: Chunking) -> str:
    """Changes when the user's segments change; empty where a chunking reads none."""
    if chunking.detector != SEGMENTS:
        return ""
    return pattern_state(chunking.segments)


def pattern_state(pattern: str) -> str:
    """A path with `{recording}` in it, or without -> what changes when its files change."""
    return digest([_stamp(file) for file in matching_files(pattern)])


def matching_files(pattern: str) -> list[Path]:
    """A path with `{recording}` in it -> its files, sorted; without, the path itself."""
    path = Path(pattern)
    if PLACEHOLDER not in pattern:
        return [path]
    start = next(n for n, part in enumerate(path.parts) if PLACEHOLDER in part)
    base = Path(*path.parts[:start]) if start else Path()
    return sorted(base.glob("/".join(map(escape, path.parts[start:])).replace(PLACEHOLDER, "*")))


def _stamp(path: Path) -> list[str | int]:
    try:
        stat = path.stat()
    except OSError:
        return [str(path)]
    return [str(path), stat.st_size, stat.st_mtime_ns]
