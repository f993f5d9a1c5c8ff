"""Migrations: applied once, refused when they do not fit, good on PostgreSQL 16 too."""

import os
from pathlib import Path

import psycopg2
import pytest
from load_study import Study

from snakescribe.database.binaries import find_binaries
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.server_user import choose_user, let_through
from snakescribe.errors import UserError
from snakescribe.load.migrate import list_migrations, migrate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("create table one (a int);", encoding="utf-8")
    (tmp_path / "0002_second.sql").write_text("create table two (a int);", encoding="utf-8")
    (tmp_path / "notes.sql").write_text("this is not one of them", encoding="utf-8")
    return tmp_path


def test_numbers_have_no_gaps() -> None:
    versions = [migration.version for migration in list_migrations()]
    assert versions == list(range(1, len(versions) + 1))


def test_each_is_applied_once(database: str, folder: Path) -> None:
    connection = psycopg2.connect(database)
    assert migrate(connection, folder) == 2
    assert migrate(connection, folder) == 2
    (folder / "0003_third.sql").write_text("create table three (a int);", encoding="utf-8")
    assert migrate(connection, folder) == 3
    with connection.cursor() as cursor:
        cursor.execute("select version, name from schema_migrations order by 1")
        assert cursor.fetchall() == [(1, "0001_first"), (2, "0002_second"), (3, "0003_third")]
    connection.close()


def test_a_broken_one_leaves_nothing_behind(database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text("create table two (a nonsense);", encoding="utf-8")
    connection = psycopg2.connect(database)
    with pytest.raises(psycopg2.Error):
        migrate(connection, folder)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('one'), to_regclass('schema_migrations')")
        assert cursor.fetchone() == (None, None)
    connection.close()


def test_a_changed_file_and_a_newer_database_are_refused(database: str, folder: Path) -> None:
    connection = psycopg2.connect(database)
    migrate(connection, folder)
    second = folder / "0002_second.sql"
    second.write_text("create table two (a text);", encoding="utf-8")
    with pytest.raises(UserError, match=r"0002_second\.sql: the database was made with another"):
        migrate(connection, folder)
    second.unlink()
    with pytest.raises(UserError, match="upgrade snakescribe"):
        migrate(connection, folder)
    connection.close()


@pytest.mark.slow
def test_postgres_16(
    open_folder: Path, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version of docker-compose.yml; a data folder keeps the version that made it."""
    server = EmbeddedServer(open_folder / "sixteen" / "postgres")
    server.data.mkdir(parents=True, mode=0o700)
    user = choose_user(server.data)
    user.own(server.data)
    (tmp_path / "PG_VERSION").write_text("16\n", encoding="utf-8")
    binaries = find_binaries(tmp_path)
    let_through(user, server.folder, binaries)
    made = user.run(
        binaries / "initdb", "--pgdata", str(server.data), "--username", "postgres",
        "--auth=trust", "--encoding=UTF8", "--no-sync",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with server.use() as url:
        monkeypatch.setitem(os.environ, "SNAKESCRIBE_DATABASE_URL", url)
        study.load(study.folder / "one.json")
        assert study.load()["rows"]["transcriptions"] == 16
        connection = psycopg2.connect(url)
        assert connection.server_version // 10000 == 16
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from wer_by_condition")
            assert cursor.fetchone() == (8,)
        connection.close()


def test_a_data_folder_of_another_version_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n", encoding="utf-8")
    with pytest.raises(UserError, match="made by PostgreSQL 9"):
        find_binaries(tmp_path)
