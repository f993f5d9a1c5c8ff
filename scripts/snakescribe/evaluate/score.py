"""Transcripts and references -> the errors of every chunk under every condition."""

import gc
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.config.sweep import Experiment
from snakescribe.evaluate.check import warn_of_unknown_fields
from snakescribe.evaluate.columns import make_table, score_schema
from snakescribe.evaluate.metrics import find_metric
from snakescribe.evaluate.normalizers import find_normalizer
from snakescribe.evaluate.score_chunk import ChunkScorer
from snakescribe.evaluate.spoken import SpokenChunk, read_spoken
from snakescribe.evaluate.transcripts import Heard, read_heard
from snakescribe.results import Results
from snakescribe.store import replacing
from snakescribe.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

STEP_VERSION = 1

logger = logging.getLogger(__name__)

# Rows are Python objects until they are in a table: ten times as large.
ROWS_IN_TABLE = 20_000


def score_experiment(results: Path, settings: Row, output: Path, threads: int = 1) -> int:
    """A results folder and the settings of an experiment -> the file of scores; returns its rows.

    Args:
        results: the folder that the config's `results` names.
        settings: `experiment` and `scoring`, see `snakescribe.config.slices.scoring_settings`.
        output: the Parquet file to write: one row for each condition, chunk and normaliser; its
            columns are those of `snakescribe.evaluate.columns`.
        threads: shards scored at the same time.

    Raises:
        UserError: an unknown normaliser or metric, a table missing.
    """
    from pyarrow.parquet import ParquetWriter

    scoring = settings["scoring"]
    metrics = [find_metric(name) for name in scoring["metrics"]]
    schema = score_schema(metrics, scoring["strata"])
    folder = Results(results)
    items = folder.items()
    warn_of_unknown_fields(items, scoring)
    jobs = {
        shard: {item["recording"]: item for item in items if item["shard"] == shard}
        for shard in folder.shards()
    }
    work = partial(_score_shard, results, settings)
    count = 0
    with replacing(output) as part, ParquetWriter(part, schema, compression="zstd") as writer:
        for tables in _in_order(work, jobs, threads):
            for table in tables:
                count += table.num_rows
                writer.write_table(table, row_group_size=ROWS_IN_TABLE)
    return count


def _in_order(
    work: Any, jobs: dict[str, dict[str, Row]], threads: int
) -> "Iterator[list[pa.Table]]":
    if threads == 1 or len(jobs) < 2:
        yield from map(work, jobs, jobs.values())
        return
    # Millions of objects and no cycles among them: to look for some takes time.
    with ProcessPoolExecutor(min(threads, len(jobs)), initializer=gc.disable) as pool:
        yield from pool.map(work, jobs, jobs.values())


def _score_shard(
    results: Path, settings: Row, shard: str, items: dict[str, Row]
) -> "list[pa.Table]":
    """A shard -> its scores in tables that have one normaliser each, to be read alone."""

    experiment, scoring = Experiment.from_settings(settings["experiment"]), settings["scoring"]
    metrics = [find_metric(name) for name in scoring["metrics"]]
    folder = Results(results)
    plans, heard = read_heard(folder, experiment, shard)
    spoken = list(read_spoken(folder, experiment, scoring, shard, plans, items, heard))
    if "whisper_english" in scoring["normalizers"]:
        _warn_of_languages({chunk.language.split("-")[0] for chunk in spoken})
    schema = score_schema(metrics, scoring["strata"])
    tables = []
    for name in scoring["normalizers"]:
        scorer = ChunkScorer(find_normalizer(name), metrics, scoring)
        for batch in _batches(spoken, heard):
            scored = (
                (scorer.describe(chunk), scorer.score(chunk, heard[chunk.id])) for chunk in batch
            )
            tables.append(make_table(scored, schema))
    return tables


def _batches(
    spoken: Sequence[SpokenChunk], heard: Mapping[str, Mapping[str, Heard]]
) -> Iterator[Sequence[SpokenChunk]]:
    """Chunks -> the same in runs of about `ROWS_IN_TABLE` rows."""
    start = rows = 0
    for stop, chunk in enumerate(spoken, start=1):
        rows += len(heard[chunk.id])
        if rows >= ROWS_IN_TABLE or stop == len(spoken):
            yield spoken[start:stop]
            start, rows = stop, 0


def _warn_of_languages(languages: set[str]) -> None:
    if foreign := sorted(languages - {"en", ""}):
        logger.warning(
            "the normaliser whisper_english is for English, and there are recordings in %s; "
            "put another one first in scoring.normalizers, such as basic",
            ", ".join(foreign),
        )
