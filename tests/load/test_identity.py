"""A corpus has an identity: rows of another folder of the same name are replaced by nobody."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml
from click.testing import CliRunner
from load_study import Study

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.load.identity import corpus_identity

Person = Callable[..., Study]


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A function that goes to a person's folder, where a study lies in `results`."""

    def go(name: str, **fields: Any) -> Study:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        study = Study(Path("results"), **fields)
        study.write()
        Path("results/config.yaml").write_text(yaml.safe_dump(study.config), encoding="utf-8")
        return study

    return go


def rows(url: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select transcription, text, xmin::text from transcriptions order by 1")
        there = cursor.fetchall()
    connection.close()
    return there


def run_sql(url: str, sql: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def refusal(study: Study) -> str:
    """Load, which has to be refused -> what it says."""
    result = study.run_load(study.folder / "receipt.json")
    assert isinstance(result.exception, UserError), result.output
    assert not (study.folder / "receipt.json").exists()
    return str(result.exception)


@pytest.mark.parametrize("recordings", [["lecture"], ["talk", "größe", "broken"]])
def test_the_same_name_for_another_corpus_is_refused(
    person: Person, database: str, tmp_path: Path, recordings: list[str]
) -> None:
    person("ann").load()
    before = rows(database)
    ben = person("ben", recordings=recordings, texts={"talk-0000": "what Ben has"})
    said = refusal(ben)
    assert f"another folder: {tmp_path / 'ann' / 'results'}" in said
    assert "another `results` folder" in said
    assert rows(database) == before
    described = ben.folder / "described" / "load.json"
    arguments = ["load", "recordings", "--results", "results", "--receipt", str(described)]
    assert "another folder" in str(CliRunner().invoke(cli, arguments).exception)


def test_each_choice_that_is_spelled_out_works(person: Person, database: str) -> None:
    person("ann").load()
    ben = person("ben", texts={"talk-0000": "what Ben has"})
    claim, delete = re.findall(r"`(snakescribe .*?)`", refusal(ben))
    run = CliRunner().invoke(cli, shlex.split(claim)[1:])
    assert run.exit_code == 0, run.output
    assert "is that of" in run.output
    ben.load()
    assert "what Ben has" in [text for _, text, _ in rows(database)]
    ann = person("ann")
    assert "another folder" in refusal(ann), "now they are Ben's"
    command = shlex.split(delete)
    run_sql(database, command[command.index("-c") + 1])
    ann.load()
    assert "what Ben has" not in [text for _, text, _ in rows(database)]


def test_a_folder_that_was_moved_keeps_its_rows(person: Person, database: str) -> None:
    person("ann").load()
    before = rows(database)
    (Path.cwd().parent / "cy").mkdir()
    shutil.move("results", "../cy/results")
    cy = person("cy")
    cy.load()
    assert rows(database) == before


def test_a_copy_does_not_replace_what_it_was_copied_from(
    person: Person, database: str, tmp_path: Path
) -> None:
    person("ann").load()
    before = rows(database)
    shutil.copytree("results", tmp_path / "cy" / "results")
    cy = person("cy", texts={"talk-0000": "what Cy has"})
    assert f"a copy of {tmp_path / 'ann' / 'results'}" in refusal(cy)
    assert rows(database) == before
    CliRunner().invoke(cli, ["db", "claim", "--configfile", "results"], catch_exceptions=False)
    cy.load()
    assert rows(database) != before


def test_rows_of_before_are_taken_over_by_their_own_folder_only(
    person: Person, database: str
) -> None:
    ann = person("ann")
    ann.load()
    run_sql(database, "update corpora set identity = null")
    ann.load()
    run_sql(database, "update corpora set identity = null, folder = '/elsewhere/results'")
    assert "another folder: /elsewhere/results" in refusal(ann)


def test_nothing_to_claim(person: Person, database: str) -> None:  # noqa: ARG001
    person("ann")
    run = CliRunner().invoke(cli, ["db", "claim", "--configfile", "results"])
    assert "nothing to claim" in run.output
    config = Path("results/config.yaml").rename("config.yaml")
    shutil.rmtree("results")
    run = CliRunner().invoke(cli, ["db", "claim", "--configfile", str(config)])
    assert "results: there is no such folder" in str(run.exception)


def test_an_identity_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(corpus_identity, [tmp_path] * 8))
    assert len(made) == 1
    kept = tmp_path / "corpus.json"
    assert json.loads(kept.read_text(encoding="utf-8"))["identity"] in made
    kept.write_text(kept.read_text(encoding="utf-8").replace("identity", "name"), encoding="utf-8")
    with pytest.raises(UserError, match=r"corpus\.json: this is not what was written"):
        corpus_identity(tmp_path)
