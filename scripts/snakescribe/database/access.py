"""A config -> its database: the URL, a psql on it, and the end of the embedded server."""

import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

from psycopg2.extensions import make_dsn, parse_dsn

from snakescribe.database.address import embedded_folder, public_address
from snakescribe.database.binaries import find_binaries
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.given import given_url

Config = dict[str, Any]

READ_ONLY = "-c default_transaction_read_only=on"


def reachable_url(config: Config) -> str:
    """A checked config -> the URL of its database; the embedded server runs afterwards."""
    return given_url(config) or _embedded(config["results"]).keep()


def run_psql(config: Config, command: str | None, write: bool) -> int:
    """Run psql on the config's database; return its exit code.

    Args:
        config: names the database.
        command: SQL to run; None opens an interactive session.
        write: allow changes to the data.
    """
    options = parse_dsn(reachable_url(config))
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


def stop_server(config: Config) -> str:
    """Stop the config's embedded server; return what happened, in words."""
    if url := given_url(config):
        return f"the database is at {public_address(url)}: not ours to stop"
    server = _embedded(config["results"])
    return "stopped" if server.stop() else "the embedded server was not running"


def _embedded(results: str) -> EmbeddedServer:
    return EmbeddedServer(embedded_folder(Path(results)))
