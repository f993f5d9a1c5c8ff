"""One experiment -> the database, in one transaction: afterwards its rows equal the files."""

from typing import TYPE_CHECKING

from snakescribe.errors import UserError
from snakescribe.load.places import SCORES
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.tables import ITEMS, Row, read_table

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor  # noqa: N812

    from snakescribe.config.experiments import Experiment
    from snakescribe.load.staging import Staging

STEP_VERSION = 4


def load_experiment(results: Results, settings: Row) -> Row:
    """Load an experiment's tables and scores; loading again changes nothing.

    Args:
        results: the results folder; as it is written it names the corpus in the database.
        settings: what `snakescribe.config.params.ExperimentParams` gives.

    Returns:
        The receipt: experiment, corpus, database (without user and password), schema version,
        rows by table, and notes on what could not be stored as it was.

    Raises:
        UserError: a file is missing, the database does not answer or refuses the rows, or another
            folder has loaded other recordings under this corpus name.
    """
    from snakescribe.config.experiments import Experiment
    from snakescribe.database.connect import open_database
    from snakescribe.load.migrate import migrate
    from snakescribe.load.staging import Staging

    experiment = Experiment.from_settings(settings["experiment"])
    corpus = results.folder.as_posix()
    with open_database(results.folder) as (connection, database):
        schema = migrate(connection)
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (corpus,))
            _check_corpus(cursor, results, corpus)
            staging = Staging(cursor)
            _stage(staging, results, experiment, settings, corpus)
            variants = sorted({condition.audio for condition in experiment.conditions})
            staging.merge(corpus=corpus, experiment=experiment.name, variants=variants)
    receipt = {
        "experiment": experiment.name,
        "corpus": corpus,
        "database": database,
        "schema": schema,
        "rows": dict(sorted(staging.rows.items())),
        "notes": [],
    }
    if staging.nul_texts:
        note = (
            f"{staging.nul_texts} texts held NUL characters, which Postgres cannot store; removed"
        )
        notify(Kind.TEXT_CHANGED, note)
        receipt["notes"] = [note]
    return receipt


def _stage(
    staging: "Staging", results: Results, experiment: "Experiment", settings: Row, corpus: str
) -> None:
    from snakescribe.load import rows

    place = {"corpus": corpus, "experiment": experiment.name}
    staging.add("corpora", {"corpus": corpus, "folder": str(results.folder.resolve())})
    for row in rows.recording_rows(results, corpus):
        staging.add("recordings", row)
    for table, row in rows.metadata_rows(results, corpus):
        staging.add(table, row)
    for variant in sorted({condition.audio for condition in experiment.conditions}):
        for row in rows.audio_rows(results, corpus, variant):
            staging.add("audio_files", row)
        for row in rows.chunk_rows(results, corpus, variant):
            staging.add("chunks", row)
    staging.add("experiments", rows.experiment_row(settings, corpus))
    for row in rows.notice_rows(results, experiment, corpus):
        staging.add("notices", row)
    for row in rows.condition_rows(settings, corpus):
        staging.add("conditions", row)
    for table, row in rows.transcript_rows(results, experiment, settings, corpus):
        staging.add(table, row)
    scores = results.folder / "scores" / experiment.name
    for score_table, target in SCORES.items():
        add = staging.add_open if target.has_details else staging.add
        for row in read_table(score_table, scores / score_table.file_name):
            add(target.relation, {**row, **place})


def _check_corpus(cursor: "Cursor", results: Results, corpus: str) -> None:
    """Two people whose results folders have the same name must not remove each other's rows.

    A folder that was moved has recordings in common with what was loaded from its old place.
    """
    cursor.execute("select folder from corpora where corpus = %s", (corpus,))
    found = cursor.fetchone()
    if found is None or found[0] == str(results.folder.resolve()):
        return
    cursor.execute(
        "select count(*), count(*) filter (where recording = any(%s)) from recordings "
        "where corpus = %s",
        ([item["recording"] for item in results.items()], corpus),
    )
    there, common = cursor.fetchone() or (0, 0)
    if there and not common:
        raise UserError(
            f"{results.path(ITEMS)}: the database holds other recordings under the name "
            f"'{corpus}', loaded from {found[0]}; name this run's `results` otherwise, or remove "
            "those first: `snakescribe db shell --write`, "
            f"delete from corpora where corpus = '{corpus}'"
        )
