"""Numbered SQL files -> the database's schema, each applied once."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.errors import UserError
from snakescribe.paths import SQL_MIGRATIONS
from snakescribe.store import file_sha256

logger = logging.getLogger(__name__)

_BOOK = "snakescribe_migrations"
_OLD_BOOK = "schema_migrations"  # other tools call theirs so too
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

    All in one transaction; two processes at once wait for each other. What was applied is looked up
    in the current schema alone, in a table of our own name.

    Raises:
        UserError: the database comes from a newer snakescribe, or from another version of a file.
    """
    migrations = list_migrations(folder)
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        applied = _applied(cursor)
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
                    f"insert into {_BOOK} (version, name, sha256) values (%s, %s, %s)",
                    (migration.version, migration.path.stem, sha256),
                )
            elif applied[migration.version] != sha256:
                raise UserError(
                    f"{migration.path}: the database was made with another version of this file; "
                    "put the file back, or use a new database (for the embedded one remove "
                    "`postgres` and `load` in the results folder)"
                )
        return newest


def _applied(cursor: Cursor) -> dict[int, str]:
    """The migrations that the current schema has, with the digest of each; none in a new one."""
    if not _exists(cursor, _BOOK):
        if _has_old_book(cursor):
            cursor.execute(
                f"alter table {_OLD_BOOK} rename to {_BOOK}; "
                f"alter index {_OLD_BOOK}_pkey rename to {_BOOK}_pkey"
            )
        else:
            cursor.execute(
                f"create table {_BOOK} (version integer primary key, name text not null, "
                "sha256 text not null, applied_at timestamptz not null default now()); "
                f"comment on table {_BOOK} is 'Which files of resources/sql were applied.'"
            )
    cursor.execute(f"select version, sha256 from {_BOOK}")
    return dict(cursor.fetchall())


def _exists(cursor: Cursor, table: str) -> bool:
    cursor.execute(
        "select from pg_tables where schemaname = current_schema() and tablename = %s", (table,)
    )
    return bool(cursor.rowcount)


def _has_old_book(cursor: Cursor) -> bool:
    """Whether an earlier snakescribe has made the tables: its book knows our first file."""
    cursor.execute(
        "select array_agg(column_name::text order by ordinal_position) "
        "from information_schema.columns "
        "where table_schema = current_schema() and table_name = %s",
        (_OLD_BOOK,),
    )
    if cursor.fetchone() != (["version", "name", "sha256", "applied_at"],):
        return False
    cursor.execute(f"select from {_OLD_BOOK} where version = 1 and name = '0001_tables'")
    return bool(cursor.rowcount)
