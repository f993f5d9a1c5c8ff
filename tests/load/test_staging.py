"""Any text goes through COPY and comes back as it was."""

import math
from contextlib import closing
from uuid import UUID

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.load.migrate import migrate
from snakescribe.load.staging import Staging
from snakescribe.tables import Row

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
    | st.text("\\\t\n\r.Nnt\v\b'\"{}[]", max_size=8),
    max_size=100,
)
NOTHING: dict[str, list[str]] = {
    name: [] for name in ("variants", "chunkings", "chunkings_cut", "variants_cut")
}


@given(texts=TEXTS)
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_survives(database: str, texts: list[str]) -> None:
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        migrate(connection)
        with Staging(cursor) as staging:
            for number, text in enumerate(texts):
                row = {"corpus": f"{number:04d}", "folder": text, "identity": None}
                staging.add("corpora", row)
            staging.merge(corpus="", experiment="", **NOTHING)
        cursor.execute("select folder from corpora order by corpus")
        assert [folder for (folder,) in cursor.fetchall()] == texts
        connection.rollback()


def test_json_that_postgres_refuses_is_mended(database: str) -> None:
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        migrate(connection)
        identity = str(UUID(int=1))
        odd = [
            {"a\0b": "c\0d", "n": math.nan, "i": math.inf},
            "back\\u0000slash",
            "lone \ud800",
            2.5,
        ]
        with Staging(cursor) as staging:
            staging.add(
                "prompts",
                {
                    "transcription": identity, "prompt": "p", "text": "lone \ud800 surrogate",
                    "tokens": 1, "kept": odd, "dropped": [], "truncated": False,
                },
            )  # fmt: skip
            staging._flush()
        cursor.execute("select text, kept from staging_prompts")
        assert cursor.fetchone() == (
            "lone ? surrogate",
            [{"ab": "cd", "n": None, "i": None}, "back\\u0000slash", "lone ?", 2.5],
        )
        assert staging.nul_texts == 2
        connection.rollback()


def corpora(*names: str) -> list[Row]:
    return [{"corpus": name, "folder": "x" * 100, "identity": None} for name in names]


@pytest.mark.parametrize("is_first", [True, False])
def test_rows_are_copied_while_further_ones_are_made(
    database: str, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    monkeypatch.setattr("snakescribe.load.staging.BUFFER_BYTES", 500)
    names = [f"{number:04d}" for number in range(100)]
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        migrate(connection)
        with Staging(cursor, ["corpora"], is_first=is_first) as staging:
            for row in corpora(*names):
                staging.add("corpora", row)
            assert staging.merge(corpus="") == 100
        cursor.execute("select corpus from corpora order by corpus")
        assert [name for (name,) in cursor.fetchall()] == names
        connection.rollback()


@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_copy_meets_ends_the_load(
    database: str, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    monkeypatch.setattr("snakescribe.load.staging.BUFFER_BYTES", 50)
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        migrate(connection)
        with (
            pytest.raises(UserError, match="corpora: two rows have the same corpus"),
            Staging(cursor, ["corpora"], is_first=is_first) as staging,
        ):
            for row in corpora("a", "b", "a", "c"):
                staging.add("corpora", row)
            staging.merge(corpus="")
        connection.rollback()


def test_a_fault_elsewhere_leaves_the_connection_to_its_transaction(database: str) -> None:
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        migrate(connection)
        with (
            pytest.raises(UserError, match="damaged"),
            Staging(cursor, ["corpora"], is_first=True) as staging,
        ):
            for row in corpora("a", "b"):
                staging.add("corpora", row)
            staging._flush()
            raise UserError("damaged")
        connection.rollback()
        cursor.execute("select count(*) from corpora")
        assert cursor.fetchone() == (0,)
