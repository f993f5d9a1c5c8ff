"""Chunks -> blocks of them: what is read and written at once, so that memory stays bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from snakescribe.report.explorer.columns import ChunkColumns
from snakescribe.report.study import Study
from snakescribe.tables import Row
from snakescribe.tables.parquet import open_table
from snakescribe.tables.scores import SCORES

CHUNKS_IN_BLOCK = 1000
SECONDS_IN_BLOCK = 6 * 3600
TEXTS = (
    "reference", "reference_normalized", "hypothesis", "hypothesis_normalized", "alignment",
    "confidences", "terms",
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Neighbouring chunks of one shard: the first, and the one behind the last."""

    number: int
    shard: str
    first: int
    stop: int


def make_blocks(rows: Sequence[Row], shards: Mapping[str, str]) -> list[Block]:
    """The rows of chunks and the shards of recordings -> blocks of at most an even size."""
    blocks: list[Block] = []
    first, seconds = 0, 0.0
    for place, row in enumerate(rows):
        shard = shards[rows[first]["recording"]]
        length = row["end"] - row["start"]
        full = place - first == CHUNKS_IN_BLOCK or seconds + length > SECONDS_IN_BLOCK
        if place > first and (full or shards[row["recording"]] != shard):
            blocks.append(Block(len(blocks), shard, first, place))
            first, seconds = place, 0.0
        seconds += length
    if rows:
        blocks.append(Block(len(blocks), shards[rows[first]["recording"]], first, len(rows)))
    return blocks


def read_blocks(
    path: Path, study: Study, columns: ChunkColumns, blocks: Sequence[Block]
) -> Iterator[tuple[Block, pa.Table]]:
    """`chunks.parquet` -> each block with its rows of condition, chunk and `TEXTS`."""
    with open_table(SCORES, path) as file:
        for block in blocks:
            wanted = pa.array([row["chunk"] for row in columns.rows[block.first : block.stop]])
            parts = [
                _read(file, group, study, wanted)
                for group, span in enumerate(columns.groups)
                if span and span[0] < block.stop and block.first < span[1]
            ]
            yield block, pa.concat_tables(parts)


def _read(file: ParquetFile, group: int, study: Study, wanted: pa.Array) -> pa.Table:
    labels = ("condition", "chunk", "normalizer")
    table = file.read_row_group(group, [*labels, *TEXTS], use_threads=False)
    for name in (*labels, "reference", "reference_normalized"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(pa.string()))
    leading = pc.equal(table["normalizer"], study.normalizer)
    return table.filter(pc.and_(leading, pc.is_in(table["chunk"], wanted)))
