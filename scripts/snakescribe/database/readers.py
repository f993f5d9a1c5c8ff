"""Users of a server who may read results, and change nothing."""

from pathlib import Path

from psycopg2.sql import SQL, Composed, Identifier

from snakescribe.config.database import Database
from snakescribe.database.access import open_loaded
from snakescribe.errors import UserError

_GRANTS = (
    "grant connect on database {database} to {role}",
    "grant usage on schema {schema} to {role}",
    "grant select on all tables in schema {schema} to {role}",
    "alter default privileges in schema {schema} grant select on tables to {role}",
)
_REVOKES = (
    "alter default privileges in schema {schema} revoke select on tables from {role}",
    "revoke select on all tables in schema {schema} from {role}",
    "revoke usage on schema {schema} from {role}",
    "revoke connect on database {database} from {role}",
)


def grant_reading(results: Path, configured: Database, role: str) -> str:
    """Let a role read all tables and views, those of later versions too -> what happened, in words.

    A role that the server does not have is made, without the right to log in: others become
    members of it (`grant ROLE to USER`).

    Args:
        results: the run's folder.
        configured: the section `database` of its config.
        role: a user or a group of the server.

    Raises:
        UserError: the server does not answer, or the user of the URL may not do that.
    """
    with open_loaded(results, configured) as (connection, database):
        with connection, connection.cursor() as cursor:
            cursor.execute("select from pg_roles where rolname = %s", (role,))
            is_new = not cursor.rowcount
            if is_new:
                cursor.execute(SQL("create role {} nologin").format(Identifier(role)))
            cursor.execute("select current_database(), current_schema()")
            place = cursor.fetchone() or ("", "")
            for statement in _GRANTS:
                cursor.execute(_filled(statement, role, place))
        made = " (a new role: `grant ROLE to USER` makes users members of it)" if is_new else ""
    return f"{database}: {role} may read all tables, and change nothing{made}"


def revoke_reading(results: Path, configured: Database, role: str) -> str:
    """Take these rights back -> what happened, in words.

    Raises:
        UserError: there is no such role, or as `grant_reading`.
    """
    with (
        open_loaded(results, configured) as (connection, database),
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select from pg_roles where rolname = %s", (role,))
        if not cursor.rowcount:
            raise UserError(f"{database}: the server has no role '{role}'")
        cursor.execute("select current_database(), current_schema()")
        place = cursor.fetchone() or ("", "")
        for statement in _REVOKES:
            cursor.execute(_filled(statement, role, place))
    return f"{database}: {role} may no longer read"


def _filled(statement: str, role: str, place: tuple[str, ...]) -> Composed:
    database, schema = place
    return SQL(statement).format(
        role=Identifier(role), database=Identifier(database), schema=Identifier(schema)
    )
