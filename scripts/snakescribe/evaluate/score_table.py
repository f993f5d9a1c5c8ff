"""``chunks.parquet`` -> arrays by condition and chunk, for one normaliser."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from snakescribe.errors import UserError
from snakescribe.evaluate.vocabulary import Vocabulary, count_words

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True)
class ScoreTable:
    """The scores under one normaliser, as arrays over conditions and chunks.

    Attributes:
        path: the file of scores.
        normalizer: the normaliser's name.
        conditions: names, in the experiment's order.
        recordings: ids, in file order.
        recording_of: (chunks,) for each chunk, in file order, the position of its recording.
        present: (conditions, chunks) whether there is a transcript.
        scored: (conditions, chunks) whether there is a reference as well.
        counts: by name, (conditions, chunks) float64; 0 where there is nothing.
        rows_of: for each condition its rows in the file's order, which is that of the chunks.
        chunk_of: (rows,) the chunk of each row.
        stamp: the normaliser's name, version and digest, as the scores were made with.
    """

    path: Path
    normalizer: str
    conditions: tuple[str, ...]
    recordings: tuple[str, ...]
    recording_of: "np.ndarray"
    present: "np.ndarray"
    scored: "np.ndarray"
    counts: dict[str, "np.ndarray"]
    rows_of: tuple["np.ndarray", ...]
    chunk_of: "np.ndarray"
    stamp: dict[str, str]
    _columns: "dict[str, list[pa.Array]]" = field(default_factory=dict)
    _words: "dict[str, tuple[Vocabulary, list[np.ndarray]]]" = field(default_factory=dict)
    _lock: Any = field(default_factory=RLock)

    def column(self, name: str) -> "list[pa.Array]":
        """One more column -> for each condition its values, in the order of the chunks."""
        with self._lock:
            if name not in self._columns:
                values = _join(_read(self.path, self.normalizer, [name])[name])
                if hasattr(values, "dictionary_decode"):
                    values = values.dictionary_decode()
                self._columns[name] = [values.take(rows) for rows in self.rows_of]
            return self._columns[name]

    def words(self, name: str) -> "tuple[Vocabulary, list[np.ndarray]]":
        """A column of normalised texts -> for each condition the numbers of all words in order.

        Where the column lists each distinct text once, each is taken apart once.
        """
        with self._lock:
            if name not in self._words:
                known = Vocabulary()
                values = _join(_read(self.path, self.normalizer, [name])[name])
                if hasattr(values, "dictionary"):
                    numbers = _gather_words(known, values, self.rows_of)
                else:
                    numbers = [known.encode(values.take(rows)) for rows in self.rows_of]
                self._words[name] = known, numbers
            return self._words[name]

    def by_chunk(self, name: str) -> list[Any]:
        """A column that does not depend on the condition -> its value for each chunk."""
        import numpy as np

        _, first = np.unique(self.chunk_of, return_index=True)
        return _join(_read(self.path, self.normalizer, [name])[name]).take(first).to_pylist()


def read_scores(
    path: Path, normalizer: str, conditions: Sequence[str], counts: Iterable[str]
) -> ScoreTable:
    """A file of scores -> the table for one normaliser.

    Args:
        path: what `snakescribe.evaluate.score` wrote.
        normalizer: its name.
        conditions: names in the order wanted.
        counts: the columns of numbers to keep.

    Raises:
        UserError: the file lacks a column: it was made by another version or other settings.
    """
    import numpy as np
    import pandas as pd

    counts = list(dict.fromkeys(counts))
    stamp = ("normalizer", "normalizer_version", "normalizer_digest")
    table = _read(path, normalizer, ["condition", "recording", "chunk", *counts, *stamp[1:]])
    chunk_of, chunks = pd.factorize(table["chunk"].to_pandas().astype(str))
    recording_of_row, recordings = pd.factorize(table["recording"].to_pandas().astype(str))
    place = {name: index for index, name in enumerate(conditions)}
    names = table["condition"].to_pandas().astype(str)
    if unknown := sorted(set(names) - set(place)):
        raise _made_otherwise(path, f"the condition {unknown[0]} is none of the experiment's")
    condition_of = names.map(place).to_numpy(dtype=int)
    shape = (len(conditions), len(chunks))
    present, scored = np.zeros(shape, bool), np.zeros(shape, bool)
    present[condition_of, chunk_of] = True
    scored[condition_of, chunk_of] = table["words"].is_valid().to_numpy()
    arrays: dict[str, np.ndarray] = {}
    for name in counts:
        arrays[name] = np.zeros(shape)
        values = table[name].to_numpy().astype(float)
        arrays[name][condition_of, chunk_of] = np.nan_to_num(values)
    recording_of = np.zeros(len(chunks), int)
    recording_of[chunk_of] = recording_of_row
    return ScoreTable(
        path=path,
        normalizer=normalizer,
        conditions=tuple(conditions),
        recordings=tuple(recordings),
        recording_of=recording_of,
        present=present,
        scored=scored,
        counts=arrays,
        rows_of=tuple(np.flatnonzero(condition_of == one) for one in range(len(conditions))),
        chunk_of=chunk_of,
        stamp={stamp[0]: normalizer}
        | {name: table[name][0].as_py() for name in stamp[1:] if table.num_rows},
    )


def _read(path: Path, normalizer: str, columns: Iterable[str]) -> "pa.Table":
    """Columns of the row groups of one normaliser."""
    from pyarrow.parquet import ParquetFile

    columns = list(columns)
    with ParquetFile(path) as file:
        if missing := sorted(set(columns) - set(file.schema_arrow.names)):
            raise _made_otherwise(path, f"it has no column {', '.join(missing)}")
        place = file.schema_arrow.names.index("normalizer")
        groups = [
            index
            for index in range(file.num_row_groups)
            if file.metadata.row_group(index).column(place).statistics.min == normalizer
        ]
        if file.metadata.num_rows and not groups:
            raise _made_otherwise(path, f"it has no scores under the normaliser {normalizer}")
        return file.read_row_groups(groups, columns=columns)


def _join(column: "pa.ChunkedArray") -> Any:
    """A column as it was read -> one array, with one dictionary where it has any."""
    return column.unify_dictionaries().combine_chunks()


def _gather_words(
    known: Vocabulary, texts: Any, rows_of: "Iterable[np.ndarray]"
) -> "list[np.ndarray]":
    """Texts with a dictionary, and rows of each condition -> the numbers of all words in order."""
    import numpy as np

    words, counts = known.encode(texts.dictionary), count_words(texts.dictionary)
    starts = np.cumsum(counts) - counts
    done: dict[bytes, np.ndarray] = {}  # conditions share their references
    numbers = []
    for rows in rows_of:
        used = texts.indices.take(rows).drop_null().to_numpy()
        key = used.tobytes()
        if key not in done:
            lengths = counts[used]
            first = np.repeat(starts[used] - (np.cumsum(lengths) - lengths), lengths)
            done[key] = words[first + np.arange(len(first))]
        numbers.append(done[key])
    return numbers


def _made_otherwise(path: Path, what: str) -> UserError:
    return UserError(
        f"{path}: {what}: these scores were made under other settings; score the transcripts again"
    )
