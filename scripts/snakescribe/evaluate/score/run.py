"""Transcripts and references -> the errors of every chunk under every condition."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter
from pyarrow.types import is_dictionary

from snakescribe.errors import UserError
from snakescribe.evaluate.metrics import counted_metrics
from snakescribe.evaluate.normalize.languages import find_unsuited
from snakescribe.evaluate.normalize.registry import find_rules
from snakescribe.evaluate.params import ScoreParams
from snakescribe.evaluate.reference.corrections import notify_of_strangers
from snakescribe.evaluate.score.audit import Auditor
from snakescribe.evaluate.score.batch import make_batches
from snakescribe.evaluate.score.chunks import ChunkReader, SpokenChunk
from snakescribe.evaluate.score.rows import BatchScorer
from snakescribe.evaluate.score.shard import read_shard
from snakescribe.evaluate.score.strata import warn_of_unknown_fields
from snakescribe.evaluate.score.table import score_schema
from snakescribe.evaluate.score.text_flags import TextFlagger
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.languages import language_code
from snakescribe.notices import Kind, Notice, collected, notify, pass_on
from snakescribe.results import Results
from snakescribe.store import replacing, scratch
from snakescribe.tables import Row

STEP_VERSION = 11

# Different raw words at which to forget what was learnt.
MOST_REMEMBERED = 1_000_000


class ShardScorer:
    """Scores shard after shard; what it learns about words serves the next one."""

    def __init__(self, folder: Results, params: ScoreParams) -> None:
        """Take the results folder and the parameters of `score_experiment`."""
        self._folder = folder
        self._params = params
        self._experiment = params.experiment
        self._scoring = params.scoring
        self._unit_fields = params.unit_fields
        self._raw = Vocabulary()
        self._flagger = TextFlagger(self._raw)
        self._scorers: dict[tuple[str, str], BatchScorer] = {}

    @property
    def schema(self) -> pa.Schema:
        """The columns of the scores."""
        metrics = counted_metrics(self._params.metrics)
        return score_schema(metrics, self._scoring.strata, self._unit_fields)

    def score(self, shard: str, items: dict[str, Row]) -> list[pa.Table]:
        """A shard's name and items -> its scores, in tables of one normaliser, to be read alone."""
        experiment, scoring = self._experiment, self._scoring
        metrics, schema = counted_metrics(self._params.metrics), self.schema
        if len(self._raw) > MOST_REMEMBERED:
            self._raw, self._scorers = Vocabulary(), {}
            self._flagger = TextFlagger(self._raw)
        rows = read_shard(self._folder, self._params, shard, items, self._raw)
        spoken = list(ChunkReader(experiment, scoring, rows).read())
        _notify_of_languages(spoken, scoring.rules)
        if self._params.translating:
            _notify_of_translations(spoken, self._params.translating)
        tables: dict[str, list[pa.Table]] = {name: [] for name in scoring.rules}
        for batch in make_batches(spoken, rows.transcripts, self._flagger):
            for name, done in tables.items():
                key = name, batch.language
                if key not in self._scorers:
                    levels = scoring.strata, self._unit_fields
                    rules = find_rules(name, scoring.conventions)
                    self._scorers[key] = BatchScorer(
                        rules, batch.language, self._raw, metrics, levels
                    )
                done.append(self._scorers[key].score(batch, schema))
        return [table for done in tables.values() for table in done]


