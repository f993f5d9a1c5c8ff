"""A results folder to load, and one server for the whole session."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from load_study import Study

from snakescribe.database.embedded import EmbeddedServer


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = Study(tmp_path / "results")
    made.write()
    return made


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that a server's user can reach.

    Not one of pytest's own: any other pytest that starts takes the way to those away from others.
    """
    with TemporaryDirectory(prefix="snakescribe-test-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """One embedded server for all tests of the session."""
    server = EmbeddedServer(open_folder / "results" / "postgres")
    with server.use() as url:
        admin = psycopg2.connect(url)
        admin.autocommit = True
        with admin.cursor() as cursor:
            for option in ("fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute(f"alter system set {option} = off")
            cursor.execute("select pg_reload_conf()")
        admin.close()
        yield server


@pytest.fixture
def database(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty database, which the environment names too."""
    connection = psycopg2.connect(server.url)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    connection.close()
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", server.url)
    return server.url
