"""Sounds of the store that can be made again, those that cannot, and those that nobody names."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from snakescribe.ffmpeg.command import ffmpeg_program
from snakescribe.results import Results
from snakescribe.tables import AUDIO, CHUNKS, RECORDINGS, Row, Table, read_table

# As the steps name them: by a digest. Whatever else lies there is somebody's own.
_OURS = re.compile(r"[0-9a-f]{32,64}\.(flac|json)")


def all_rows(results: Results, table: Table) -> Iterator[Row]:
    """The rows of a table of shards, whatever config they are of.

    Raises:
        UserError: one is damaged, so that nobody knows what it names.
    """
    below = results.folder / table.path.partition("/")[0]
    for path in sorted(below.rglob("s[0-9]*.tsv")):
        yield from read_table(table, path)


def stored(folder: Path) -> Iterator[Path]:
    """The files of ours in a folder of the store."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in sorted(names) if _OURS.fullmatch(name))


class Sounds:
    """The prepared audio and the chunks of a results folder."""

    def __init__(self, results: Results) -> None:
        """Read what the tables say.

        Raises:
            UserError: a table is damaged, so that nobody knows what it names.
        """
        self._store = results.store
        self._audio = {
            Path(row["audio"]).name: row for row in all_rows(results, AUDIO) if row["audio"]
        }
        self._chunks = {
            Path(row["audio"]).name for row in all_rows(results, CHUNKS) if row["audio"]
        }
        self._downloads = [
            Path(row["audio"]) for row in all_rows(results, RECORDINGS) if row["audio"]
        ]

    def audio(self, kept: Counter[str]) -> Iterator[Path]:
        """Prepared audio that can be made again; why other stays is counted in `kept`."""
        for path in stored(self._store / "audio"):
            row = self._audio.get(path.name)
            if row is None:
                continue
            if reason := _why_to_keep(row):
                kept[reason] += 1
            else:
                yield path

    def chunks(self) -> Iterator[Path]:
        """Chunks that tables name: they can be cut again from their audio."""
        for path in stored(self._store / "chunks"):
            if path.name in self._chunks:
                yield path

    def unused(self) -> Iterator[Path]:
        """Audio with its facts, and chunks, that no table names."""
        for path in stored(self._store / "audio"):
            if path.with_suffix(".flac").name not in self._audio:
                yield path
        for path in stored(self._store / "chunks"):
            if path.name not in self._chunks:
                yield path

    def downloads(self) -> Iterator[Path]:
        """The sound of recordings that was fetched into the store; never people's own files."""
        store = Path(os.path.realpath(self._store))
        for path in self._downloads:
            whole = Path(os.path.realpath(path))
            if whole.is_file() and whole.is_relative_to(store):
                yield path


def _why_to_keep(row: Row) -> str:
    """A row of the audio table -> why its audio could not be made again; "" if it could."""
    if not row["source"] or not Path(row["source"]).is_file():
        return "the recording that it was made from is not there"
    here, then = ffmpeg_program().version, row["versions"].get("ffmpeg")
    if then not in (None, here):
        return f"it was made by ffmpeg {then}, and another one is here ({here})"
    return ""
