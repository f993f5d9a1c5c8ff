"""Whose rows stand under a corpus name: nobody's are replaced unasked.

A results folder gets an identity when it is first loaded, a random UUID in `corpus.json`. It moves
with the folder; the database keeps it beside the corpus name.
"""

import shlex
from pathlib import Path
from uuid import uuid4

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.config.database import Database
from snakescribe.database.access import open_database
from snakescribe.errors import UserError
from snakescribe.load.changes import Change, begin_change, write_change
from snakescribe.load.migrate import migrate
from snakescribe.results import Results
from snakescribe.store import DamagedError, alone, read_facts, write_facts
from snakescribe.tables import Row

IDENTITY_FILE = "corpus.json"


def corpus_name(results: Results) -> str:
    """A results folder -> the first part of all its keys in the database."""
    return results.folder.as_posix()


def corpus_row(results: Results) -> Row:
    """A results folder -> its row of `corpora`."""
    return {
        "corpus": corpus_name(results),
        "folder": str(results.folder.resolve()),
        "identity": corpus_identity(results.folder),
    }


def corpus_identity(folder: Path) -> str:
    """A results folder -> its identity, which is made where it has none.

    Raises:
        UserError: the file that keeps it is damaged.
    """
    with alone(folder):
        identity = _read_identity(folder)
        if identity is None:
            identity = str(uuid4())
            write_facts(folder / IDENTITY_FILE, {"identity": identity})
    return identity


def check_corpus(cursor: Cursor, results: Results) -> None:
    """See to it that the rows under the name of this folder are its own, or none.

    Raises:
        UserError: they are another folder's, or this folder is a copy of the one they came from.
    """
    row = corpus_row(results)
    cursor.execute("select identity, folder from corpora where corpus = %(corpus)s", row)
    known = cursor.fetchone()
    if known is None:
        return
    identity, folder = known
    if identity is None:
        if folder == row["folder"] and _has_recordings_of(cursor, results):
            return
    elif identity == row["identity"]:
        copied = _is_copy(results.folder, Path(folder), identity)
        if not copied or _has_database(results.folder, cursor):
            return
        raise UserError(
            f"{results.folder}: this folder is a copy of {folder}, whose rows the database has as "
            f"corpus '{row['corpus']}'; {_choice(results)}"
        )
    raise UserError(
        f"{results.folder}: the database has a corpus '{row['corpus']}' already, which was loaded "
        f"from another folder: {folder}; {_choice(results)}"
    )


def claim_corpus(results: Results, configured: Database) -> str:
    """Make the rows under the name of this folder its own; return what happened, in words.

    Args:
        results: the folder.
        configured: the section `database` of its config.

    Raises:
        UserError: there is no such folder, or the database does not answer.
    """
    if not results.folder.is_dir():
        raise UserError(f"{results.folder}: there is no such folder; run the workflow first")
    with open_database(results.folder, configured) as (connection, database):
        migrate(connection)
        with connection, connection.cursor() as cursor:
            row = corpus_row(results)
            change = begin_change(cursor, row["corpus"])
            cursor.execute(
                "update corpora set identity = %(identity)s, folder = %(folder)s "
                "where corpus = %(corpus)s",
                row,
            )
            if not cursor.rowcount:
                return f"{database}: there is no corpus '{row['corpus']}' yet: nothing to claim"
            cursor.execute("delete from loads where corpus = %(corpus)s", row)
            write_change(cursor, Change(change, "claim", row["corpus"], 1))
    return (
        f"{database}: the corpus '{row['corpus']}' is that of {row['folder']} now; the next load "
        "makes its rows equal to the files there"
    )


def _read_identity(folder: Path) -> str | None:
    path = folder / IDENTITY_FILE
    try:
        return str(read_facts(path)["identity"])
    except FileNotFoundError:
        return None
    except (DamagedError, KeyError):
        raise UserError(
            f"{path}: this is not what was written, and says no more whose rows in the database "
            "are this folder's; put the file back, or remove it: the next load makes a new "
            "identity, and says what to do where the database knows the old one"
        ) from None


def _has_recordings_of(cursor: Cursor, results: Results) -> bool:
    """Whether rows that have no identity may be this folder's: they are none, or have some of its.

    The same absolute path is not enough: on another machine, or in another container, it is
    another folder.
    """
    cursor.execute(
        "select count(*), count(*) filter (where recording = any(%s)) from recordings "
        "where corpus = %s",
        ([item["recording"] for item in results.items()], corpus_name(results)),
    )
    there, common = cursor.fetchone() or (0, 0)
    return bool(common or not there)


def _is_copy(here: Path, there: Path, identity: str) -> bool:
    """Whether the folder that was loaded is still there, and is not this one."""
    try:
        return not there.samefile(here) and _read_identity(there) == identity
    except (OSError, UserError):
        return False  # it was moved here, or another machine has it


def _has_database(folder: Path, cursor: Cursor) -> bool:
    """Whether the server keeps its data in the results folder itself, and was copied with it."""
    # Roles that may not know get no row.
    cursor.execute("select setting from pg_settings where name = 'data_directory'")
    told = cursor.fetchone()
    return bool(told) and Path(told[0]).is_relative_to(folder.resolve())


def _choice(results: Results) -> str:
    corpus = corpus_name(results).replace("'", "''")
    delete = f"delete from corpora where corpus = '{corpus}'"
    place = shlex.quote(str(results.folder))
    return (
        "nothing was changed. Give this run another `results` folder, to have both; or call "
        f"`snakescribe db claim {place}` if these rows are this run's and may be "
        "replaced; or remove them: "
        f"`snakescribe db shell {place} --write -c {shlex.quote(delete)}`"
    )