def score_experiment(results: Path, params: ScoreParams, output: Path, threads: int = 1) -> int:
    """A results folder and an experiment -> the file of scores; returns how many rows it has.

    Args:
        results: the folder that the config's `results` names.
        params: the experiment and what counts as an error.
        output: the Parquet file to write: one row for each condition, chunk and normaliser; its
            columns are those of `snakescribe.evaluate.score.table`.
        threads: shards scored at the same time.

    Raises:
        UserError: an unknown normaliser or metric, a table missing.
        MiscountedError: what was computed a second time is not the same.
    """
    folder = Results(results)
    scorer = ShardScorer(folder, params)
    items = folder.items()
    warn_of_unknown_fields(items, params.scoring, params.unit_fields)
    notify_of_strangers(params.scoring.corrections, {item["recording"] for item in items})
    jobs = {
        shard: {item["recording"]: item for item in items if item["shard"] == shard}
        for shard in folder.shards()
    }
    count, auditor = 0, Auditor(params.scoring.conventions)
    labels = [field.name for field in scorer.schema if is_dictionary(field.type)]
    options = {"compression": "zstd", "use_dictionary": labels}
    with (
        replacing(output) as part,
        ParquetWriter(part, scorer.schema, **options) as writer,
        _scored(scorer, jobs, threads) as tables,
    ):
        for table in tables:
            count += table.num_rows
            if table.num_rows:  # a row group without rows has no normaliser
                auditor.see(table)
                writer.write_table(table)
        auditor.check().write(writer)
    return count


@contextmanager
def _scored(
    scorer: ShardScorer, jobs: dict[str, dict[str, Row]], threads: int
) -> Iterator[Iterator[pa.Table]]:
    """Score shards, several at a time; yield their tables, in order of the shards."""
    if threads == 1 or len(jobs) < 2:
        yield (table for shard, items in jobs.items() for table in scorer.score(shard, items))
        return
    workers = min(threads, len(jobs))
    # Tables come from the workers as files: through a pipe takes ten times as long.
    with (
        scratch() as folder,
        ProcessPoolExecutor(workers, None, _start_worker, (scorer, folder)) as pool,
    ):
        try:
            yield _read_back(pool.map(_score_in_worker, jobs, jobs.values()))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _read_back(scored: Iterable[tuple[Path, dict[Notice, int]]]) -> Iterator[pa.Table]:
    """What the workers wrote of each shard -> the tables."""
    for path, notices in scored:
        pass_on(notices)
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as batches:
            path.unlink()
            for batch in batches:
                yield pa.Table.from_batches([batch])


_of_worker: list[tuple[ShardScorer, Path]] = []


def _start_worker(scorer: ShardScorer, folder: Path) -> None:
    gc.disable()  # millions of objects and no cycles among them: to look for some takes time
    _of_worker.append((scorer, folder))


def _score_in_worker(shard: str, items: dict[str, Row]) -> tuple[Path, dict[Notice, int]]:
    scorer, folder = _of_worker[0]
    with collected() as notices:
        tables = scorer.score(shard, items)
    path = folder / f"{shard}.arrow"
    try:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, scorer.schema) as stream:
            for table in tables:
                stream.write_table(table)
    except OSError as error:  # a full disk, mostly
        hint = "set TMPDIR to a folder that has room and may be written to"
        raise UserError(f"{path}: {error}; {hint}") from error
    return path, notices.counts()


def _notify_of_translations(chunks: Iterable[SpokenChunk], decodings: Sequence[str]) -> None:
    """Give notice of recordings in other languages, translated into English and scored."""
    scored = {
        chunk.item["recording"]: language_code(chunk.language) or chunk.language
        for chunk in chunks
        if chunk.reference is not None
    }
    for recording, language in scored.items():
        if language not in ("en", ""):
            text = f"in '{language}', and translated into English by {', '.join(decodings)}"
            notify(Kind.TRANSLATION_SCORED, text, recording=recording)


def _notify_of_languages(chunks: Iterable[SpokenChunk], normalizers: Sequence[str]) -> None:
    """Give notice of recordings in languages that a normaliser does not suit, or in none known."""
    languages = {
        chunk.item["recording"]: language_code(chunk.language) or chunk.language for chunk in chunks
    }
    for recording, language in languages.items():
        for name in normalizers:
            if reason := find_unsuited(name, language):
                text = f"in '{language}', which the normaliser {name} does not suit: {reason}"
                notify(Kind.NORMALIZER_LANGUAGE, text, recording=recording)
        if not language and "auto" in normalizers:
            text = "its language is not known: the normaliser auto takes the rules of basic"
            remedy = "say the recording's `language` in its source or table"
            notify(Kind.NORMALIZER_LANGUAGE, text, recording=recording, remedy=remedy)
