"""A run -> its database: a connection, the URL, a psql on it, the end of the embedded server."""

import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TypeVar

from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import make_dsn, parse_dsn

from snakescribe.config.database import Database
from snakescribe.database.address import embedded_folder
from snakescribe.database.binaries import find_binaries
from snakescribe.database.connect import NoAnswerError, ServerGoneError, connected
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.given import given_server
from snakescribe.database.way import way_to
from snakescribe.errors import UserError

logger = logging.getLogger(__name__)

T = TypeVar("T")

EMBEDDED = "embedded"
RETURN_SECONDS = 30  # how long a server that went away may take to come back
READ_ONLY = "-c default_transaction_read_only=on"


@contextmanager
def reachable_url(results: Path, configured: Database | None = None) -> Iterator[tuple[str, str]]:
    """A results folder -> a URL that works, and the database's name for a receipt and for messages.

    The server is the one that the environment names, else that of `configured`, else the embedded
    one, which is started and stopped again where nobody else uses it. A tunnel stands so long.

    Raises:
        UserError: what was given is no server, or the way to it is closed.
    """
    if given := given_server(configured):
        with way_to(given) as url:
            yield url, given.address
        return
    with EmbeddedServer(embedded_folder(results)).use() as url:
        yield url, EMBEDDED


@contextmanager
def open_database(
    results: Path, configured: Database | None = None
) -> Iterator[tuple[Connection, str]]:
    """A results folder -> a connection to its database, and the database's name for a receipt.

    Raises:
        UserError: as `reachable_url`; or the server does not answer, or refuses what it is asked;
            without the password.
    """
    with reachable_url(results, configured) as (url, name):
        place = str(embedded_folder(results)) if name == EMBEDDED else name
        with connected(url, place) as connection:
            yield connection, name


@contextmanager
def open_loaded(results: Path, configured: Database) -> Iterator[tuple[Connection, str]]:
    """The same for those who only look: no embedded database is made where there is none.

    Raises:
        UserError: as `open_database`; or nothing was loaded yet.
    """
    folder = embedded_folder(results)
    if given_server(configured) is None and not EmbeddedServer(folder).exists:
        raise UserError(f"{folder}: there is no database yet; `snakemake load` makes it")
    with open_database(results, configured) as opened:
        yield opened


def in_database(results: Path, work: Callable[[Connection, str], T]) -> T:
    """Do work in the database of a run -> what it returns; once more if the server goes away.

    Args:
        results: the run's folder.
        work: takes a connection and the database's name for a receipt; what a transaction that
            breaks did is done again from the beginning.

    Raises:
        UserError: as `open_database`; or the server went away twice.
    """
    try:
        with open_database(results) as (connection, database):
            return work(connection, database)
    except ServerGoneError as error:
        logger.info("%s (trying once more)", error)
    deadline = time.monotonic() + RETURN_SECONDS
    while True:
        try:
            with open_database(results) as (connection, database):
                return work(connection, database)
        except NoAnswerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def lasting_url(results: Path, configured: Database) -> str:
    """A run's folder and the section `database` -> a URL that works from now on.

    An embedded server then keeps running.

    Raises:
        UserError: the server is behind a tunnel, which stands no longer than a command.
    """
    given = given_server(configured)
    if given is None:
        return EmbeddedServer(embedded_folder(results)).keep()
    if given.ssh:
        raise UserError(
            f"the database is reached by way of {given.ssh.host}: call `snakescribe db tunnel`, "
            "which prints a URL and holds the way open, or `snakescribe db shell`"
        )
    return given.url


def run_psql(results: Path, configured: Database, command: str | None, write: bool) -> int:
    """Run psql on the database of a run; return its exit code.

    Args:
        results: the run's folder.
        configured: the section `database` of its config.
        command: SQL to run; None opens an interactive session.
        write: allow changes to the data.
    """
    if given_server(configured) is None:
        return _psql(lasting_url(results, configured), command, write)
    with reachable_url(results, configured) as (url, _):
        return _psql(url, command, write)


def _psql(url: str, command: str | None, write: bool) -> int:
    options = parse_dsn(url)
    environment = dict(os.environ)
    if password := options.pop("password", None):
        environment["PGPASSWORD"] = password  # not in the arguments, which all users can see
    if not write:
        options["options"] = f"{options.get('options', '')} {READ_ONLY}".strip()
    psql = which("psql") or str(find_binaries(Path()) / "psql")
    arguments = [psql, "--dbname", make_dsn(**options), "--set", "ON_ERROR_STOP=1"]
    if command is not None:
        arguments += ["--command", command]
    return subprocess.run(arguments, env=environment, check=False).returncode


def stop_server(results: Path, configured: Database) -> str:
    """Stop the embedded server of a run; return what happened, in words."""
    if given := given_server(configured):
        return f"the database is at {given.address}: not ours to stop"
    server = EmbeddedServer(embedded_folder(results))
    return "stopped" if server.stop() else "the embedded server was not running"
