"""Blocks of scores and transcripts -> files of texts, and of what is known of each word."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.report.explorer.blocks import Block
from snakescribe.report.explorer.columns import ChunkColumns
from snakescribe.report.explorer.scripted import DataFolder
from snakescribe.report.explorer.spoken import SpokenUnit, read_spoken
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.tables import TRANSCRIPTS, Row


@dataclass(frozen=True)
class TextWriter:
    """Writes the texts of an experiment, a block at a time.

    `block/B/reference` has for each chunk the reference as written and normalised. `block/B/cC` has
    for each chunk the hypothesis, the same normalised, the alignment, the normalised reference
    where it is another one than the chunk's, and the terms. `block/B/wC` has what is known of
    words: confidences, pieces of the text with their times, the prompt. B and C are numbers.
    """

    results: Results
    study: Study
    columns: ChunkColumns
    data: DataFolder

    def write(self, block: Block, table: pa.Table) -> None:
        """A block and its rows of scores -> its files."""
        rows = self.columns.rows[block.first : block.stop]
        places = {row["chunk"]: place for place, row in enumerate(rows)}
        references = self._write_references(block, table, places)
        names = sorted({row["recording"] for row in rows})
        for number, condition in enumerate(self.study.conditions):
            heard = table.filter(pc.equal(table["condition"], condition.name)).to_pylist()
            texts: list[Any] = [None] * len(rows)
            words: list[Any] = [None] * len(rows)
            path = self.results.path(TRANSCRIPTS, passname=condition.pass_name, shard=block.shard)
            whole = self.study.params.experiment.on_recordings
            spoken = read_spoken(path, condition, (names[0], names[-1]), whole) if heard else {}
            prompts: dict[str, int] = {}
            shown: list[Any] = []
            for row in heard:
                place = places[row["chunk"]]
                texts[place] = _text_cell(row, references[place])
                unit = spoken.get(row["chunk"], SpokenUnit())
                key = repr(unit.prompt)
                if key not in prompts:
                    prompts[key] = len(shown)
                    shown.append(unit.prompt)
                words[place] = _word_cell(row, unit, prompts[key])
            self.data.write(f"block/{block.number}/c{number}", texts)
            self.data.write(f"block/{block.number}/w{number}", {"chunks": words, "prompts": shown})

    def _write_references(
        self, block: Block, table: pa.Table, places: dict[str, int]
    ) -> list[str | None]:
        """Write the references of a block; returns them, normalised."""
        cells: list[Any] = [None] * len(places)
        shared = table.select(["chunk", "reference", "reference_normalized"])
        names = shared["chunk"].to_pylist()
        first: dict[str, int] = {}
        for row, name in enumerate(names):
            first.setdefault(name, row)
        for cell in shared.take(list(first.values())).to_pylist():
            if cell["reference"] is not None:
                normal = cell["reference_normalized"]
                cells[places[cell["chunk"]]] = [cell["reference"], normal]
        self.data.write(f"block/{block.number}/reference", cells)
        return [cell and cell[1] for cell in cells]


def _text_cell(row: Row, reference: str | None) -> list[Any]:
    terms = [
        [term["term"], term["said"], term["hit"], term["false_alarms"]]
        for term in row["terms"] or ()
    ]
    own = row["reference_normalized"]
    return [
        row["hypothesis"],
        row["hypothesis_normalized"],
        row["alignment"],
        None if own == reference else own,
        terms,
    ]


def _word_cell(row: Row, unit: SpokenUnit, prompt: int) -> dict[str, Any]:
    """A row of scores and what was heard -> what is known of its words."""
    return {
        "sure": _percents(row["confidences"] or ()),
        "pieces": _lengths_or_texts(unit.pieces, row["hypothesis"]),
        "starts": unit.starts,
        "ends": unit.ends,
        "piecesSure": unit.sure,
        "words": int(unit.is_words),
        "prompt": prompt,
    }


def _percents(values: Iterable[float | None]) -> list[int]:
    return [-1 if value is None or math.isnan(value) else round(100 * value) for value in values]


def _lengths_or_texts(pieces: list[str], text: str) -> list[Any]:
    """Pieces -> their lengths if the text is made of them, which is less to write; else themselves.

    Lengths count what JavaScript counts: code units of UTF-16.
    """
    if not pieces:
        return []
    cut = [pieces[0].lstrip(), *pieces[1:]]
    if "".join(cut) != text:
        return pieces
    return [len(piece.encode("utf-16-le", "surrogatepass")) // 2 for piece in cut]
