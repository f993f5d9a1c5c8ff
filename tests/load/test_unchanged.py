"""A load of what the database has already does nothing, and never too little."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from load_study import CONTENT, Ask, Study

from snakescribe.config.params import ExperimentParams
from snakescribe.errors import UserError
from snakescribe.load.experiment import load_experiment
from snakescribe.load.migrate import migrate
from snakescribe.load.staging import SCOPES
from snakescribe.load.unchanged import input_files, load_digest
from snakescribe.results import Results
from snakescribe.tables import files


def params(study: Study) -> ExperimentParams:
    return ExperimentParams.model_validate(study.settings)


def written(ask: Ask) -> set[tuple[Any, ...]]:
    """Every row of every table of results, with the transaction that wrote it."""
    return {
        (name, *row)
        for name in SCOPES
        for row in ask(f"select xmin::text, ({CONTENT})::text from {name} t")
    }


def test_every_file_that_is_read_is_in_the_digest(
    study: Study, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[Path] = set()
    check = files.check_exists
    monkeypatch.setattr(
        files, "check_exists", lambda table, path: (read.add(path), check(table, path))
    )
    results = Results(study.folder)
    load_experiment(results, params(study))
    assert len(read) > 25
    assert read == set(input_files(results, params(study)))
    assert database


@pytest.mark.slow
@pytest.mark.parametrize("design", ["factorial", "random_groups"])
def test_every_change_shows_in_the_digest(study: Study, design: str) -> None:
    study.design = design
    study.write()
    results, settings = Results(study.folder), params(study)
    before = load_digest(results, settings, 1)
    assert before != load_digest(results, settings, 2)
    for path in input_files(results, settings):
        content = path.read_bytes()
        # The lock and the plans are read as well: they have to stay tables.
        is_read = path.name == "items.tsv" or path.parent.name == "plans"
        other = content.replace(b"The ", b"A ").replace(b"20.0", b"21.0")
        path.write_bytes(other if is_read else content + b" ")
        assert load_digest(results, settings, 1) != before, path
        path.write_bytes(content)
        assert load_digest(results, settings, 1) == before
    path.unlink()
    assert load_digest(results, settings, 1) == "", "what is missing is told by reading it"


def test_receipt_and_database_agree(study: Study, ask: Ask) -> None:
    receipt = study.load()
    assert ask("select digest, rows from loads") == [(receipt["digest"], receipt["rows"])]
    stamp = ask("select xmin::text from loads")
    assert study.load() == receipt
    assert ask("select xmin::text from loads") == stamp, "nothing was done"


def test_looking_at_all_rows_again_writes_none(study: Study, ask: Ask) -> None:
    receipt = study.load()
    before = written(ask)
    ask("delete from loads")
    assert study.load() == receipt
    assert written(ask) == before
    assert ask("select count(*) from loads") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        "update words set text = 'x'",
        "delete from recordings where recording = 'talk'",
        "truncate scores",
        "insert into tags (corpus, recording, position, tag) "
        "select corpus, recording, 9, 'x' from videos",
    ],
)
def test_changes_by_hand_are_undone(study: Study, ask: Ask, change: str) -> None:
    study.load()
    before = {row[2:] for row in written(ask)}
    ask(change)
    assert {row[2:] for row in written(ask)} != before
    study.load()
    assert {row[2:] for row in written(ask)} == before


def test_every_table_is_watched(ask: Ask, database: str) -> None:
    connection = psycopg2.connect(database)
    migrate(connection)
    connection.close()
    watched = ask("select tgrelid::regclass::text from pg_trigger where tgname = 'forget_loads'")
    assert {name for (name,) in watched} == set(SCOPES)


def test_what_another_experiment_took_away_comes_back(study: Study, ask: Ask) -> None:
    other = Study(study.folder, name="other", variants=["raw"])
    other.write()
    other.load()
    study.write()
    study.load()
    whole = {row[2:] for row in written(ask)}
    smaller = Study(study.folder, recordings=["talk"])
    smaller.write()
    smaller.load()
    assert ask("select distinct recording from transcriptions") == [("talk",)]
    for again in (study, other):
        again.write()
        again.load()
    assert {row[2:] for row in written(ask)} == whole


def test_loads_at_the_same_time(study: Study, ask: Ask) -> None:
    studies = [Study(study.folder, name=f"study{number}") for number in range(3)]
    for each in studies:
        each.write()
    work = [(Results(study.folder), params(each)) for each in studies * 2]
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda job: load_experiment(*job), work))
    assert [receipt.rows["words"] for receipt in receipts] == [32] * 6
    assert ask("select experiment, count(*) from transcriptions group by 1 order by 1") == [
        ("study0", 16),
        ("study1", 16),
        ("study2", 16),
    ]


def test_a_first_load_that_fails_leaves_nothing(study: Study, ask: Ask) -> None:
    scores = study.folder / "scores" / "study" / "comparisons.csv"
    text = scores.read_text(encoding="utf-8").replace("quiet.none", "raw.names")
    scores.write_text(text, encoding="utf-8")
    result = study.run_load(study.folder / "receipt.json")
    assert isinstance(result.exception, UserError)
    assert "comparisons: two rows have the same" in str(result.exception)
    assert written(ask) == set()
