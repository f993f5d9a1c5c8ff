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

from snakescribe.database.address import embedded_folder, public_address
from snakescribe.database.binaries import find_binaries
from snakescribe.database.connect import NoAnswerError, ServerGoneError, connected
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.given import given_url

logger = logging.getLogger(__name__)

T = TypeVar("T")

EMBEDDED = "embedded"
RETURN_SECONDS = 30  # how long a server that went away may take to come back
READ_ONLY = "-c default_transaction_read_only=on"


@contextmanager
def open_database(results: Path, configured: str = "") -> Iterator[tuple[Connection, str]]:
    """A results folder -> a connection to its database, and the database's name for a receipt.

    The server is the one that the environment names, else that of `configured`, else the embedded
    one, which is started and stopped again where nobody else uses it.

    Raises:
        UserError: the server does not answer, or refuses what it is asked; without the password.
    """
    if url := given_url(configured):
        with connected(url, public_address(url)) as connection:
            yield connection, public_address(url)
        return
    server = EmbeddedServer(embedded_folder(results))
    with server.use() as url, connected(url, str(server.folder)) as connection:
        yield connection, EMBEDDED


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


def reachable_url(results: str, configured: str) -> str:
    """A run's folder and the URL of its config -> one that works; an embedded server then runs."""
    return given_url(configured) or _embedded(results).keep()


def run_psql(results: str, configured: str, command: str | None, write: bool) -> int:
    """Run psql on the database of a run; return its exit code.

    Args:
        results: the run's folder.
        configured: `database.url` of its config.
        command: SQL to run; None opens an interactive session.
        write: allow changes to the data.
    """
    options = parse_dsn(reachable_url(results, configured))
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


def stop_server(results: str, configured: str) -> str:
    """Stop the embedded server of a run; return what happened, in words."""
    if url := given_url(configured):
        return f"the database is at {public_address(url)}: not ours to stop"
    server = _embedded(results)
    return "stopped" if server.stop() else "the embedded server was not running"


def _embedded(results: str) -> EmbeddedServer:
    return EmbeddedServer(embedded_folder(Path(results)))
