"""What is known of the recordings before anything is fetched -> the database."""

from psycopg2.extensions import connection as Connection  # noqa: N812

from snakescribe.database.access import in_database
from snakescribe.load import rows
from snakescribe.load.changes import Change, begin_change, write_change
from snakescribe.load.experiment import Receipt, nul_notes
from snakescribe.load.identity import check_corpus, corpus_name, corpus_row
from snakescribe.load.migrate import migrate
from snakescribe.load.staging import LISTED, Staging
from snakescribe.load.unchanged import forget_loaded
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.tables.metadata import DESCRIBED_FOLDER

STEP_VERSION = 2


def load_listed(results: Results) -> Receipt:
    """Load the recordings and what sites say about them -> a receipt.

    Recordings that were fetched keep their status; experiments are left as they are. Loading again
    changes nothing.

    Raises:
        UserError: as `load_experiment`.
    """
    corpus = corpus_name(results)

    def work(connection: Connection, database: str) -> Receipt:
        schema = migrate(connection)
        with connection, connection.cursor() as cursor:
            change = begin_change(cursor, corpus)
            check_corpus(cursor, results)
            with Staging(cursor, LISTED) as staging:
                staging.add("corpora", corpus_row(results))
                for row in rows.recording_rows(results, corpus, listed=True):
                    staging.add("recordings", row)
                for row in rows.source_rows(results, corpus):
                    staging.add("sources", row)
                folder = results.folder / DESCRIBED_FOLDER
                for table, row in rows.metadata_rows(results, corpus, folder):
                    staging.add(table, row)
                if changed := staging.merge(corpus=corpus):
                    forget_loaded(cursor, corpus)
            write_change(cursor, Change(change, "recordings", corpus, changed))
        by_table = dict(sorted(staging.rows.items()))
        return Receipt("", corpus, database, schema, "", by_table, nul_notes(staging.nul_texts))

    receipt = in_database(results.folder, work)
    for note in receipt.notes:
        notify(Kind.TEXT_CHANGED, note)
    return receipt
