"""Numbered SQL files -> the database's schema, each applied once."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection as Connection  # noqa: N812

from snakescribe.errors import UserError
from snakescribe.paths import SQL_MIGRATIONS
from snakescribe.store import file_sha256

logger = logging.getLogger(__name__)

_LOCK = 0x736E616B  # any number that all snakescribes agree on
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class Migration:
    """One SQL file, and the number in its name."""

    version: int
    path: Path


def list_migrations(folder: Path = SQL_MIGRATIONS) -> list[Migration]:
    """A folder -> its files named like ``0001_tables.sql``, in order."""
    return [
        Migration(int(match[1]), path)
        for path in sorted(folder.glob("*.sql"))
        if (match := _NAME.fullmatch(path.name))
    ]


def migrate(connection: Connection, folder: Path = SQL_MIGRATIONS) -> int:
    """Apply the migrations that the database does not have yet; return its version.

    All in one transaction; two processes at once wait for each other.

    Raises:
        UserError: the database comes from a newer snakescribe, or from another version of a file.
    """
    migrations = list_migrations(folder)
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute("select to_regclass('schema_migrations') is not null")
        applied: dict[int, str] = {}
        if cursor.fetchone() == (True,):
            cursor.execute("select version, sha256 from schema_migrations")
            applied = dict(cursor.fetchall())
        else:
            cursor.execute(
                "create table schema_migrations (version integer primary key, name text not null, "
                "sha256 text not null, applied_at timestamptz not null default now())"
            )
            cursor.execute(
                "comment on table schema_migrations is 'Which files of resources/sql were applied.'"
            )
        newest = migrations[-1].version
        if max(applied, default=0) > newest:
            raise UserError(
                f"the database has version {max(applied)} of the tables, this snakescribe knows "
                f"{newest}: upgrade snakescribe, or use a database of its own"
            )
        for migration in migrations:
            sha256 = file_sha256(migration.path)
            if migration.version not in applied:
                logger.info("applying %s", migration.path.name)
                cursor.execute(migration.path.read_text(encoding="utf-8"))
                cursor.execute(
                    "insert into schema_migrations (version, name, sha256) values (%s, %s, %s)",
                    (migration.version, migration.path.stem, sha256),
                )
            elif applied[migration.version] != sha256:
                raise UserError(
                    f"{migration.path}: the database was made with another version of this file; "
                    "put the file back, or use a new database (for the embedded one remove "
                    "`postgres` and `load` in the results folder)"
                )
        return newest
