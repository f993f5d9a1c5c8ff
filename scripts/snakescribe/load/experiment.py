"""One experiment -> the database, in one transaction: afterwards its rows equal the files."""

import logging
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.config.conditions import Experiment
from snakescribe.config.params import ExperimentParams
from snakescribe.database.access import in_database
from snakescribe.load import rows, settings_rows
from snakescribe.load.changes import Change, begin_change, write_change
from snakescribe.load.conditions import settle_conditions
from snakescribe.load.identity import check_corpus, corpus_name, corpus_row
from snakescribe.load.migrate import migrate
from snakescribe.load.places import SCORES
from snakescribe.load.rows import cut_variants
from snakescribe.load.staging import OF_CORPUS, OF_EXPERIMENT, Staging
from snakescribe.load.unchanged import (
    Loaded,
    forget_loaded,
    load_digest,
    read_loaded,
    write_loaded,
)
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.store import digest
from snakescribe.tables import read_table
from snakescribe.tables.metadata import METADATA_FOLDER

STEP_VERSION = 12

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    """What a load did.

    Attributes:
        experiment: its name; empty where only the recordings were loaded.
        corpus: the name of the results folder in the database.
        database: where it is, without user and password.
        schema: the version of its tables.
        digest: of all that was loaded, which the database has too.
        rows: how many were loaded, by table.
        notes: what could not be stored as it was, a sentence each.
    """

    experiment: str
    corpus: str
    database: str
    schema: int
    digest: str
    rows: dict[str, int]
    notes: list[str]


def load_experiment(results: Results, params: ExperimentParams) -> Receipt:
    """Load an experiment's tables and scores -> a receipt; loading again changes nothing.

    Args:
        results: the results folder; as it is written it names the corpus in the database.
        params: the experiment and the entries of all sections that it uses.

    Raises:
        UserError: a file is missing, the database does not answer or refuses the rows, or another
            folder's rows stand under this corpus name.
    """
    experiment, corpus = params.experiment.name, corpus_name(results)

    def work(connection: Connection, database: str) -> Receipt:
        schema = migrate(connection)
        files = load_digest(results, params, STEP_VERSION, schema)
        with connection, connection.cursor() as cursor:
            change = begin_change(cursor, corpus)
            check_corpus(cursor, results)
            loaded = read_loaded(cursor, results, experiment)
            if not files or loaded is None or loaded.digest != files:
                loaded = _load(cursor, results, params, files, change)
                write_loaded(cursor, corpus, experiment, loaded)
            else:
                logger.info("the database has all of it already: nothing to do")
        return Receipt(
            experiment, corpus, database, schema, loaded.digest, loaded.rows, loaded.notes
        )

    receipt = in_database(results.folder, work)
    for note in receipt.notes:
        notify(Kind.TEXT_CHANGED, note)
    return receipt


def nul_notes(nul_texts: int) -> list[str]:
    """How many texts held NUL characters -> what is to be said of it, a sentence each."""
    if not nul_texts:
        return []
    return [f"{nul_texts} texts held NUL characters, which Postgres cannot store; removed"]


def _load(
    cursor: Cursor, results: Results, params: ExperimentParams, files: str, change: int
) -> Loaded:
    experiment, corpus = params.experiment, corpus_name(results)
    cut = cut_variants(experiment)
    with Staging(cursor, OF_CORPUS) as shared:
        _stage_corpus(shared, results, experiment)
        changed = shared.merge(
            corpus=corpus,
            variants=sorted({variant for _, variant in cut}),
            chunkings=experiment.chunkings,
            chunkings_cut=[chunking for chunking, _ in cut],
            variants_cut=[variant for _, variant in cut],
        )
    if changed:
        forget_loaded(cursor, corpus)
    place = {"corpus": corpus, "experiment": experiment.name}
    cursor.execute(
        "select from experiments where corpus = %(corpus)s and experiment = %(experiment)s", place
    )
    is_first = cursor.rowcount == 0
    changed += settle_conditions(cursor, place, experiment)
    with Staging(cursor, OF_EXPERIMENT, is_first=is_first) as own:
        _stage_experiment(own, results, params)
        changed += own.merge(**place)
    write_change(
        cursor,
        Change(
            change, "load", corpus, changed, experiment.name,
            config_digest=digest(params.model_dump()),
        ),
    )  # fmt: skip
    rows_by_table = dict(sorted((shared.rows + own.rows).items()))
    return Loaded(files, rows_by_table, nul_notes(shared.nul_texts + own.nul_texts))


def _stage_corpus(staging: Staging, results: Results, experiment: Experiment) -> None:
    corpus = corpus_name(results)
    staging.add("corpora", corpus_row(results))
    for row in rows.source_rows(results, corpus):
        staging.add("sources", row)
    chunking = experiment.base_condition.chunking
    for row in rows.recording_rows(results, corpus, chunking=chunking):
        staging.add("recordings", row)
    for table, row in rows.metadata_rows(results, corpus, results.folder / METADATA_FOLDER):
        staging.add(table, row)
    for variant in sorted({condition.audio for condition in experiment.conditions}):
        for row in rows.audio_rows(results, corpus, variant):
            staging.add("audio_files", row)
    for chunking in experiment.chunkings:
        for table, row in rows.plan_rows(results, corpus, chunking):
            staging.add(table, row)
    for chunking, variant in cut_variants(experiment):
        for row in rows.chunk_rows(results, corpus, chunking, variant):
            staging.add("chunks", row)


def _stage_experiment(staging: Staging, results: Results, params: ExperimentParams) -> None:
    experiment, corpus = params.experiment, corpus_name(results)
    place = {"corpus": corpus, "experiment": experiment.name}
    staging.add("experiments", settings_rows.experiment_row(params, corpus))
    for row in rows.notice_rows(results, experiment, corpus):
        staging.add("notices", row)
    for row in settings_rows.condition_rows(params, corpus):
        staging.add("conditions", row)
    for row in settings_rows.prompt_term_rows(params, corpus):
        staging.add("prompt_terms", row)
    for row in settings_rows.chain_rows(params, corpus):
        staging.add("processing_chains", row)
    for table, row in rows.transcript_rows(results, params, corpus):
        staging.add(table, row)
    scores = results.folder / "scores" / experiment.name
    for score_table, target in SCORES.items():
        add = staging.add_open if target.has_details else staging.add
        for row in read_table(score_table, scores / score_table.file_name):
            # A table whose details take what has no column has more columns than are declared.
            cells = row if target.has_details else target.row(row)
            add(target.relation, {**cells, **place})
