"""Scores of an experiment -> columns of its chunks, and of each condition, for lists and filters.

The scores are read row group by row group, without their texts: what stays is a few numbers for
each chunk and condition.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from snakescribe.report.study import Study
from snakescribe.tables import Row
from snakescribe.tables.parquet import open_table
from snakescribe.tables.scores import SCORES, STRATUM_PREFIX

ABSENT, NO_REFERENCE = -2, -1  # in place of a number of errors
MOST_FLAGS = 30  # as bits of a number; rarer ones share the last bit
OTHER_FLAGS = "other"
_SHARED = ("chunk", "recording", "number", "start", "end", "snr_db", "words", "tier", "speakers")
_HEARD = ("condition", "chunk", "normalizer", "confidences", "avg_logprob", "flags")
_ERRORS = ("substitutions", "deletions", "insertions")


@dataclass(frozen=True)
class ConditionColumns:
    """(chunks,) of a condition: word errors, `ABSENT` or `NO_REFERENCE`; per cent of confidence.

    Confidence is -1 where none is known; flags are bits.
    """

    errors: NDArray[np.int32]
    confidence: NDArray[np.int8]
    flags: NDArray[np.int64]


@dataclass(frozen=True)
class ChunkColumns:
    """The chunks of an experiment, those of a recording together and in its order.

    Attributes:
        rows: for each, the columns that conditions share, with `terms` and strata.
        strata: the names of strata.
        flags: the names of flags, by bit.
        conditions: their columns, by name.
        groups: for each row group of the scores the first chunk in it and the one behind the last,
            or None where it is of another normaliser.
    """

    rows: list[Row]
    strata: list[str]
    flags: list[str]
    conditions: dict[str, ConditionColumns]
    groups: list[tuple[int, int] | None]


@dataclass
class _Reading:
    """What the row groups gave so far; `parts` are rows of condition, chunk, errors, confidence."""

    rows: list[Row] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    parts: list[NDArray[np.float64]] = field(default_factory=list)
    flagged: list[tuple[int, int, str]] = field(default_factory=list)
    groups: list[NDArray[np.int64]] = field(default_factory=list)


def read_columns(path: Path, study: Study) -> ChunkColumns:
    """`chunks.parquet` -> its columns under the leading normaliser.

    Raises:
        UserError: there is no such file, or it is of another version.
    """
    reading = _Reading()
    names = {condition.name: place for place, condition in enumerate(study.conditions)}
    with open_table(SCORES, path) as file:
        schema = file.schema_arrow.names
        strata = [name for name in schema if name.startswith(STRATUM_PREFIX)]
        columns = list(dict.fromkeys([*_SHARED, *_HEARD, *_ERRORS, "terms", *strata]))
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns, use_threads=False)
            table = table.filter(pc.equal(table["normalizer"].cast(pa.string()), study.normalizer))
            _read_group(reading, table, names, study.rates_words)
    order = _order(reading.rows)
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    flags = _name_flags(reading.flagged)
    return ChunkColumns(
        rows=[reading.rows[place] for place in order],
        strata=[name.removeprefix(STRATUM_PREFIX) for name in strata],
        flags=flags,
        conditions=_fill(reading, names, rank, flags),
        groups=[
            (int(rank[places].min()), int(rank[places].max()) + 1) if len(places) else None
            for places in reading.groups
        ],
    )


def _read_group(
    reading: _Reading, table: pa.Table, names: dict[str, int], rates_words: bool
) -> None:
    """Add a row group."""
    ids = table["chunk"].cast(pa.string()).to_numpy(zero_copy_only=False)
    if not len(ids):
        reading.groups.append(np.empty(0, int))
        return
    distinct, first, back = np.unique(ids, return_index=True, return_inverse=True)
    new = [place for place in np.sort(first).tolist() if ids[place] not in reading.places]
    shared = [name for name in table.column_names if name not in (*_HEARD[2:], *_ERRORS)]
    for row in table.select(shared).take(new).to_pylist():
        reading.places[row["chunk"]] = len(reading.rows)
        reading.rows.append(row)
    chunks = np.array([reading.places[name] for name in distinct])[back]
    reading.groups.append(np.unique(chunks))
    known = table["condition"].cast(pa.string()).to_pylist()
    conditions = np.array([names[name] for name in known])
    errors = sum(_numbers(table[name]) for name in _ERRORS)
    confidence = (
        _means(table["confidences"]) if rates_words else np.exp(_numbers(table["avg_logprob"]))
    )
    reading.parts.append(np.stack([conditions, chunks, errors, confidence]))
    flags = table["flags"].combine_chunks()
    lengths = pc.list_value_length(flags).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(flags)), lengths)
    for row, flag in zip(rows.tolist(), pc.list_flatten(flags).to_pylist(), strict=True):
        reading.flagged.append((int(conditions[row]), int(chunks[row]), flag))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    values: NDArray[np.float64] = column.cast(pa.float64()).to_numpy()
    return values


def _means(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Lists of numbers -> (rows,) the mean of those known in each; nan where none is."""
    lists = column.combine_chunks()
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    values = pc.list_flatten(lists).cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = np.isfinite(values)
    rows = np.repeat(np.arange(len(lists)), lengths)[known]
    with np.errstate(invalid="ignore"):
        sums = np.bincount(rows, values[known], len(lists))
        means: NDArray[np.float64] = sums / np.bincount(rows, minlength=len(lists))
    return means


def _order(rows: list[Row]) -> list[int]:
    """Rows as they were read -> their order: recordings as they come, their chunks by number."""
    recordings: dict[str, int] = {}
    for row in rows:
        recordings.setdefault(row["recording"], len(recordings))
    return sorted(
        range(len(rows)),
        key=lambda place: (recordings[rows[place]["recording"]], rows[place]["number"]),
    )


def _name_flags(flagged: list[tuple[int, int, str]]) -> list[str]:
    """Flags as they occur -> their names, the most frequent first."""
    counted = Counter(flag for _, _, flag in flagged)
    names = sorted(counted, key=lambda flag: (-counted[flag], flag))
    return names if len(names) <= MOST_FLAGS else [*names[: MOST_FLAGS - 1], OTHER_FLAGS]


def _fill(
    reading: _Reading, names: dict[str, int], rank: NDArray[Any], flags: list[str]
) -> dict[str, ConditionColumns]:
    """What was read -> the columns of each condition, in the order of the chunks."""
    shape = len(names), len(rank)
    errors = np.full(shape, ABSENT, np.int32)
    confidence = np.full(shape, -1, np.int8)
    bits = np.zeros(shape, np.int64)
    for condition, chunk, wrong, sure in reading.parts:
        place = condition.astype(int), rank[chunk.astype(int)]
        errors[place] = np.where(np.isfinite(wrong), wrong, NO_REFERENCE)
        confidence[place] = np.where(np.isfinite(sure), np.round(100 * sure), -1)
    bit_of = {flag: bit for bit, flag in enumerate(flags)}
    for condition_place, chunk_place, flag in reading.flagged:
        bits[condition_place, rank[chunk_place]] |= 1 << bit_of.get(flag, MOST_FLAGS - 1)
    return {
        name: ConditionColumns(errors[place], confidence[place], bits[place])
        for name, place in names.items()
    }
