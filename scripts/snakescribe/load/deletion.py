"""Runs are deleted with all that belongs to them, and can be restored."""

from psycopg2.errors import ForeignKeyViolation, UniqueViolation
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Identifier

from snakescribe.config.database import Database
from snakescribe.errors import UserError
from snakescribe.load.changes import Change, begin_change, person, write_change
from snakescribe.load.identity import corpus_name
from snakescribe.load.migrate import migrate
from snakescribe.load.runs import Run, find_run, remembered
from snakescribe.load.staging import OF_EXPERIMENT, SCOPES
from snakescribe.results import Results


def delete_run(results: Results, configured: Database, number: int) -> str:
    """Delete a run -> what happened, in words.

    The rows of the present run leave the tables, with all that belongs to them; the database keeps
    them aside. An earlier one is marked, and is compared no more.

    Args:
        results: the results folder.
        configured: the section `database` of its config.
        number: the run's.

    Raises:
        UserError: there is no such run, it is another folder's, or it is deleted already.
    """
    with remembered(results, configured) as (connection, database):
        migrate(connection)
        with connection, connection.cursor() as cursor:
            change = begin_change(cursor, corpus_name(results))
            run = _own_run(cursor, results, number)
            if run.state == "deleted":
                raise UserError(f"run {number} is deleted already; `db restore` brings it back")
            removed = _remove(cursor, run) if run.state == "present" else 0
            write_change(
                cursor,
                Change(
                    change, "delete", run.corpus, removed, run.experiment, run.config_digest, number
                ),
            )
            _mark(cursor, number, person())
    what = f"run {number} of {run.experiment} ({run.corpus})"
    if run.state == "present":
        return f"{database}: deleted {what}: {removed} rows; `db restore {number}` brings it back"
    return f"{database}: deleted {what}, which later runs had changed already"


def restore_run(results: Results, configured: Database, number: int) -> str:
    """Bring a deleted run back -> what happened, in words.

    Raises:
        UserError: there is no such run, it is another folder's or not deleted, its experiment
            was loaded again since, or the recordings that it is of are gone.
    """
    with remembered(results, configured) as (connection, database):
        migrate(connection)
        with connection, connection.cursor() as cursor:
            change = begin_change(cursor, corpus_name(results))
            run = _own_run(cursor, results, number)
            if run.state != "deleted":
                raise UserError(f"run {number} is not deleted, there is nothing to restore")
            restored = _bring_back(cursor, run, change)
            write_change(
                cursor,
                Change(
                    change, "restore", run.corpus, restored, run.experiment, run.config_digest,
                    number,
                ),
            )  # fmt: skip
            _mark(cursor, number, None)
    return f"{database}: restored run {number} of {run.experiment} ({run.corpus}): {restored} rows"


def _own_run(cursor: Cursor, results: Results, number: int) -> Run:
    run = find_run(cursor, number)
    if run.corpus != corpus_name(results):
        raise UserError(
            f"run {number} is of another results folder, {run.corpus}; call this with "
            f"`--configfile {run.corpus}`, or with its config"
        )
    return run


def _remove(cursor: Cursor, run: Run) -> int:
    """Remove an experiment's rows, those that refer to others first; return how many."""
    removed = 0
    for table in reversed(OF_EXPERIMENT):
        cursor.execute(
            SQL(f"delete from {{}} where {SCOPES[table]}").format(Identifier(table)),
            {"corpus": run.corpus, "experiment": run.experiment},
        )
        removed += cursor.rowcount
    return removed


def _bring_back(cursor: Cursor, run: Run, change: int) -> int:
    """Put the rows back that went when a run was deleted; return how many."""
    cursor.execute(
        "select max(change) from changes where kind = 'delete' and of_change = %s", (run.run,)
    )
    (deletion,) = cursor.fetchone() or (None,)
    if deletion is None:
        return 0  # it was an earlier one: there is nothing but a mark
    restored = 0
    try:
        for table in OF_EXPERIMENT:
            cursor.execute(
                SQL(
                    "insert into {table} select r.* from past_rows p cross join lateral "
                    "jsonb_populate_record(null::{table}, "
                    "p.content || jsonb_build_object('since_change', %(change)s)) r "
                    "where p.relation = %(table)s and p.until_change = %(deletion)s"
                ).format(table=Identifier(table)),
                {"change": change, "table": table, "deletion": deletion},
            )
            restored += cursor.rowcount
    except UniqueViolation:
        raise UserError(
            f"{run.experiment} was loaded again since run {run.run} was deleted: to have the "
            "earlier rows back, delete the present run first"
        ) from None
    except ForeignKeyViolation:
        raise UserError(
            f"run {run.run} cannot be restored: recordings or chunks that it is of are no more in "
            "the database; load its results again"
        ) from None
    return restored


def _mark(cursor: Cursor, number: int, deleted_by: str | None) -> None:
    cursor.execute(
        "update changes set modified_at = now(), deleted_by = %(by)s, "
        "deleted_at = case when %(by)s is not null then now() end where change = %(change)s",
        {"by": deleted_by, "change": number},
    )
