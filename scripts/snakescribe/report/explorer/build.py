"""A results folder and an experiment's parameters -> its explorer, a folder to open from disk."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from snakescribe.config.params import ExperimentParams
from snakescribe.errors import UserError
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.machine import at
from snakescribe.report.explorer.blocks import Block, make_blocks, read_blocks
from snakescribe.report.explorer.columns import ChunkColumns, read_columns
from snakescribe.report.explorer.scripted import DataFolder
from snakescribe.report.explorer.sounds import SoundWriter
from snakescribe.report.explorer.texts import TextWriter
from snakescribe.report.recordings import Corpus, read_corpus
from snakescribe.report.study import Study
from snakescribe.report.tables import read_study
from snakescribe.results import Results
from snakescribe.streams import with_streams
from snakescribe.tables.scores import SCORES

FRONT = "index.html"
# Which sound the page may ask for: that of the results folder too, or what publishing kept.
ALL_SOUND, COPIED_SOUND, NO_SOUND = "all", "copied", "none"
# In the order in which the page runs them.
SCRIPTS = (
    "data.js", "align.js", "model.js", "marks.js", "address.js", "list.js", "sound.js", "words.js",
    "chunk.js", "count.js", "places.js", "recordings.js", "main.js",
)  # fmt: skip


@dataclass(frozen=True)
class Explorer:
    """What was written: files and bytes of data, and whose sound is in it and whose is linked."""

    files: int
    bytes: int
    copied: int
    linked: int


def build_explorer(
    results: Results, params: ExperimentParams, folder: Path, sounds: StoredSounds
) -> Explorer:
    """A results folder -> the explorer of an experiment in `folder`, beside its page.

    Args:
        results: of the run.
        params: the experiment and the entries of all sections that it uses.
        folder: where it goes; an explorer that is there is replaced.
        sounds: of the run.

    Raises:
        UserError: a table is missing or damaged; something else lies in the folder.
    """
    scores = results.folder / "scores" / params.experiment.name
    study = read_study(scores, params)
    columns = read_columns(scores / SCORES.file_name, study)
    corpus = read_corpus(results, study)
    _clear(folder)
    with at(folder):
        shipped = files("snakescribe.report.explorer")
        for name in (FRONT, "explorer.css", *SCRIPTS):
            (folder / name).write_bytes(shipped.joinpath(name).read_bytes())
        data = DataFolder(folder / "data")
        blocks = make_blocks(columns.rows, corpus.shards)
        texts = TextWriter(results, study, columns, data)
        sound = SoundWriter(results, study, columns, data, folder, sounds)
        for block, table in read_blocks(scores / SCORES.file_name, study, columns, blocks):
            texts.write(block, table)
            sound.write(block)
        for number, column in enumerate(columns.conditions.values()):
            cells = (column.errors, column.confidence, column.flags)
            data.write(f"condition/{number}", [values.tolist() for values in cells])
        places = _recording_places(columns)
        data.write("chunks", _chunk_columns(columns, places))
        data.write("study", _describe(results, study, corpus, columns, blocks, sound))
    return Explorer(data.files, data.bytes, sound.copied, sound.linked)


def _clear(folder: Path) -> None:
    """Make an empty folder, in place of an explorer that may be there."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / FRONT).is_file() or not (folder / "data").is_dir():
            raise UserError(f"{folder}: something else lies there than an explorer; move it away")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _recording_places(columns: ChunkColumns) -> dict[str, int]:
    """The recordings by id, in the order of the chunks -> their places."""
    names = dict.fromkeys(row["recording"] for row in columns.rows)
    return {name: place for place, name in enumerate(names)}


def _chunk_columns(columns: ChunkColumns, recordings: Mapping[str, int]) -> dict[str, Any]:
    """What lists and filters need of each chunk, column by column."""
    rows = columns.rows
    speakers = _Levels(tuple(row["speakers"] or ()) for row in rows)
    strata = {
        name: _Levels(row[f"stratum:{name}"] or "" for row in rows) for name in columns.strata
    }
    groups = {"tier": _Levels(row["tier"] or "" for row in rows), **strata}
    terms = _Levels(term["term"] for row in rows for term in row["terms"] or ())
    return {
        "recording": [recordings[row["recording"]] for row in rows],
        "number": [row["number"] for row in rows],
        "start": [round(row["start"], 3) for row in rows],
        "end": [round(row["end"], 3) for row in rows],
        "snr": [None if row["snr_db"] is None else round(row["snr_db"], 1) for row in rows],
        "words": [row["words"] for row in rows],
        "speakers": {"levels": speakers.names, "codes": speakers.codes},
        "groups": [
            {"name": name, "levels": levels.names, "codes": levels.codes}
            for name, levels in groups.items()
            if len(levels.names) > 1
        ],
        "terms": {
            "levels": terms.names,
            "said": [
                [terms.code(term["term"]) for term in row["terms"] or () if term["said"]]
                for row in rows
            ],
        },
    }


class _Levels:
    """Values that repeat: the distinct ones as they come, and the place of each among them."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._places: dict[Any, int] = {}
        self.codes = [self._places.setdefault(value, len(self._places)) for value in values]

    @property
    def names(self) -> list[Any]:
        return list(self._places)

    def code(self, value: Any) -> int:
        """A value -> its place."""
        return self._places[value]


def _describe(
    results: Results,
    study: Study,
    corpus: Corpus,
    columns: ChunkColumns,
    blocks: list[Block],
    sound: SoundWriter,
) -> dict[str, Any]:
    """What the page needs before anything else: names, and where the data lies."""
    recordings = _recording_places(columns)
    items = with_streams(results.items(), recordings)
    speakers = {row["recording"]: row["speaker"] or "" for row in items}
    best = study.ranked[0] if study.ranked else study.baseline
    others = [name for name in (best.name, *columns.conditions) if name != study.baseline.name]
    return {
        "experiment": study.name,
        "question": study.question,
        "page": f"../{quote(study.name)}.html",
        "rate": study.rate,
        "normalizer": study.normalizer,
        "whole": study.params.experiment.on_recordings,
        "ratesWords": study.rates_words,
        "conditions": [
            {"name": row.name, "levels": dict(row.levels), "wer": row.wer}
            for row in study.conditions
        ],
        "baseline": study.baseline.name,
        "other": others[0] if others else study.baseline.name,
        "recordings": [
            {
                "id": name,
                "title": corpus.title(name),
                "language": corpus.languages.get(name, ""),
                "speaker": speakers.get(name, ""),
                "seconds": round(corpus.durations.get(name, 0.0), 2),
            }
            for name in recordings
        ],
        "flags": columns.flags,
        "variants": sound.variants,
        "variantOf": [sound.variants.index(row.levels["audio"]) for row in study.conditions],
        "blocks": [block.first for block in blocks],
        "chunks": len(columns.rows),
        "sound": ALL_SOUND,
    }
