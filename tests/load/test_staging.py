"""Any text goes through COPY and comes back as it was."""

import math
from contextlib import closing
from uuid import UUID

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snakescribe.load.migrate import migrate
from snakescribe.load.staging import Staging

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
        staging = Staging(cursor)
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
        staging = Staging(cursor)
        identity = str(UUID(int=1))
        odd = [
            {"a\0b": "c\0d", "n": math.nan, "i": math.inf},
            "back\\u0000slash",
            "lone \ud800",
            2.5,
        ]
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
