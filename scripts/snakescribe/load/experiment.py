"""One experiment -> the database, in one transaction: afterwards its rows equal the files."""

from dataclasses import dataclass

from snakescribe.config.conditions import Experiment
from snakescribe.config.params import ExperimentParams
from snakescribe.database.access import open_database
from snakescribe.load import rows
from snakescribe.load.identity import check_corpus, corpus_name, corpus_row
from snakescribe.load.migrate import migrate
from snakescribe.load.places import SCORES
from snakescribe.load.staging import Staging
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.tables import read_table
from snakescribe.tables.metadata import METADATA_FOLDER

STEP_VERSION = 8


@dataclass(frozen=True)
class Receipt:
    """What a load did.

    Attributes:
        experiment: its name; empty where only the recordings were loaded.
        corpus: the name of the results folder in the database.
        database: where it is, without user and password.
        schema: the version of its tables.
        rows: how many were loaded, by table.
        notes: what could not be stored as it was, a sentence each.
    """

    experiment: str
    corpus: str
    database: str
    schema: int
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
    experiment = params.experiment
    corpus = corpus_name(results)
    with open_database(results.folder) as (connection, database):
        schema = migrate(connection)
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (corpus,))
            check_corpus(cursor, results)
            staging = Staging(cursor)
            _stage(staging, results, params, corpus)
            cut = _cut_variants(experiment)
            staging.merge(
                corpus=corpus,
                experiment=experiment.name,
                variants=sorted({variant for _, variant in cut}),
                chunkings=experiment.chunkings,
                chunkings_cut=[chunking for chunking, _ in cut],
                variants_cut=[variant for _, variant in cut],
            )
    return Receipt(
        experiment=experiment.name,
        corpus=corpus,
        database=database,
        schema=schema,
        rows=dict(sorted(staging.rows.items())),
        notes=nul_notes(staging),
    )


def nul_notes(staging: Staging) -> list[str]:
    """What could not be stored as it was, a sentence each, of which notice is given."""
    if not staging.nul_texts:
        return []
    note = f"{staging.nul_texts} texts held NUL characters, which Postgres cannot store; removed"
    notify(Kind.TEXT_CHANGED, note)
    return [note]


def _stage(staging: Staging, results: Results, params: ExperimentParams, corpus: str) -> None:
    experiment = params.experiment
    place = {"corpus": corpus, "experiment": experiment.name}
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
    for chunking, variant in _cut_variants(experiment):
        for row in rows.chunk_rows(results, corpus, chunking, variant):
            staging.add("chunks", row)
    staging.add("experiments", rows.experiment_row(params, corpus))
    for row in rows.notice_rows(results, experiment, corpus):
        staging.add("notices", row)
    for row in rows.condition_rows(params, corpus):
        staging.add("conditions", row)
    for table, row in rows.transcript_rows(results, params, corpus):
        staging.add(table, row)
    scores = results.folder / "scores" / experiment.name
    for score_table, target in SCORES.items():
        add = staging.add_open if target.has_details else staging.add
        for row in read_table(score_table, scores / score_table.file_name):
            # A table whose details take what has no column has more columns than are declared.
            cells = row if target.has_details else target.row(row)
            add(target.relation, {**cells, **place})


def _cut_variants(experiment: Experiment) -> list[tuple[str, str]]:
    """An experiment -> its chunkings with the audio variants that each cuts for it."""
    return sorted({(cell.chunking, cell.audio) for cell in experiment.conditions})
