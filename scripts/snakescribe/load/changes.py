"""Changes of the database: each has a number, and a row that says who made it and with what.

Triggers keep what rows said before (the migration on history); they take the number from a setting
of the transaction.
"""

import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from getpass import getuser

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe import __version__


@dataclass(frozen=True)
class Change:
    """What a transaction did.

    Attributes:
        change: its number.
        kind: `load`, `recordings`, `claim`, `delete` or `restore`.
        corpus: whose rows.
        changed_rows: how many were new, changed or removed.
        experiment: whose rows; None where only the recordings were loaded.
        config_digest: of the experiment's settings.
        of_change: the run that was deleted or restored.
    """

    change: int
    kind: str
    corpus: str
    changed_rows: int
    experiment: str | None = None
    config_digest: str | None = None
    of_change: int | None = None


def begin_change(cursor: Cursor, corpus: str) -> int:
    """Hold a corpus alone until the transaction ends -> the number of what it changes.

    Else a trigger takes a change for one by hand.
    """
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (corpus,))
    cursor.execute("set local snakescribe.loading = 'yes'")
    cursor.execute(
        "select set_config('snakescribe.change', "
        "nextval(pg_get_serial_sequence('changes', 'change'))::text, true)::bigint"
    )
    (change,) = cursor.fetchone() or (0,)
    return int(change)


def write_change(cursor: Cursor, change: Change) -> None:
    """Say who made a change, and with what; one that changed no row is none."""
    if change.changed_rows:
        made = {**asdict(change), "person": person(), "host": socket.gethostname()}
        made["program"] = f"snakescribe {__version__}"
        cursor.execute(
            f"insert into changes ({', '.join(made)}) "
            f"values ({', '.join(f'%({name})s' for name in made)})",
            made,
        )


def person() -> str:
    """Who runs this program, by the name at this machine, or the number where it has none."""
    with suppress(OSError, KeyError, ImportError):
        return getuser()
    return f"user {os.getuid()}"
