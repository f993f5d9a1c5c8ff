"""``chunks.parquet`` -> arrays by condition and chunk, for one normaliser."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from snakescribe.errors import UserError
from snakescribe.evaluate.vocabulary import Vocabulary

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
    _columns: "dict[str, list[pa.Array]]" = field(default_factory=dict)
    _words: "dict[str, tuple[Vocabulary, list[np.ndarray]]]" = field(default_factory=dict)
    _lock: Any = field(default_factory=RLock)

    @cached_property
    def common(self) -> "np.ndarray":
        """(chunks,) whether every condition that has any scored chunk has this one scored."""
        import numpy as np

        used = self.scored[self.scored.any(axis=1)]
        return np.all(used, axis=0) if len(used) else np.zeros(self.scored.shape[1], bool)

    def column(self, name: str) -> "list[pa.Array]":
        """One more column -> for each condition its values, in the order of the chunks."""
        import pyarrow as pa

        with self._lock:
            if name not in self._columns:
                values = _read(self.path, self.normalizer, [name])[name].combine_chunks()
                if pa.types.is_dictionary(values.type):
                    values = values.cast(values.type.value_type)
                self._columns[name] = [values.take(rows) for rows in self.rows_of]
            return self._columns[name]

    def words(self, name: str) -> "tuple[Vocabulary, list[np.ndarray]]":
        """A column of normalised texts -> for each condition the numbers of all words in order."""
        with self._lock:
            if name not in self._words:
                known = Vocabulary()
                none = known[""]
                numbers = (known.encode_texts(texts).values for texts in self.column(name))
                self._words[name] = known, [one[one != none] for one in numbers]
            return self._words[name]

    def by_chunk(self, name: str) -> list[Any]:
        """A column that does not depend on the condition -> its value for each chunk."""
        import numpy as np

        _, first = np.unique(self.chunk_of, return_index=True)
        return _read(self.path, self.normalizer, [name])[name].take(first).to_pylist()


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
    table = _read(path, normalizer, ["condition", "recording", "chunk", *counts])
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
        return file.read_row_groups(groups, columns=columns)


def _made_otherwise(path: Path, what: str) -> UserError:
    return UserError(
        f"{path}: {what}: these scores were made under other settings; score the transcripts again"
    )
