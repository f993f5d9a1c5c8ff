"""Loading an experiment, seen from outside: what psycopg2 finds in the database."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
from click.testing import CliRunner
from load_study import Study

from results_folder import source_row
from snakescribe.cli import cli
from snakescribe.paths import REPOSITORY
from snakescribe.tables import SOURCES, write_table
from snakescribe.tables.metadata import METADATA_TABLES
from snakescribe.terms import ranked_rows

pytestmark = pytest.mark.slow


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables with the transaction that wrote each, so that a rewrite shows."""
    names = ask(url, "select tablename from pg_tables where schemaname = 'public' order by 1")
    return {
        name: ask(url, f"select xmin::text, ctid::text, t::text from {name} t order by t::text")
        for (name,) in names
    }


def test_rows_arrive(study: Study, database: str) -> None:
    receipt = study.load()
    assert receipt["rows"] == {
        "audio_files": 6, "calibration": 1, "chunkings": 1, "chunks": 8,
        "combinations": 1, "comparisons": 3,
        "condition_scores": 4, "plans": 3, "speech_regions": 4,
        "conditions": 4, "corpora": 1, "errors": 3, "experiments": 1, "factors": 1, "metrics": 4,
        "processing_chains": 1, "prompts": 16,
        "recordings": 3, "repeats": 1, "sources": 1, "runs": 2, "scores": 32, "segments": 16,
        "strata": 4, "suspects": 1, "terms": 1, "transcriptions": 16, "words": 32,
        "videos": 2, "tags": 6, "thumbnails": 2, "localizations": 2, "topics": 2,
        "games": 1, "game_teams": 2, "game_players": 2,
    }  # fmt: skip
    for table, count in receipt["rows"].items():
        assert ask(database, f"select count(*) from {table}") == [(count,)]
    assert receipt["corpus"] == study.folder.as_posix()
    assert receipt["notes"] == []


def test_repeats_have_rows_and_ids_of_their_own_and_the_first_keeps_its(
    study: Study, database: str
) -> None:
    study.load()
    ids = "select transcription from transcriptions where repeat = 1 order by 1"
    before = ask(database, ids)
    study.repeats = 3
    study.write()
    assert study.load()["rows"]["transcriptions"] == 3 * len(before)
    assert ask(database, ids) == before
    counts = "select repeat, count(*), count(distinct transcription) from transcriptions group by 1"
    assert sorted(ask(database, counts)) == [(repeat, 16, 16) for repeat in (1, 2, 3)]
    # Errors of the first condition are 0, 1 and 2 of 10 words; views have their mean, once a chunk.
    rates = "select chunks, words, wer from wer_by_condition where is_baseline and is_leading"
    assert ask(database, rates) == [(4, 40, pytest.approx(0.1))]
    effect = "select distinct chunks, words, delta from prompt_effect"
    assert ask(database, effect) == [(4, 40, pytest.approx(0.1))]
    assert ask(database, "select count(*) from worst_chunks where repeat = 3") == [(16,)]
    assert ask(database, "select count(*) from transcripts where repeat = 2") == [(16,)]
    study.repeats = 1
    study.write()
    study.load()
    assert ask(database, "select count(*), max(repeat) from transcriptions") == [(16, 1)]


def test_what_was_asked_for_recordings_arrives(study: Study, database: str) -> None:
    study.write()
    rows = [
        source_row("rss:x", kind="rss", asked_at="2026-01-02T03:04:05Z", listed=3, taken=1,
                   skipped={"no sound": 2}),
        source_row("rss:y", kind="rss", status="unavailable", reason="HTTP Error 404"),
    ]  # fmt: skip
    write_table(SOURCES, study.folder / SOURCES.path, rows)
    study.load()
    query = "select listing, taken, skipped->>'no sound', asked_at, status from sources order by 1"
    assert ask(database, query) == [
        ("rss:x", 1, "2", "2026-01-02T03:04:05Z", "ok"),
        ("rss:y", 0, None, None, "unavailable"),
    ]
    write_table(SOURCES, study.folder / SOURCES.path, rows[:1])
    study.load()
    assert ask(database, "select listing from sources") == [("rss:x",)], "what is gone goes"


