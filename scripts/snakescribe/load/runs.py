"""Runs that a database remembers: every load of an experiment that changed rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime

from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.config.database import Database
from snakescribe.database.access import open_loaded
from snakescribe.errors import UserError
from snakescribe.load.identity import corpus_name
from snakescribe.results import Results


@dataclass(frozen=True)
class Run:
    """A load of an experiment.

    Attributes:
        run: its number in the database.
        corpus: the results folder that it came from.
        experiment: the experiment's name.
        state: `present`: the tables have its rows; `earlier`: later runs changed them; `deleted`.
        created_at: when it was loaded.
        person: who loaded it.
        host: on which machine.
        program: with what.
        config_digest: SHA-256 of the experiment's settings.
        changed_rows: how many rows it changed.
    """

    run: int
    corpus: str
    experiment: str
    state: str
    created_at: datetime
    person: str
    host: str
    program: str
    config_digest: str
    changed_rows: int


_COLUMNS = ", ".join(field.name for field in fields(Run))


@contextmanager
def remembered(results: Results, configured: Database) -> Iterator[tuple[Connection, str]]:
    """A results folder, the section `database` -> a connection, and the database's name.

    Raises:
        UserError: the database does not answer, or nothing was loaded since it remembers runs.
    """
    with open_loaded(results.folder, configured) as (connection, database):
        with connection, connection.cursor() as cursor:
            cursor.execute("select to_regclass('experiment_runs')")
            if cursor.fetchone() == (None,):
                raise UserError(
                    f"{database}: this database remembers no runs yet; the next load of an "
                    "experiment (`snakemake load`) begins with it"
                )
        yield connection, database


def list_runs(results: Results, configured: Database, *, all_corpora: bool = False) -> list[Run]:
    """A results folder -> its runs, the oldest first, or those of all folders.

    Raises:
        UserError: as `remembered`.
    """
    with remembered(results, configured) as (connection, _), connection.cursor() as cursor:
        cursor.execute(
            f"select {_COLUMNS} from experiment_runs where %(all)s or corpus = %(corpus)s "
            "order by run",
            {"all": all_corpora, "corpus": corpus_name(results)},
        )
        return [Run(*row) for row in cursor.fetchall()]


def find_run(cursor: Cursor, number: int) -> Run:
    """The number of a run -> the run.

    Raises:
        UserError: there is none.
    """
    cursor.execute(f"select {_COLUMNS} from experiment_runs where run = %s", (number,))
    row = cursor.fetchone()
    if row is None:
        raise UserError(
            f"{number}: the database remembers no run of this number; `snakescribe db runs` lists "
            "them"
        )
    return Run(*row)
