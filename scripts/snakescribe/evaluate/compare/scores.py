"""``chunks.parquet`` -> arrays by condition and chunk, for one normaliser."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from snakescribe.errors import UserError
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.tables.parquet import open_table
from snakescribe.tables.scores import SCORES

# Row groups, whose texts are memory: a tenth of a GB, and have most words in common.
GROUPS_AT_A_TIME = 8


@dataclass(frozen=True)
class ScoreTable:
    """The scores under one normaliser, as arrays over conditions and chunks.

    What was decoded several times counts as the mean of its repeats; texts, words and other columns
    are those of the first one.

    Attributes:
        path: the file of scores.
        normalizer: the normaliser's name.
        conditions: names, in the experiment's order.
        recordings: ids, in file order.
        recording_of: (chunks,) for each chunk, in file order, the position of its recording.
        present: (conditions, chunks) whether there is a transcript.
        scored: (conditions, chunks) whether there is a reference as well.
        counts: by name, (conditions, chunks) float64; 0 where there is nothing.
        rows_of: for each condition its rows in the file's order, which is that of the chunks; of
            several repeats the first.
        chunk_of: (rows,) the chunk of each row.
        repeats: for each condition the most rows that it has of a chunk.
        stamp: the normaliser's name, version and digest, as the scores were made with.
    """

    path: Path
    normalizer: str
    conditions: tuple[str, ...]
    recordings: tuple[str, ...]
    recording_of: np.ndarray
    present: np.ndarray
    scored: np.ndarray
    counts: dict[str, np.ndarray]
    rows_of: tuple[np.ndarray, ...]
    chunk_of: np.ndarray
    repeats: tuple[int, ...]
    stamp: dict[str, str]
    _columns: dict[str, list[pa.Array]] = field(default_factory=dict)
    _words: dict[str, tuple[list[str], list[Ragged]]] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)

    def column(self, name: str) -> list[pa.Array]:
        """One more column -> for each condition its values, in the order of the chunks."""
        with self._lock_of(name):
            if name not in self._columns:
                values = _join(_read(self.path, self.normalizer, [name])[name])
                if hasattr(values, "dictionary_decode"):
                    values = values.dictionary_decode()
                self._columns[name] = [values.take(rows) for rows in self.rows_of]
            return self._columns[name]

    def words(self, name: str) -> tuple[list[str], list[Ragged]]:
        """A column of normalised texts -> all its words, and each condition's rows of numbers.

        0 is the number of no word. Each distinct text is taken apart once.
        """
        with self._lock_of(name):
            if name not in self._words:
                parts = _read_parts(self.path, self.normalizer, name)
                self._words[name] = _number_words(parts, self.rows_of)
            return self._words[name]

    def counts_by_repeat(
        self, condition: int, names: Iterable[str]
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """A condition's position and counts -> these (chunks, repeats), and which rows there are.

        Counts are 0 where there is nothing.
        """
        names = list(dict.fromkeys(names))
        table = _read(self.path, self.normalizer, ["condition", "repeat", *names])
        own = pc.equal(table["condition"].cast("string"), self.conditions[condition]).to_numpy()
        place = self.chunk_of[own], table["repeat"].to_numpy()[own] - 1
        shape = len(self.recording_of), int(place[1].max(initial=0)) + 1
        there = np.zeros(shape, bool)
        there[place] = True
        counts = {name: np.zeros(shape) for name in names}
        for name, cells in counts.items():
            cells[place] = np.nan_to_num(table[name].to_numpy()[own].astype(float))
        return counts, there

    def forget(self, name: str) -> None:
        """Free the memory of what `column` and `words` have read of a column."""
        with self._lock_of(name):
            self._columns.pop(name, None)
            self._words.pop(name, None)

    def _lock_of(self, name: str) -> Lock:
        return self._locks.setdefault(name, Lock())  # which no other thread can come between

    def by_chunk(self, name: str) -> list[Any]:
        """A column that does not depend on the condition -> its value for each chunk."""
        _, first = np.unique(self.chunk_of, return_index=True)
        column = _join(_read(self.path, self.normalizer, [name])[name])
        values: list[Any] = column.take(first).to_pylist()
        return values


def read_scores(
    path: Path, normalizer: str, conditions: Sequence[str], counts: Iterable[str]
) -> ScoreTable:
    """A file of scores -> the table for one normaliser.

    Args:
        path: what `snakescribe.evaluate.score.run` wrote.
        normalizer: its name.
        conditions: names in the order wanted.
        counts: the columns of numbers to keep.

    Raises:
        UserError: the file is of another version, or lacks a column: it was made under other
            settings.
    """
    counts = list(dict.fromkeys(counts))
    stamp = ("normalizer", "normalizer_version", "normalizer_digest")
    table = _read(path, normalizer, ["condition", "recording", "chunk", *counts, *stamp[1:]])
    chunk_of, chunks = _number(table["chunk"])
    recording_of_row, recordings = _number(table["recording"])
    named, names = _number(table["condition"])
    place = {name: index for index, name in enumerate(conditions)}
    if unknown := sorted(set(names) - set(place)):
        raise _made_otherwise(path, f"the condition {unknown[0]} is none of the experiment's")
    condition_of = np.array([place[name] for name in names], int)[named]
    cell_of = condition_of * len(chunks) + chunk_of
    size = len(conditions) * len(chunks)
    rows_in = np.bincount(cell_of, minlength=size)
    is_repeated = bool((rows_in > 1).any())

    def arrange(values: np.ndarray) -> np.ndarray:
        cells = np.zeros(size, values.dtype)
        cells[cell_of] = values
        return cells.reshape(len(conditions), len(chunks))

    arrays = {}
    for name in counts:
        values = np.nan_to_num(table[name].to_numpy().astype(float), copy=False)
        if is_repeated:
            means = np.bincount(cell_of, values, size) / np.maximum(rows_in, 1)
            arrays[name] = means.reshape(len(conditions), len(chunks))
        else:
            arrays[name] = arrange(values)
    # Repeats stand one after the other: the first of each cell.
    firsts = np.sort(np.unique(cell_of, return_index=True)[1]) if is_repeated else slice(None)
    first_rows, condition_of_first = np.arange(len(cell_of))[firsts], condition_of[firsts]
    recording_of = np.zeros(len(chunks), int)
    recording_of[chunk_of] = recording_of_row
    return ScoreTable(
        path=path,
        normalizer=normalizer,
        conditions=tuple(conditions),
        recordings=tuple(recordings),
        recording_of=recording_of,
        present=arrange(np.ones(len(cell_of), bool)),
        scored=arrange(table["words"].is_valid().to_numpy()),
        counts=arrays,
        rows_of=tuple(first_rows[condition_of_first == index] for index in range(len(conditions))),
        chunk_of=chunk_of,
        repeats=tuple(rows_in.reshape(len(conditions), -1).max(axis=1, initial=0).tolist()),
        stamp={stamp[0]: normalizer}
        | {name: table[name][0].as_py() if table.num_rows else "" for name in stamp[1:]},
    )


def _read(path: Path, normalizer: str, columns: Iterable[str]) -> pa.Table:
    """Columns of the row groups of one normaliser."""
    columns = list(columns)
    with open_table(SCORES, path) as file:
        if missing := sorted(set(columns) - set(file.schema_arrow.names)):
            raise _made_otherwise(path, f"it has no column {', '.join(missing)}")
        groups = _groups(file, normalizer)
        if file.metadata.num_rows and not groups:
            raise _made_otherwise(path, f"it has no scores under the normaliser {normalizer}")
        return file.read_row_groups(groups, columns=columns)


def _read_parts(path: Path, normalizer: str, column: str) -> Iterator[pa.DictionaryArray]:
    """A column of texts, some row groups at a time, in which each text stands once."""
    with ParquetFile(path, read_dictionary=[column]) as file:
        groups = _groups(file, normalizer)
        for start in range(0, len(groups), GROUPS_AT_A_TIME):
            part = groups[start : start + GROUPS_AT_A_TIME]
            yield _join(file.read_row_groups(part, columns=[column])[column])


def _groups(file: Any, normalizer: str) -> list[int]:
    """A Parquet file -> the row groups of one normaliser; each group has a single one."""
    place = file.schema_arrow.names.index("normalizer")
    return [
        index
        for index in range(file.num_row_groups)
        if file.metadata.row_group(index).column(place).statistics.min == normalizer
    ]


def _join(column: pa.ChunkedArray) -> Any:
    """A column as it was read -> one array, with one dictionary where it has any."""
    return column.unify_dictionaries().combine_chunks()


def _number(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Names by row -> their numbers in the order of first appearance, and the names."""
    joined = _join(column.dictionary_encode())
    numbers, used = pd.factorize(joined.indices.to_numpy())
    return np.asarray(numbers, int), joined.dictionary.take(used).to_pylist()


