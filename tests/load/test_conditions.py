"""A condition is its levels: its rows stay when its name changes, and go when a level does."""

from typing import Any

from load_study import Ask, Study

from snakescribe.paths import SQL_MIGRATIONS


def of_raw(ask: Ask) -> list[tuple[Any, ...]]:
    """Each word of the variant `raw` without a prompt, with the transaction that wrote it."""
    return ask(
        "select t.transcription::text, w.number, w.xmin::text from words w "
        "join transcriptions t using (transcription) join conditions using (corpus, condition) "
        "where prompt = 'none' and conditions.audio = 'raw' order by 1, 2"
    )


def test_a_level_that_goes_changes_a_name_and_no_row(study: Study, ask: Ask) -> None:
    study.load()
    before = of_raw(ask)
    assert len(before) == 8
    study.prompts = ["none"]
    study.write()
    study.load()
    assert ask("select condition, prompt from conditions order by position") == [
        ("raw", "none"),
        ("quiet", "none"),
    ]
    assert of_raw(ask) == before, "nothing was written anew"
    assert ask("select distinct condition from scores order by 1") == [("quiet",), ("raw",)]
    study.prompts = ["none", "names"]
    study.write()
    study.load()
    assert of_raw(ask) == before
    assert ask("select count(*) from transcriptions") == [(16,)]


def test_two_conditions_change_names(study: Study, ask: Ask) -> None:
    study.load()
    before = of_raw(ask)
    for old, new in (("raw.none", "x"), ("quiet.names", "raw.none"), ("x", "quiet.names")):
        ask(f"update conditions set condition = '{new}' where condition = '{old}'")
    study.load()
    assert [row[:2] for row in of_raw(ask)] == [row[:2] for row in before]
    assert ask("select condition, audio, prompt from conditions order by position") == [
        ("raw.none", "raw", "none"),
        ("raw.names", "raw", "names"),
        ("quiet.none", "quiet", "none"),
        ("quiet.names", "quiet", "names"),
    ]


def test_a_name_that_stands_for_other_levels_has_other_rows(study: Study, ask: Ask) -> None:
    study.prompts = ["none"]
    study.write()
    study.load()
    before = {row[0] for row in of_raw(ask)}
    study.prompts = ["names"]
    study.write()
    study.load()
    assert ask("select condition, prompt from conditions order by position") == [
        ("raw", "names"),
        ("quiet", "names"),
    ]
    now = {row[0] for row in ask("select transcription::text from transcriptions")}
    assert len(now) == 8
    assert not now & before


def test_the_migration_makes_the_same_ids(study: Study, ask: Ask) -> None:
    study.load()
    ids = ask("select transcription::text, condition, chunk from transcriptions order by 2, 3")
    text = (SQL_MIGRATIONS / "0024_condition_identity.sql").read_text(encoding="utf-8")
    (sql,) = (part for part in text.split(";\n") if "update transcriptions" in part)
    ask("update transcriptions set transcription = gen_random_uuid()")
    ask(sql)
    assert ids == ask(
        "select transcription::text, condition, chunk from transcriptions order by 2, 3"
    )
    assert ask("select count(*) from words join transcriptions using (transcription)") == [(32,)]
