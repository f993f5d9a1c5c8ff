"""Migrations: applied once, refused when they do not fit, good on PostgreSQL 16 too."""

import os
import shutil
from pathlib import Path
from typing import Any

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
        cursor.execute("select version, name from snakescribe_migrations order by 1")
        assert cursor.fetchall() == [(1, "0001_first"), (2, "0002_second"), (3, "0003_third")]
    connection.close()


def test_a_broken_one_leaves_nothing_behind(database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text("create table two (a nonsense);", encoding="utf-8")
    connection = psycopg2.connect(database)
    with pytest.raises(psycopg2.Error):
        migrate(connection, folder)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('one'), to_regclass('snakescribe_migrations')")
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


def run_sql(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


@pytest.mark.parametrize(
    "theirs",
    [
        "create table schema_migrations (version text primary key)",  # Rails
        "create table schema_migrations (version bigint primary key, dirty boolean not null)",
        "create table schema_migrations (version integer primary key, name text, sha256 text, "
        "applied_at timestamptz); insert into schema_migrations values (1, 'theirs', 'x', now())",
    ],
)
def test_the_table_of_another_tool_is_left_alone(database: str, theirs: str, study: Study) -> None:
    run_sql(database, theirs)
    before = run_sql(database, "select t::text from schema_migrations t")
    study.load()
    study.load()
    assert run_sql(database, "select t::text from schema_migrations t") == before
    assert run_sql(database, "select name from snakescribe_migrations where version = 1") == [
        ("0001_tables",)
    ]


def test_another_schema_on_the_path_is_not_looked_at(
    database: str, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.load()
    run_sql(database, "drop schema if exists speech cascade; create schema speech")
    monkeypatch.setenv(
        "SNAKESCRIBE_DATABASE_URL", f"{database}&options=-csearch_path%3Dspeech%2Cpublic"
    )
    study.load()
    assert run_sql(database, "select count(*) from speech.words") == [(32,)]
    assert run_sql(database, "select count(*) from public.words") == [(32,)]
    run_sql(database, "drop schema speech cascade")


@pytest.mark.parametrize("version", [1, 7, 13, 20])
def test_databases_of_earlier_versions_are_upgraded(
    database: str, study: Study, tmp_path: Path, version: int
) -> None:
    for migration in list_migrations()[:version]:
        shutil.copy(migration.path, tmp_path)
    connection = psycopg2.connect(database)
    assert migrate(connection, tmp_path) == version
    connection.close()
    run_sql(
        database,
        "alter table snakescribe_migrations rename to schema_migrations;"
        "alter index snakescribe_migrations_pkey rename to schema_migrations_pkey;"
        f"insert into corpora values ('{study.folder}', '{study.folder}')",
    )
    receipt = study.load()
    assert receipt["schema"] == len(list_migrations())
    assert run_sql(database, "select to_regclass('schema_migrations')") == [(None,)]
    assert run_sql(database, "select count(*) from snakescribe_migrations") == [
        (receipt["schema"],)
    ]
    assert run_sql(database, "select count(*) from words") == [(32,)]


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