def _number_words(
    parts: Iterable[pa.DictionaryArray], rows_of: Iterable[np.ndarray]
) -> tuple[list[str], list[Ragged]]:
    """Texts in parts that have each text once, and rows of conditions -> `ScoreTable.words`."""
    known = Vocabulary()
    rows = [known.encode_texts([""])]  # the first text, and its only word, is none
    texts = [np.zeros(0, int)]
    for part in parts:
        place = sum(map(len, rows))
        texts.append(part.indices.cast("int64").fill_null(-place).to_numpy() + place)
        rows.append(known.encode_texts(part.dictionary))
    every = Ragged.concatenate(rows)
    values, lengths = every.values, every.lengths
    del rows, every  # each as large as all words once more
    none = np.flatnonzero(values == known[""])  # each is all that its text has
    lengths[np.searchsorted(lengths.cumsum(), none, side="right")] = 0
    words = Ragged(np.delete(values, none), lengths)
    del values
    text_of = np.concatenate(texts)
    done: dict[bytes, Ragged] = {}  # conditions share their references
    of_conditions = []
    for rows_of_condition in rows_of:
        used = text_of[rows_of_condition]
        key = used.tobytes()
        if key not in done:
            done[key] = words.take(used)
        of_conditions.append(done[key])
    return known.words, of_conditions


def _made_otherwise(path: Path, what: str) -> UserError:
    return UserError(
        f"{path}: {what}: these scores were made under other settings; score the transcripts again"
    )
