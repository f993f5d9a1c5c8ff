"""The section `database`: what its keys do not show each for itself."""

from collections.abc import Iterator

from snakescribe.config.database import Database, at_home
from snakescribe.paths import is_file, no_such_file


def find_database_problems(configured: Database) -> Iterator[str]:
    """The section `database` -> a line for each problem."""
    if configured.ssh.given() and not configured.ssh.host:
        yield "database.ssh: name its `host`, the machine to log in to, or leave the section out"


def find_files_of_ssh(configured: Database) -> Iterator[str]:
    """The section `database` -> a line for each file that it names and that is not there."""
    for key in ("key", "known_hosts"):
        path = getattr(configured.ssh, key)
        if path and not is_file(at_home(path)):
            yield no_such_file(path, f"database.ssh.{key}")
