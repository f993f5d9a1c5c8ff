"""A config file -> its database: the URL, a psql on it, and the end of the embedded server."""

import os
import subprocess
from pathlib import Path
from shutil import which

from snakescribe.config.read import read_config
from snakescribe.config.slices import public_address
from snakescribe.load.address import embedded_folder, given_url
from snakescribe.load.embedded import EmbeddedServer
from snakescribe.load.wheel import find_binaries

READ_ONLY = "-c default_transaction_read_only=on"


def reachable_url(configfile: Path) -> str:
    """A config file -> the URL of its database; the embedded server runs afterwards."""
    config = read_config(configfile)
    return given_url(config) or _embedded(config["results"]).keep()


def run_psql(configfile: Path, command: str | None, write: bool) -> int:
    """Run psql on the config's database; return its exit code.

    Args:
        configfile: names the database.
        command: SQL to run; None opens an interactive session.
        write: allow changes to the data.
    """
    from psycopg2.extensions import make_dsn, parse_dsn

    options = parse_dsn(reachable_url(configfile))
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


def stop_server(configfile: Path) -> str:
    """Stop the config's embedded server; return what happened, in words."""
    config = read_config(configfile)
    if url := given_url(config):
        return f"the database is at {public_address(url)}: not ours to stop"
    server = _embedded(config["results"])
    return "stopped" if server.stop() else "the embedded server was not running"


def _embedded(results: str) -> EmbeddedServer:
    return EmbeddedServer(embedded_folder(Path(results)))