def test_words_that_look_like_values_stay_words(study: Study, database: str) -> None:
    study.load()
    errors = ask(database, "select distinct reference, hypothesis from errors order by 1")
    assert errors == [("", "null"), ("true", "1e5")]
    changed = ask(database, "select condition, count, change, rank from changed_errors")
    assert changed == [("raw.names", 1, -2, 1)]
    assert ask(database, "select term from terms") == [("007",)]
    assert ask(database, 'select by_factor, "real" from factors') == [("", True)]


def test_types_are_declared_and_not_guessed(study: Study, database: str) -> None:
    study.load()
    assert ask(
        database,
        "select distinct details ->> 'normalizer_version', jsonb_typeof(details -> 'extra') "
        "from condition_scores",
    ) == [("1.10", "number")]
    assert ask(database, "select distinct normalizer_version from metrics") == [("1.10",)]
    assert ask(
        database,
        "select distinct details -> 'terms' -> 0 ->> 'term', details ->> 'stratum:snr_db' "
        "from scores",
    ) == [("hello", "below 10")]


def test_loading_twice_changes_nothing(study: Study, database: str) -> None:
    first = study.load(study.folder / "one.json")
    before = contents(database)
    second = study.load(study.folder / "two.json")
    assert first == second
    assert contents(database) == before


def test_only_what_changed_is_written(study: Study, database: str) -> None:
    study.load()
    before = contents(database)
    study.texts["talk-0000"] = "something else now"
    study.write()
    study.load()
    after = contents(database)
    changed = {name: set(after[name]) - set(before[name]) for name in after}
    assert len(changed["transcriptions"]) == 4
    assert not changed["scores"] and not changed["recordings"] and not changed["runs"]
    assert ask(database, "select count(*) from words") == [(4 * (2 + 2 + 2 + 3),)]


def test_what_sites_say_is_loaded_as_it_is(study: Study, database: str) -> None:
    study.load()
    assert ask(
        database,
        "select title, description, caption, embeddable, duration_seconds, view_count, status "
        "from videos v join recordings r using (corpus, recording, title) where recording = 'talk'",
    ) == [("The talk", 'About\n"it"\t\\', False, None, 20.5, 12_345_678_901, "ok")]
    assert ask(
        database,
        "select position, tag from tags where recording = 'größe' order by position",
    ) == [(0, "baseball"), (1, "baseball"), (2, "größe")]
    before = contents(database)
    study.views += 1
    study.write()
    study.load()
    after = contents(database)
    changed = [name for name in after if set(after[name]) - set(before[name])]
    assert changed == ["changes", "loads", "past_rows", "videos"]
    (study.folder / "metadata" / "topics.tsv").unlink()
    result = study.run_load(study.folder / "receipt.json")
    assert "topics.tsv: no such file" in str(result.exception)


def test_what_is_no_longer_there_is_removed(study: Study, database: str) -> None:
    study.load()
    study.recordings.remove("größe")
    study.variants.remove("quiet")
    study.write()
    receipt = study.load()
    for table, count in receipt["rows"].items():
        if table not in ("audio_files", "chunks"):
            assert ask(database, f"select count(*) from {table}") == [(count,)], table
    assert ask(database, "select distinct recording from transcriptions") == [("talk",)]


def test_experiments_and_corpora_do_not_touch_each_other(
    study: Study, database: str, tmp_path: Path
) -> None:
    study.load()
    other = Study(study.folder, name="other", variants=["raw"])
    other.write()
    other.load()
    elsewhere = Study(tmp_path / "elsewhere", recordings=["talk"])
    elsewhere.write()
    elsewhere.load()
    counts = dict(
        ask(
            database,
            "select corpus || experiment, count(*) from transcriptions group by 1",
        )
    )
    assert counts == {
        f"{study.folder}study": 16,
        f"{study.folder}other": 8,
        f"{elsewhere.folder}study": 8,
    }
    before = ask(database, "select t::text from transcriptions t order by 1")
    study.load()
    assert ask(database, "select t::text from transcriptions t order by 1") == before


