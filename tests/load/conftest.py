"""A results folder to load, and a way to ask the database."""

from pathlib import Path
from typing import Any

import psycopg2
import pytest
from load_study import Ask, Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = Study(tmp_path / "results")
    made.write()
    return made


@pytest.fixture
def ask(database: str) -> Ask:
    """A function that runs SQL and returns the rows, if it gives any."""

    def run(sql: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(database)
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    return run
