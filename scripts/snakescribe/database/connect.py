"""Connections to the database, and what goes wrong with them in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from snakescribe.database.address import scrub
from snakescribe.errors import UserError

CONNECT_SECONDS = 15


@contextmanager
def connected(
    url: str, place: str, patience_seconds: int = CONNECT_SECONDS
) -> Iterator[Connection]:
    """A Postgres URL, and the server's name for messages -> a connection.

    `patience_seconds` is how long to wait for the server, where the URL does not say.

    Raises:
        UserError: the server does not answer, or refuses what it is asked; without the password.
    """
    options = "application_name=snakescribe"
    if "connect_timeout" not in url:
        options += f"&connect_timeout={patience_seconds}"
    try:
        connection = psycopg2.connect(f"{url}{'&' if '?' in url else '?'}{options}")
    except psycopg2.Error as error:
        raise UserError(
            f"the database at {place} does not answer: {scrub(str(error), url)}; is the server "
            "running, and are the address, user and password right?"
        ) from None
    try:
        connection.set_client_encoding("UTF8")
        yield connection
    except psycopg2.Error as error:
        raise UserError(f"the database at {place}: {scrub(str(error), url)}") from None
    finally:
        connection.close()