def test_a_corpus_can_be_removed(study: Study, database: str) -> None:
    study.load()
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from corpora")
    connection.close()
    assert ask(database, "select (select count(*) from words) + (select count(*) from runs)") == [
        (0,)
    ]


def test_odd_text_survives(study: Study, database: str) -> None:
    odd = 'tab\there "quoted" back\\slash \\N \\. new\nline \r 名前 😀 é $1 %s {} --; drop table'
    study.texts["talk-0000"] = odd
    study.write()
    study.load()
    found = ask(database, "select distinct text from transcriptions where chunk = 'talk-0000'")
    assert found == [(odd,)]
    words = ask(
        database,
        "select w.text from words w join transcriptions using (transcription) "
        "where chunk = 'talk-0000' and condition = 'raw.none' order by number",
    )
    assert [word for (word,) in words] == odd.split()


def test_nul_characters_are_removed_with_a_note(study: Study, database: str) -> None:
    study.texts["talk-0000"] = "be\0fore"
    study.write()
    receipt = study.load()
    assert "NUL" in receipt["notes"][0]
    found = ask(database, "select distinct text from segments where text like 'be%'")
    assert found == [("before",)]


def test_random_groups_load_the_assigned_chunks_only(study: Study, database: str) -> None:
    study.design = "random_groups"
    study.write()
    receipt = study.load()
    assert receipt["rows"]["transcriptions"] == 4
    assert ask(database, "select count(distinct chunk), count(*) from transcriptions") == [(4, 4)]


def test_without_references(study: Study, database: str) -> None:
    study.scored = False
    study.write()
    receipt = study.load()
    assert "scores" not in receipt["rows"]
    assert ask(database, "select wer from condition_scores") == [(None,)] * 4


def test_views_answer(study: Study, database: str) -> None:
    study.load()
    rates = ask(
        database,
        "select condition, wer, wer_high, rtfx from wer_by_condition where is_leading",
    )
    assert [row[0] for row in rates] == ["raw.none", "raw.names", "quiet.none", "quiet.names"]
    assert rates[2][1] == 0.2 and rates[2][2] == 0.4
    assert round(rates[2][3], 3) == round(10 / 0.6, 3)
    worst = ask(database, "select condition, errors, title, path from worst_chunks where rank = 1")
    assert len(worst) == 16
    assert ("quiet.names", 3, "The größe", "store/quiet/größe-0001.flac") in worst
    assert ask(database, "select recording, stage, status, reason from failed_recordings") == [
        ("broken", "acquire", "corrupt", "no audio stream")
    ]
    prompts = ask(database, "select distinct prompt, prompt_text from transcripts order by 1")
    assert prompts == [("names", "The talk"), ("none", "")]


def test_every_table_and_view_says_what_it_is(study: Study, database: str) -> None:
    study.load()
    silent = ask(
        database,
        "select relname from pg_class where relnamespace = 'public'::regnamespace "
        "and relkind in ('r', 'v') and obj_description(oid) is null",
    )
    assert silent == []


def test_provenance(study: Study, database: str) -> None:
    study.load()
    rows = ask(
        database,
        "select distinct r.model_sha256, r.compute_type, r.loaded_by, "
        "r.config_digest = e.config_digest, r.libraries ? 'numpy', r.settings ->> 'weights' "
        "from runs r join experiments e using (corpus, experiment)",
    )
    assert rows == [("12" * 32, "int8", "0.1.0", True, True, "tiny.en")]


def test_a_failed_load_leaves_all_as_it_was(study: Study, database: str) -> None:
    study.load()
    before = contents(database)
    study.texts["talk-0000"] = "new text"
    study.write()
    scores = study.folder / "scores" / "study" / "comparisons.csv"
    scores.write_text(
        scores.read_text(encoding="utf-8").replace("quiet.none", "raw.names"), encoding="utf-8"
    )
    result = study.run_load(study.folder / "receipt.json")
    assert result.exit_code != 0
    assert "comparisons: two rows have the same" in str(result.exception)
    assert not (study.folder / "receipt.json").exists()
    assert contents(database) == before


