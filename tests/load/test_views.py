"""Views that sum up, against the study that was loaded."""

from typing import Any

import psycopg2
import pytest
from load_study import Study


@pytest.fixture
def loaded(study: Study, database: str) -> str:
    study.load()
    return database


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    connection.close()
    return rows


def test_condition_summary(loaded: str) -> None:
    rows = ask(
        loaded,
        "select condition, prompt, wer, wer_high, delta, is_baseline, transcripts, flagged "
        "from condition_summary",
    )
    assert rows == [
        ("raw.none", "none", 0.0, 0.0, None, True, 4, 0),
        ("raw.names", "names", 0.1, 0.2, 0.1, False, 4, 0),
        ("quiet.none", "none", 0.2, 0.4, 0.1, False, 4, 0),
        ("quiet.names", "names", 0.3, 0.6, 0.1, False, 4, 0),
    ]


def test_paired_comparisons(loaded: str) -> None:
    assert ask(
        loaded, "select condition, other, differ_in, wer, other_wer from paired_comparisons"
    ) == [
        ("raw.names", "raw.none", "prompt", 0.1, 0.0),
        ("quiet.none", "raw.none", "audio", 0.2, 0.0),
        ("quiet.names", "raw.none", "audio, prompt", 0.3, 0.0),
    ]


def test_prompt_effect_has_all_else_equal(loaded: str) -> None:
    rows = ask(
        loaded,
        "select condition, other, chunks, words, wer, other_wer, delta, better, worse "
        "from prompt_effect order by condition desc",
    )
    assert rows == [
        ("raw.names", "raw.none", 4, 40, 0.1, 0.0, 0.1, 0, 4),
        ("quiet.names", "quiet.none", 4, 40, 0.3, 0.2, 0.1, 0, 4),
    ]


def test_prompt_effect_of_random_groups_has_no_pairs(study: Study, database: str) -> None:
    study.design, study.scored = "random_groups", False
    study.write()
    study.load()
    assert ask(database, "select * from prompt_effect") == []


def test_speed(loaded: str) -> None:
    rows = ask(
        loaded,
        "select s.condition, device, jobs, transcripts, s.audio_seconds, "
        "abs(rtfx - (select sum(audio_seconds) / sum(feature_seconds + encode_seconds "
        "+ decode_seconds) from transcriptions t where t.condition = s.condition)) < 1e-9, "
        "peak_memory_mb from speed s",
    )
    assert rows == [
        (name, "cpu", 1, 4, 40.0, True, 200)
        for name in ("raw.none", "raw.names", "quiet.none", "quiet.names")
    ]


def test_corpus_health(loaded: str) -> None:
    assert ask(
        loaded,
        "select recordings, ok, failed, listed, with_reference, languages, sources, chunks, "
        "median_snr_db, bearing_notices from corpus_health",
    ) == [(3, 2, 1, 0, 3, 1, 1, 8, 20.0, 0)]
    assert ask(loaded, "select round((ok_hours * 3600)::numeric, 3) from corpus_health") == [(40,)]
