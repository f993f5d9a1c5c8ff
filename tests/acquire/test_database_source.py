"""Recordings from a query, on a real Postgres."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from fault_server import FaultServer

from snakescribe.database.embedded import EmbeddedServer
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]
QUERY = "SELECT id, url, title, published, players FROM videos ORDER BY id"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with (
        TemporaryDirectory(prefix="snakescribe-test-", dir="/tmp") as folder,  # any user may enter
        EmbeddedServer(Path(folder) / "postgres").use() as url,
    ):
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE videos"
                " (id text, url text, title text, published date, players text[], seconds text);"
                "INSERT INTO videos VALUES"
                " ('one', 'https://example.org/1.mp3', 'First', '2019-04-01', '{Ann,Bo}', '90.5'),"
                " ('two', 'https://example.org/2.mp3', NULL, NULL, NULL, 'long')"
            )
        connection.close()
        yield url


def test_rows_become_recordings_once(
    place: Path, resolve: Resolve, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_SOURCE_URL", postgres)
    one, two = resolve({"source": "database", "query": QUERY})
    assert (one["recording"], one["title"], one["kind"]) == ("one", "First", "url")
    assert one["context"] == {"published": "2019-04-01", "players": "Ann, Bo"}
    assert two["title"] is None
    monkeypatch.delenv("SNAKESCRIBE_SOURCE_URL")
    assert resolve({"source": "database", "query": QUERY}) == [one, two]  # frozen
    (place / "q.sql").write_text("SELECT id, url FROM videos WHERE id = 'two'", encoding="utf-8")
    with pytest.raises(UserError, match="needs a Postgres URL in SNAKESCRIBE_SOURCE_URL"):
        resolve({"source": "database", "query": "q.sql"})
    monkeypatch.setenv("ELSEWHERE", postgres)
    (row,) = resolve({"source": "database", "query": "q.sql", "url_variable": "ELSEWHERE"})
    assert row["recording"] == "two"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("DELETE FROM videos RETURNING id, url", "read-only transaction"),
        ("SELECT nonsense FROM videos", "nonsense"),
        ("SELECT id FROM videos", "row 1: no audio"),
    ],
)
def test_what_cannot_be_is_told(
    resolve: Resolve, postgres: str, monkeypatch: pytest.MonkeyPatch, query: str, message: str
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_SOURCE_URL", postgres)
    with pytest.raises(UserError, match=message):
        resolve({"source": "database", "query": query})


def test_filters_read_what_the_database_gives(
    resolve: Resolve, postgres: str, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_SOURCE_URL", postgres)
    query = (
        f"SELECT id, '{server.base}/' || id AS url, published, seconds AS duration_seconds"
        " FROM videos"
    )
    source = {"source": "database", "query": query}
    filters = {"min_seconds": 90, "published_from": "2019-04-01", "published_to": "2019-04-01"}
    chosen = resolve({**source, "match_filters": filters})
    assert [row["recording"] for row in chosen] == ["one", "two"]  # of two nothing is known
    chosen = resolve({**source, "match_filters": {"min_seconds": 91}})
    assert [row["recording"] for row in chosen] == ["two"]


@pytest.mark.parametrize(
    "url",
    [
        "postgres//joe:hush@127.0.0.1/d",
        "postgresql://joe:hu/sh@127.0.0.1:9/d",
        "postgresql://joe:hush@127.0.0.1:9/d",
    ],
)
def test_no_message_holds_the_password(
    resolve: Resolve, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_SOURCE_URL", url)
    with pytest.raises(UserError, match="SNAKESCRIBE_SOURCE_URL") as error:
        resolve({"source": "database", "query": QUERY})
    assert "hu" not in str(error.value)


def test_a_query_file_that_is_not_there(resolve: Resolve) -> None:
    with pytest.raises(UserError, match=r"gone\.sql: cannot read it"):
        resolve({"source": "database", "query": "gone.sql"})
