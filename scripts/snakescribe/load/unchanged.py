"""Whether an experiment's rows are what its files say already: then there is nothing to load."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.extras import Json

from snakescribe import __version__
from snakescribe.config.params import ExperimentParams
from snakescribe.load.identity import corpus_name, corpus_row
from snakescribe.load.places import GAMES, METADATA, SCORES
from snakescribe.load.rows import cut_variants, installed_libraries
from snakescribe.results import Results
from snakescribe.store import digest, file_sha256
from snakescribe.tables import AUDIO, CHUNKS, ITEMS, NOTICES, PLANS, RECORDINGS, SOURCES
from snakescribe.tables.metadata import METADATA_FOLDER


@dataclass(frozen=True)
class Loaded:
    """What a load brought: the digest of all of it, rows by table, and sentences for people."""

    digest: str
    rows: dict[str, int]
    notes: list[str]


def load_digest(results: Results, params: ExperimentParams, *versions: int) -> str:
    """All that the rows of an experiment are made of -> a digest; empty where a file is missing.

    Args:
        results: the folder.
        params: the experiment and the entries of all sections that it uses.
        versions: of what makes rows of it, and of the tables.
    """
    files = sorted(set(input_files(results, params)))
    terms = [Path(prompt.terms) for prompt in params.prompts.values() if prompt.terms]
    if not all(path.exists() for path in [*files, *terms]):
        return ""
    contents = {path.relative_to(results.folder).as_posix(): file_sha256(path) for path in files}
    contents |= {f"terms {path}": file_sha256(path) for path in terms}
    made_with = [*versions, __version__, installed_libraries()]
    return digest(corpus_name(results), params.model_dump(), made_with, contents)


def input_files(results: Results, params: ExperimentParams) -> Iterator[Path]:
    """The files that a load of an experiment reads; of the notices those that are there."""
    experiment = params.experiment
    yield from (results.path(table) for table in (ITEMS, SOURCES, *GAMES))
    yield from (results.folder / METADATA_FOLDER / table.file_name for table in METADATA)
    yield from (results.folder / "scores" / experiment.name / table.file_name for table in SCORES)
    for step, place in results.notice_jobs(experiment):
        path = results.path(NOTICES, step=step, place=place)
        if path.exists():
            yield path
    if not results.path(ITEMS).exists():
        return
    for shard in results.shards():
        yield results.path(RECORDINGS, shard=shard)
        for chunking in experiment.chunkings:
            yield results.path(PLANS, chunking=chunking, shard=shard)
        for chunking, variant in cut_variants(experiment):
            yield results.path(AUDIO, variant=variant, shard=shard)
            yield results.path(CHUNKS, chunking=chunking, variant=variant, shard=shard)
        yield from (path for path, _ in results.transcript_files(experiment, shard))


def read_loaded(cursor: Cursor, results: Results, experiment: str) -> Loaded | None:
    """What the database says of the last load of an experiment, if nobody has changed rows since.

    None too where the folder was moved: the database has its old place.
    """
    cursor.execute(
        "select digest, rows, notes from loads join corpora using (corpus) "
        "where (corpus, identity, folder) = (%(corpus)s, %(identity)s, %(folder)s) "
        "and experiment = %(experiment)s",
        {**corpus_row(results), "experiment": experiment},
    )
    row = cursor.fetchone()
    return Loaded(*row) if row else None


def write_loaded(cursor: Cursor, corpus: str, experiment: str, loaded: Loaded) -> None:
    """Keep what a load brought."""
    cursor.execute(
        "insert into loads (corpus, experiment, digest, rows, notes) values (%s, %s, %s, %s, %s) "
        "on conflict (corpus, experiment) do update set digest = excluded.digest, "
        "rows = excluded.rows, notes = excluded.notes, loaded_at = default",
        (corpus, experiment, loaded.digest, Json(loaded.rows), Json(loaded.notes)),
    )


def forget_loaded(cursor: Cursor, corpus: str) -> None:
    """What experiments of a corpus share has changed: the next load of each looks at all rows."""
    cursor.execute("delete from loads where corpus = %s", (corpus,))
