"""The columns of the files in ``scores/{experiment}``."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.score.strata import COLUMN_PREFIX
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.tables import Row

# Name, kind and description of each column, in file order. The kind `label` is text that repeats.
SCORE_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("condition", "label", "the condition's name"),
    ("recording", "label", "the recording's id"),
    ("chunk", "label", "the chunk's id"),
    ("normalizer", "label", "name of the normaliser"),
    (
        "normalizer_version",
        "label",
        "the package that it comes from, and its version; empty for your own",
    ),
    ("normalizer_digest", "label", "sha256 of the files with its rules"),
    ("tier", "label", "where the reference comes from; empty: there is none"),
    ("language", "label", "language code of the recording"),
    ("number", "int32", "position of the chunk in its recording, from 0"),
    ("start", "float64", "start on the recording's clock, s"),
    ("end", "float64", "end on the recording's clock, s"),
    ("snr_db", "float64", "speech-to-pause ratio in the baseline's audio, dB"),
    (
        "reference",
        "label",
        "the part of the reference that belongs to the chunk, as it was written",
    ),
    ("hypothesis", "text", "what the model said, as it wrote it"),
    ("reference_normalized", "label", "the same, normalised: words joined by spaces"),
    ("hypothesis_normalized", "text", "the same, normalised"),
    (
        "alignment",
        "text",
        "one letter an operation: `=` hit, `S` substitution, `D` deletion, `I` insertion",
    ),
    ("words", "int32", "reference words"),
    ("hits", "int32", "words that are right"),
    ("substitutions", "int32", "words that another stands for"),
    ("deletions", "int32", "words of the reference that are missing"),
    ("insertions", "int32", "words that are not in the reference"),
    ("characters", "int32", "reference characters, single spaces between words counted"),
    ("character_errors", "int32", "character edits"),
    ("hypothesis_words", "int32", "normalised words of the hypothesis"),
    ("confidences", "list", "the model's probability of each normalised word, nan if unknown"),
    ("flags", "labels", "signs of hallucination that the decoder gave"),
    (
        "terms",
        "text",
        "JSON: for each term its text, times said, hit, false; whether prompted",
    ),
    ("avg_logprob", "float64", "mean log probability of the tokens"),
    ("audio_seconds", "float64", "duration of the chunk, s"),
    ("compute_seconds", "float64", "features, encoder and decoder, as if alone, s"),
    ("load_seconds", "float64", "time to load the model in the job that transcribed it, s"),
    ("peak_memory_mb", "float64", "peak memory of that job, MB"),
)


def score_schema(metrics: Iterable[Metric], strata: Iterable[str]) -> pa.Schema:
    """The metrics and strata of a config -> the schema.

    After `SCORE_COLUMNS` come a column of levels for each stratum and each metric's counts.
    """
    kinds: dict[str, Any] = {
        "label": pa.dictionary(pa.int32(), pa.string()),
        "text": pa.string(),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "list": pa.list_(pa.float32()),
        "labels": pa.list_(pa.string()),
    }
    fields = [pa.field(name, kinds[kind]) for name, kind, _ in SCORE_COLUMNS]
    fields += [pa.field(COLUMN_PREFIX + name, kinds["label"]) for name in strata]
    fields += [pa.field(name, pa.float64()) for metric in metrics for name in metric.counts]
    return pa.schema(fields)


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
    return pa.ListArray.from_arrays(pa.array(stops), numbers)
