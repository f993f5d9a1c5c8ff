"""Databases of every earlier version, with rows in every table, are upgraded and loaded into."""

import shutil
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import psycopg2
import pytest
from load_study import Ask, Study
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.extras import Json
from psycopg2.sql import SQL, Identifier

from snakescribe.load.migrate import list_migrations, migrate
from snakescribe.load.staging import BOOKKEEPING, SCOPES

VERSIONS = range(1, len(list_migrations()))
# A value for each type; all keys are equal, so that every row refers to a row that is there.
VALUES: dict[str, Any] = {
    "text": "it's \\ 名",
    "integer": 7,
    "bigint": 12_345_678_901,
    "double precision": 0.1 + 0.2,
    "boolean": True,
    "jsonb": Json({"a": ["b", 0.3, None]}),
    "uuid": "11111111-2222-4333-8444-555555555555",
}


def columns(cursor: Cursor, table: str) -> dict[str, str]:
    """A table -> its columns with their types, without those that the database fills itself."""
    cursor.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'public' and table_name = %s order by ordinal_position",
        (table,),
    )
    return {name: kind for name, kind in cursor.fetchall() if name not in BOOKKEEPING}


def fill(cursor: Cursor) -> dict[str, dict[str, Any]]:
    """Insert a row into every table of results that there is -> the rows as JSON has them."""
    rows = {}
    for table in SCOPES:
        kinds = columns(cursor, table)
        if kinds:
            cursor.execute(
                SQL("insert into {} ({}) values ({}) returning to_jsonb({})").format(
                    Identifier(table),
                    SQL(", ").join(map(Identifier, kinds)),
                    SQL(", ").join(SQL("%s") for _ in kinds),
                    Identifier(table),
                ),
                [VALUES[kind] for kind in kinds.values()],
            )
            (rows[table],) = cursor.fetchone() or ({},)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_rows_survive_the_upgrade(database: str, tmp_path: Path, version: int) -> None:
    migrations = list_migrations()
    for migration in migrations[:version]:
        shutil.copy(migration.path, tmp_path)
    connection = psycopg2.connect(database)
    migrate(connection, tmp_path)
    with connection, connection.cursor() as cursor:
        before = fill(cursor)
        assert len(before) > 13
    assert migrate(connection) == len(migrations)
    with connection, connection.cursor() as cursor:
        for table, row in before.items():
            cursor.execute(SQL("select to_jsonb(t) from {} t").format(Identifier(table)))
            ((after,),) = cursor.fetchall()
            dropped = row.keys() - after.keys()
            assert dropped <= ({"sha256"} if table in ("audio_files", "chunks") else set())
            # Ids of transcriptions are made otherwise since 0024, and all that refers to them goes
            # with them: else the foreign keys would have refused it.
            kept = {key: value for key, value in row.items() if key not in dropped}
            if version < 24:
                kept.pop("transcription", None)
            if table == "runs" and version < 6:
                kept.pop("peak_memory_mb")  # whole MB since then
            assert kept == {key: after[key] for key in kept}, table
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("version", [1, 12, 17, 23])
def test_a_study_is_loaded_over_the_rows_of_an_earlier_version(
    study: Study, ask: Ask, database: str, tmp_path: Path, version: int
) -> None:
    """The study's own rows, as an earlier version has them, become those of now."""
    study.load()
    wanted = {table: ask(f"select count(*) from {table}") for table in SCOPES}
    ids = set(ask("select transcription::text from transcriptions"))
    rows = {table: ask(f"select to_jsonb(t) from {table} t") for table in SCOPES}
    for migration in list_migrations()[:version]:
        shutil.copy(migration.path, tmp_path)
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade; create schema public")
    migrate(connection, tmp_path)
    with connection, connection.cursor() as cursor:
        for table, stored in rows.items():
            kinds = columns(cursor, table)
            for (row,) in stored if kinds else ():
                if table in ("audio_files", "chunks"):
                    row["sha256"] = "0"  # earlier ones wanted it
                if "transcription" in row:
                    row["transcription"] = str(uuid5(NAMESPACE_URL, row["transcription"]))
                cursor.execute(
                    SQL(
                        "insert into {0} select * from jsonb_populate_record(null::{0}, %s)"
                    ).format(Identifier(table)),
                    (Json(row),),
                )
    connection.close()
    receipt = study.load()
    assert receipt["schema"] == len(list_migrations())
    assert {table: ask(f"select count(*) from {table}") for table in SCOPES} == wanted
    assert set(ask("select transcription::text from transcriptions")) == ids
