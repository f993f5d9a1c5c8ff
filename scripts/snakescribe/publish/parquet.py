"""Parquet files without secrets: written anew only where there is something to mask."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types
from pyarrow.parquet import ParquetFile, ParquetWriter

from snakescribe.publish.masks import Masks

ROWS_AT_A_TIME = 5_000


def mask_parquet(path: Path, target: Path, masks: Masks, name: str) -> Path:
    """A Parquet file -> itself where nothing is to be masked, else `target`, masked.

    Args:
        path: the file.
        target: where to write.
        masks: what is to be masked.
        name: what the file will be called.
    """
    if not _has_something(path, masks):
        return path
    with (
        ParquetFile(path) as file,
        ParquetWriter(target, file.schema_arrow, compression="zstd") as writer,
    ):
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            rows = masks.value(batch.to_pylist(), name)
            writer.write_table(pa.Table.from_pylist(rows, schema=file.schema_arrow))
    return target


def _has_something(path: Path, masks: Masks) -> bool:
    with ParquetFile(path) as file:
        return any(
            masks.changes(text)
            for batch in file.iter_batches(ROWS_AT_A_TIME)
            for column in batch.columns
            for leaf in _texts(column)
            for text in leaf.to_pylist()
            if text
        )


def _texts(array: pa.Array) -> list[pa.Array]:
    """An array of any kind -> the different texts in it, of each field its own."""
    kind = array.type
    if types.is_dictionary(kind):
        return _texts(array.dictionary)
    if types.is_string(kind) or types.is_large_string(kind):
        return [pc.unique(array)]
    if types.is_map(kind):
        return [*_texts(array.keys), *_texts(array.items)]
    if types.is_struct(kind):
        return [leaf for field in array.flatten() for leaf in _texts(field)]
    if types.is_list(kind) or types.is_large_list(kind):
        return _texts(array.flatten())
    return []
