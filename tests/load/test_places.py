"""The database has a place for every public column, of the type that the tables declare."""

from collections.abc import Iterator

import psycopg2
import pytest

from snakescribe.load.migrate import migrate
from snakescribe.load.places import LEFT_OUT, PLACES
from snakescribe.tables import TABLES
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES
from snakescribe.tables.schema import Column, Kind
from snakescribe.tables.scores import SCORE_TABLES

SQL_TYPES: dict[Kind, set[str]] = {
    "str": {"text"},
    "label": {"text"},
    "int": {"integer", "bigint"},
    "int32": {"integer", "bigint"},
    "float": {"double precision"},
    "bool": {"boolean"},
    "json": {"jsonb"},
    "list of str": {"jsonb"},
    "map of str": {"jsonb"},
}


def public_columns() -> Iterator[tuple[str, Column]]:
    """Every column of every table; of objects that have a relation of their own, every field."""
    for table in (*TABLES, *METADATA_TABLES, *GAME_TABLES, *SCORE_TABLES):
        for column in table.columns:
            yield table.name, column
            if table.name == "transcripts":
                for field in column.fields:
                    yield f"{table.name}.{column.name}", field


@pytest.mark.slow
def test_every_public_column_has_its_place(database: str) -> None:
    connection = psycopg2.connect(database)
    migrate(connection)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type, is_nullable = 'YES' "
            "from information_schema.columns where table_schema = 'public'"
        )
        known = {(table, column): kind for table, column, *kind in cursor.fetchall()}
    connection.close()
    placed: set[tuple[str, str]] = set()
    for table, place in PLACES:
        for column in place.columns:
            name = place.renamed.get(column.name, column.name)
            placed.add((table, column.name))
            if place.has_details and (place.relation, name) not in known:
                assert known[place.relation, "details"] == ["jsonb", False]
                continue
            sql_type, nullable = known[place.relation, name]
            assert sql_type in SQL_TYPES[column.kind], (place.relation, name)
            assert nullable or not column.optional, (place.relation, name)
    missing = [
        (table, column.name)
        for table, column in public_columns()
        if (table, column.name) not in {*placed, *LEFT_OUT}
    ]
    assert missing == []
    assert not placed & LEFT_OUT.keys()
    assert LEFT_OUT.keys() <= {(table, column.name) for table, column in public_columns()}
