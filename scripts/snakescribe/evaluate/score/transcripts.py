"""Transcripts of an experiment -> by chunk and condition, in a form that takes little memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.results import CELL, Results
from snakescribe.tables import PLANS, TRANSCRIPTS, Row, read_table
from snakescribe.tables.parquet import read_columns


@dataclass(frozen=True)
class Transcripts:
    """What the conditions heard in the chunks of a shard: rows by chunk, then by condition.

    Attributes:
        heard: a table with `condition`, `repeat`, `language`, `flags`, `avg_logprob`, `prompt`,
            `audio_seconds`, `compute_seconds`, `load_seconds`, `peak_memory_mb` and `job`;
            a shard adds `heard_snr_db`.
            Conditions stand in the experiment's order, each with its repeats; in random groups a
            chunk has only the one that it was assigned to.
        texts: (rows) what was heard.
        first: for each chunk, in order of the plans, its first row, and at the end their number.
        words: (rows) the words that the model timed, as numbers of the texts' vocabulary.
        starts: (words,) s, recording's clock; none where they were not asked for.
        probabilities: (words,) from 0 to 1; nan where the engine gives none.
    """

    heard: pa.Table
    texts: Texts
    first: list[int]
    words: Ragged
    starts: np.ndarray
    probabilities: np.ndarray

    def part(self, begin: int, stop: int) -> "Transcripts":
        """The rows of the chunks from the one at `begin` to that before `stop`."""
        first, last = self.first[begin], self.first[stop]
        words = slice(*(int(self.words.lengths[:row].sum()) for row in (first, last)))
        return Transcripts(
            heard=self.heard[first:last],
            texts=self.texts.part(first, last),
            first=[row - first for row in self.first[begin : stop + 1]],
            words=self.words.part(first, last),
            starts=self.starts[words],
            probabilities=self.probabilities[words],
        )

    @cached_property
    def conditions(self) -> list[str]:
        """(rows) the condition's name."""
        names: list[str] = self.heard["condition"].cast("string").to_pylist()
        return names

    def rows(self, chunk: int) -> slice:
        """The position of a chunk in the plans -> its rows."""
        return slice(self.first[chunk], self.first[chunk + 1])


def read_transcripts(
    results: Results, experiment: Experiment, shard: str, raw: Vocabulary, starts: bool
) -> tuple[list[Row], Transcripts]:
    """A shard -> its chunk plans, and what the conditions heard in their chunks.

    Args:
        results: the results folder.
        experiment: whose conditions are wanted.
        shard: its name.
        raw: the vocabulary that numbers raw words.
        starts: whether to read when words start, which takes a tenth of the time.

    Raises:
        UserError: a table is missing or damaged.
    """
    (chunking,) = experiment.chunkings
    plans = list(read_table(PLANS, results.path(PLANS, shard=shard, chunking=chunking)))
    chunks = pa.array(planned_chunk_ids(plans), pa.string())
    conditions = pa.array([condition.name for condition in experiment.conditions], pa.string())
    columns = [*COLUMNS, "words.start"] if starts else COLUMNS
    rows = read_columns_of(results, experiment, shard, columns)
    chunk_of = pc.index_in(rows["chunk"], chunks).fill_null(-1).to_numpy()
    places = pc.index_in(rows["condition"], conditions).to_numpy()
    order = np.lexsort((rows["repeat"].to_numpy(), places, chunk_of))
    order = order[np.count_nonzero(chunk_of < 0) :]  # of no chunk of the plans: those come first
    rows = rows.take(pa.array(order))
    first = np.searchsorted(chunk_of[order], np.arange(len(chunks) + 1)).tolist()
    return plans, to_transcripts(rows, first, raw, starts)


def to_transcripts(rows: pa.Table, first: list[int], raw: Vocabulary, starts: bool) -> Transcripts:
    """Rows of the transcripts table with their conditions -> what was heard.

    Args:
        rows: some columns of the table, and `condition`; sorted.
        first: for each chunk its first row, and at the end their number.
        raw: the vocabulary that numbers raw words.
        starts: whether the rows have the times of words.
    """
    lengths, words = _parts(rows["words"])
    return Transcripts(
        heard=_describe(rows),
        texts=Texts.cut(rows["text"].to_pylist(), raw),
        first=first,
        words=Ragged(raw.encode_words(words["text"]), lengths),
        starts=_floats(words["start"]) if starts else np.empty(0),
        probabilities=_floats(words["probability"]),
    )


def read_columns_of(
    results: Results, experiment: Experiment, shard: str, names: Sequence[str]
) -> pa.Table:
    """The key and some columns of a shard's transcripts of an experiment, and their `condition`."""
    parts = []
    for path, find in results.transcript_files(experiment, shard):
        table = read_columns(TRANSCRIPTS, path, [*TRANSCRIPTS.key, *names])
        keys = (table[key].to_pylist() for key in CELL)
        conditions = pa.array(map(find, *keys), pa.string())
        members = table.append_column("condition", conditions)
        parts.append(members.filter(conditions.is_valid()) if conditions.null_count else members)
    return pa.concat_tables(parts)


COLUMNS = (
    "text", "language", "flags", "prompt_text", "audio_seconds", "feature_seconds",
    "encode_seconds", "decode_seconds", "run.job", "run.load_seconds", "run.peak_memory_mb",
    "segments.tokens", "segments.avg_logprob", "words.text", "words.probability",
)  # fmt: skip


def _describe(rows: pa.Table) -> pa.Table:
    """Rows of the transcripts table -> `Transcripts.heard`."""
    seconds = (rows[f"{part}_seconds"] for part in ("feature", "encode", "decode"))
    runs = rows["run"].combine_chunks()
    of_run = {
        name: runs.field(name).cast(pa.float64()).fill_null(0.0)
        for name in ("load_seconds", "peak_memory_mb")
    }
    return pa.table(
        {
            "condition": rows["condition"].combine_chunks().dictionary_encode(),
            "repeat": rows["repeat"],
            "language": rows["language"],
            "flags": rows["flags"],
            "avg_logprob": _mean_logprob(rows["segments"]),
            "prompt": rows["prompt_text"],
            "audio_seconds": rows["audio_seconds"],
            "compute_seconds": reduce(pc.add, seconds),
            **of_run,
            "job": runs.field("job").fill_null("").dictionary_encode(),
        }
    )


def _mean_logprob(segments: pa.ChunkedArray) -> pa.Array:
    """Segments of rows -> the mean over their tokens; null where an engine does not tell."""
    lengths, parts = _parts(segments)
    tokens, logprobs = (_floats(parts[name]) for name in ("tokens", "avg_logprob"))
    known = np.isfinite(logprobs) & np.isfinite(tokens)
    rows = Ragged(known, lengths)
    total, count = (rows.sums(np.where(known, values, 0)) for values in (logprobs * tokens, tokens))
    means = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return pa.array(means, from_pandas=True)


def _parts(column: pa.ChunkedArray) -> tuple[np.ndarray, dict[str, pa.Array]]:
    """A column of lists of objects -> how many each row has, and each field of all of them."""
    lists = column.combine_chunks()
    objects = lists.flatten()
    fields = {field.name: objects.field(field.name) for field in objects.type}
    return lists.value_lengths().to_numpy().astype(int), fields


def _floats(values: pa.Array) -> np.ndarray:
    """Numbers -> floats, nan where there is none."""
    floats: np.ndarray = values.cast("float64").to_numpy(zero_copy_only=False)
    return floats