def test_missing_scores_are_a_clear_error(study: Study, database: str) -> None:  # noqa: ARG001
    (study.folder / "scores" / "study" / "conditions.csv").unlink()
    result = study.run_load(study.folder / "receipt.json")
    assert "conditions.csv: no such file" in str(result.exception)


def test_the_receipt_is_the_same_each_time(study: Study, database: str) -> None:
    receipt = study.folder / "receipt.json"
    study.load(receipt)
    first = receipt.read_bytes()
    study.load(receipt)
    assert receipt.read_bytes() == first
    assert "postgres@" not in first.decode()
    (folder,) = parse_qs(urlsplit(database).query)["host"]
    assert json.loads(first)["database"] == f"{folder}/postgres"


def test_the_questions_in_the_docs_have_answers(study: Study, database: str) -> None:
    study.texts["talk-0000"] = "Herons at second base"
    study.write()
    study.load()
    page = (REPOSITORY / "docs" / "load.md").read_text(encoding="utf-8")
    questions = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    assert len(questions) >= 4
    for question in questions:
        assert ask(database, question), question


def load_recordings(study: Study) -> dict[str, Any]:
    receipt = study.folder / "described" / "load.json"
    run = CliRunner().invoke(
        cli, ["load", "recordings", "--results", str(study.folder), "--receipt", str(receipt)]
    )
    assert run.exit_code == 0, run.output
    loaded: dict[str, Any] = json.loads(receipt.read_text(encoding="utf-8"))
    return loaded


def test_recordings_alone_leave_experiments_as_they_are(study: Study, database: str) -> None:
    study.load()
    before = contents(database)
    (study.folder / "described").mkdir()
    for table in METADATA_TABLES:
        shutil.copy(study.folder / table.path, study.folder / "described" / table.file_name)
    assert load_recordings(study)["rows"]["recordings"] == 3
    assert contents(database) == before  # what was fetched stays so
    for name in ("plans", "recordings"):
        shutil.rmtree(study.folder / name)
    load_recordings(study)
    assert ask(database, "select distinct status from recordings") == [("listed",)]
    assert ask(database, "select count(*) from failed_recordings where audio = ''") == [(0,)]
    assert contents(database)["transcriptions"] == before["transcriptions"]


def test_what_people_say_of_an_experiment_and_what_it_is_made_of(
    study: Study, database: str, tmp_path: Path
) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text("term,usage,impact\nbase,1,2\nKites,5,1\n=pitch,,1\n", encoding="utf-8")
    study.prompt_entries["names"] = {
        "template": "{terms}", "terms": str(terms), "score": "usage * impact"
    }  # fmt: skip
    study.load()
    assert ask(database, "select question, description, notes from experiments") == [
        ("Do names help?", "Talks, with their titles.", ["tried on a Monday", "größe is loud"])
    ]
    weights = [{"usage": "5", "impact": "1"}, {"usage": "1", "impact": "2"}]
    assert ask(
        database, "select prompt, number, term, score, weights from prompt_terms order by number"
    ) == [
        ("names", 0, "Kites", 5.0, weights[0]),
        ("names", 1, "base", 2.0, weights[1]),
        ("names", 2, "=pitch", None, {"usage": "", "impact": "1"}),
    ]
    assert ask(database, "select audio, number, filter, options from processing_chains") == [
        ("quiet", 0, "wiener", {})
    ]
    terms.write_text("term,usage,impact\nbase,1,2\n", encoding="utf-8")
    ranked_rows.cache_clear()  # which another process does not have
    study.load()
    assert ask(database, "select term from prompt_terms") == [("base",)]


def test_events_teams_and_players(study: Study, database: str) -> None:
    study.load()
    assert ask(database, "select event_id, event, season, recordings from events") == [
        ("401", "Herons at Kites", 2019, 1)
    ]
    assert ask(database, "select team, events from teams") == [
        ("Kessock Kites", 1),
        ("Pendry Herons", 1),
    ]
    assert ask(database, "select player, player_id, teams, positions from players") == [
        ("Kenta Tsukamoto", "7", ["Kessock Kites"], ["SS"]),
        ("Tobias Okafor", None, ["Pendry Herons"], None),
    ]
