"""The chunks' sound -> where the explorer finds it.

A page opened from disk can play a file that lies elsewhere, but the browser hides its samples, so
there is no picture of the sound. What is worth hearing most is therefore copied into the explorer,
as it is (FLAC), up to a measure; the rest is played from where it lies in the results.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from snakescribe.errors import UserError
from snakescribe.ffmpeg.stored import StoredSounds, read_chunk
from snakescribe.notices import Kind, notify
from snakescribe.report.explorer.blocks import Block
from snakescribe.report.explorer.columns import ABSENT, NO_REFERENCE, ChunkColumns
from snakescribe.report.explorer.scripted import DataFolder
from snakescribe.report.listen import sound_rows
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.tables import Row
from snakescribe.tables.quality import QUALITY

# FLAC of speech at 16 kHz in Base64 has about 25 kB a second: an hour is 90 MB.
COPIED_SECONDS = 3600.0
LONGEST_COPY_SECONDS = 300.0
_QUALITY = tuple(column.name for column in QUALITY)


@dataclass
class SoundWriter:
    """Writes `block/B/sV`: for each chunk where its sound in variant V is, and how it sounds.

    Attributes:
        copied: chunks whose sound is in the explorer.
        linked: those whose sound stays where it is.
    """

    results: Results
    study: Study
    columns: ChunkColumns
    data: DataFolder
    folder: Path
    sounds: StoredSounds
    copied: int = 0
    linked: int = 0
    _written: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = [condition.levels["audio"] for condition in self.study.conditions]
        self.variants = list(dict.fromkeys([self.study.baseline.levels["audio"], *names]))
        self._chosen = choose_copies(self.columns, len(self.variants))

    def write(self, block: Block) -> None:
        """A block -> its files."""
        rows = self.columns.rows[block.first : block.stop]
        wanted = {row["chunk"] for row in rows}
        for number, variant in enumerate(self.variants):
            cuts = {
                cut["chunk"]: cut
                for cut in sound_rows(self.results, self.study, variant, block.shard)
                if cut["chunk"] in wanted
            }
            cells = [
                self._place(variant, cuts.get(row["chunk"]), block.first + place in self._chosen)
                for place, row in enumerate(rows)
            ]
            self.data.write(f"block/{block.number}/s{number}", cells)

    def _place(self, variant: str, cut: Row | None, is_chosen: bool) -> list[Any] | None:
        """A chunk's row -> `[kind, place, figures of quality]`; None where it has no sound."""
        if cut is None:
            return None
        quality = {name: cut[name] for name in _QUALITY if cut.get(name) is not None}
        if is_chosen and self._copy(variant, cut):
            self.copied += 1
            return ["copy", cut["pcm_md5"], quality]
        self.linked += 1
        path = os.path.relpath(Path(cut["audio"]).resolve(), self.folder.resolve())
        return ["file", quote(Path(path).as_posix()), quality]

    def _copy(self, variant: str, cut: Row) -> bool:
        name = cut["pcm_md5"]
        if name in self._written:
            return True
        try:
            read_chunk(cut, partial(self.sounds.mend_chunk, variant))
        except UserError as error:
            notify(Kind.CLIP_MISSING, f"no clip: {error}", source=cut["audio"])
            return False
        self.data.write_bytes(f"sound/{name}", Path(cut["audio"]).read_bytes())
        self._written.add(name)
        return True


def choose_copies(columns: ChunkColumns, variants: int) -> set[int]:
    """Chunks and the number of audio variants -> those whose sound is copied, in all variants.

    First come those on which conditions differ most, then those with the most errors; without
    references those that a condition was least sure of.
    """
    if not columns.rows:
        return set()
    errors = np.stack([column.errors for column in columns.conditions.values()])
    sure = np.stack([column.confidence for column in columns.conditions.values()])
    scored = errors > NO_REFERENCE
    most = np.where(scored, errors, 0).max(axis=0)
    least = np.where(scored, errors, np.iinfo(np.int32).max).min(axis=0)
    spread = np.where(scored.any(axis=0), most - least, 0)
    least_sure = np.where((errors != ABSENT) & (sure >= 0), sure, 100).min(axis=0)
    left = COPIED_SECONDS
    chosen: set[int] = set()
    for place in np.lexsort((least_sure, -most, -spread)).tolist():
        seconds = _seconds(columns.rows[place])
        if seconds > LONGEST_COPY_SECONDS:
            continue
        left -= seconds * variants
        if left < 0:
            break
        chosen.add(place)
    return chosen


def _seconds(row: Mapping[str, Any]) -> float:
    return float(row["end"] - row["start"])
