"""Connections to the database, and what goes wrong with them in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from snakescribe.database.address import scrub
from snakescribe.database.refusals import first_error, remedy
from snakescribe.errors import UserError

CONNECT_SECONDS = 15


class NoAnswerError(UserError):
    """No connection can be had."""


class ServerGoneError(UserError):
    """A connection that there was broke: nothing of its transaction was kept."""


@contextmanager
def connected(
    url: str, place: str, patience_seconds: int = CONNECT_SECONDS
) -> Iterator[Connection]:
    """A Postgres URL, and the server's name for messages -> a connection.

    `patience_seconds` is how long to wait for the server, where the URL does not say.

    Raises:
        NoAnswerError: the server does not answer, or takes no connection; without the password.
        ServerGoneError: it went away.
        UserError: it refuses what it is asked.
    """
    options = "application_name=snakescribe"
    if "connect_timeout" not in url:
        options += f"&connect_timeout={patience_seconds}"
    try:
        connection = psycopg2.connect(f"{url}{'&' if '?' in url else '?'}{options}")
    except psycopg2.Error as error:
        raise NoAnswerError(
            f"the database at {place} does not answer: {scrub(str(error), url)}; {remedy(error)}"
        ) from None
    try:
        connection.set_client_encoding("UTF8")
        yield connection
    except psycopg2.Error as error:
        first = first_error(error)
        kind = ServerGoneError if connection.closed else UserError
        raise kind(f"the database at {place}: {scrub(str(first), url)}; {remedy(first)}") from None
    finally:
        connection.close()
