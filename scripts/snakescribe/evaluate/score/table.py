"""Columns of scores -> the table that is written as ``scores/{experiment}/chunks.parquet``."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.tables import Row
from snakescribe.tables.parquet import arrow_schema
from snakescribe.tables.scores import SCORES


def score_schema(
    metrics: Iterable[Metric], strata: Iterable[str], units: Iterable[str]
) -> pa.Schema:
    """Metrics, strata and fields to resample by -> the schema of `SCORES` with their columns."""
    counts = [name for metric in metrics for name in metric.counts]
    return arrow_schema(SCORES.expand(stratum=strata, unit=units, count=counts))


def make_table(
    schema: pa.Schema,
    shared: Sequence[Row],
    chunk_of: np.ndarray,
    columns: Mapping[str, Any],
    scored: np.ndarray,
    counted: Mapping[str, Any],
) -> pa.Table:
    """Columns -> a table of a schema.

    Args:
        schema: see `score_schema`.
        shared: for each chunk, the cells that its rows share.
        chunk_of: (rows,) the chunk of each row.
        columns: by name, values for each row.
        scored: the rows that have a reference.
        counted: by name, values for each of these; empty in the other rows.
    """
    by_chunk = [field for field in schema if field.name not in {*columns, *counted}]
    chunks = pa.Table.from_pylist(list(shared), schema=pa.schema(by_chunk))
    places = np.full(len(chunk_of), -1)
    places[scored] = np.arange(len(scored))
    rows = pa.array(places, mask=places < 0)
    arrays = []
    for name, kind in zip(schema.names, schema.types, strict=True):
        if name in columns:
            arrays.append(_make_column(columns[name], kind))
        elif name in counted:
            column = _make_column(counted[name], kind)
            arrays.append(column if len(scored) == len(rows) else column.take(rows))
        else:
            arrays.append(chunks[name].combine_chunks().take(pa.array(chunk_of)))
    return pa.Table.from_arrays(arrays, schema=schema)


def _make_column(values: Any, kind: pa.DataType) -> pa.Array:
    if not isinstance(values, Ragged):
        return (
            pa.array(values).cast(kind)
            if isinstance(values, np.ndarray)
            else pa.array(values, kind)
        )
    stops = np.concatenate([[0], values.stops]).astype(np.int32)
    if pa.types.is_string(kind):  # letters
        buffers = pa.py_buffer(stops), pa.py_buffer(values.values)
        return pa.StringArray.from_buffers(len(values), *buffers)
    numbers = pa.array(values.values).cast(kind.value_type)
    return pa.ListArray.from_arrays(pa.array(stops), numbers, type=kind)
