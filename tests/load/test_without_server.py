"""Results for those who reach no server: files of the database, and views for DuckDB."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result
from load_study import Ask, Study
from pyarrow import parquet

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.load.staging import SCOPES
from snakescribe.notices import Job, Kind, collecting, notify
from snakescribe.paths import REPOSITORY

ODD = 'a\ttab, "quotes"\nand\r lines 名 \\N'


def call(study: Study, *arguments: str) -> Result:
    config = study.folder.parent / "config.yaml"
    config.write_text(yaml.safe_dump(study.config), encoding="utf-8")
    return CliRunner().invoke(cli, ["db", *arguments, "--configfile", str(config)])


@pytest.fixture
def odd(tmp_path: Path) -> Study:
    """A study with texts that files and spreadsheets stumble over, in a folder with such a name."""
    made = Study(tmp_path / "a [b] 'c'*", texts={"talk-0000": ODD, "talk-0001": "=1+1 'x"})
    made.write()
    return made


def test_tables_as_parquet(odd: Study, ask: Ask, tmp_path: Path) -> None:
    odd.load()
    other = Study(tmp_path / "other", recordings=["talk"])
    other.write()
    other.load()
    run = call(odd, "export", str(tmp_path / "files"))
    assert run.exit_code == 0, run.exception
    mine = f"corpus = '{odd.folder.as_posix().replace(chr(39), 2 * chr(39))}'"
    for table in SCOPES:
        scope = "" if table in ("prompts", "segments", "words") else f" where {mine}"
        if not scope:
            scope = f" join transcriptions using (transcription) where {mine}"
        ((count,),) = ask(f"select count(*) from {table}{scope}")
        file = parquet.read_table(tmp_path / "files" / f"{table}.parquet")
        assert file.num_rows == count, table
        assert f"{table}.parquet: {count} rows" in run.output
    texts = parquet.read_table(tmp_path / "files" / "transcriptions.parquet").to_pylist()
    assert {row["text"] for row in texts} == {ODD, "=1+1 'x", "hello there"}
    assert json.loads(texts[0]["flags"]) == []
    assert texts[0]["created_at"].tzinfo
    video = parquet.read_table(tmp_path / "files" / "videos.parquet").to_pylist()[0]
    assert video["view_count"] == 12_345_678_901
    assert video["caption"] is False
    assert video["embeddable"] is None
    assert video["duration_seconds"] == 20.5


def test_tables_and_views_as_csv(odd: Study, database: str, tmp_path: Path) -> None:  # noqa: ARG001
    odd.load()
    run = call(
        odd, "export", str(tmp_path), "--format", "csv", "--table", "transcripts",
        "--table", "players", "--table", "condition_summary",
    )  # fmt: skip
    assert run.exit_code == 0, run.exception
    with (tmp_path / "transcripts.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["text"] for row in rows} == {ODD, "'=1+1 'x", "hello there"}
    with (tmp_path / "players.csv").open(encoding="utf-8", newline="") as stream:
        assert json.loads(next(csv.DictReader(stream))["teams"]) == ["Kessock Kites"]
    with (tmp_path / "condition_summary.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["is_baseline"] for row in csv.DictReader(stream)] == ["true"] + 3 * ["false"]


def test_rows_of_all_folders(study: Study, database: str, tmp_path: Path) -> None:  # noqa: ARG001
    study.load()
    other = Study(tmp_path / "other", recordings=["talk"])
    other.write()
    other.load()
    assert (
        "words.parquet: 32 rows" in call(study, "export", str(tmp_path), "--table", "words").output
    )
    shown = call(study, "export", str(tmp_path), "--table", "words", "--all").output
    assert "words.parquet: 48 rows" in shown


def test_what_cannot_be_exported(study: Study, database: str, tmp_path: Path) -> None:  # noqa: ARG001
    told = call(study, "export", str(tmp_path)).exception
    assert isinstance(told, UserError)
    assert "nothing was loaded yet" in str(told)
    study.load()
    told = call(study, "export", str(tmp_path), "--table", "wrods").exception
    assert "did you mean 'words'" in str(told)


def views(study: Study) -> Any:
    run = call(study, "duckdb")
    assert run.exit_code == 0, run.exception
    connection = duckdb.connect()
    connection.execute(run.output)
    return connection


def test_duckdb_sees_what_postgres_has(odd: Study, ask: Ask) -> None:
    odd.load()
    connection = views(odd)
    for name, table in (
        ("items", "recordings"), ("audio", "audio_files"), ("plans", "plans"), ("chunks", "chunks"),
        ("transcripts", "transcriptions"), ("segments", "segments"), ("words", "words"),
        ("scores", "scores"), ("conditions", "condition_scores"), ("errors", "errors"),
        ("comparisons", "comparisons"), ("metrics", "metrics"), ("videos", "videos"),
        ("tags", "tags"), ("game_players", "game_players"),
    ):  # fmt: skip
        ((count,),) = ask(f"select count(*) from {table}")
        assert connection.execute(f"select count(*) from {name}").fetchone() == (count,), name
    texts = "select distinct text from transcripts order by 1"
    assert set(connection.execute(texts).fetchall()) == {(ODD,), ("=1+1 'x",), ("hello there",)}
    assert connection.execute(
        "select experiment, condition, wer, extra, is_baseline from conditions where wer = 0"
    ).fetchall() == [("study", "raw.none", 0.0, 0.5, True)]
    assert connection.execute(
        "select distinct kind, reference, hypothesis from errors where reference = ''"
    ).fetchall() == [("insertion", "", "null")]
    assert connection.execute(
        "select distinct passname, number, word.text from ("
        "select passname, number, struct_pack(text := text) as word from words) "
        "where number = 0 and passname = 'tiny.raw' order by 3"
    ).fetchall() == [("tiny.raw", 0, "=1+1"), ("tiny.raw", 0, "a"), ("tiny.raw", 0, "hello")]
    assert connection.execute("select context ->> 'team' from items limit 1").fetchone() == (
        "Herons & Kites",
    )


def test_duckdb_sees_chunkings_and_notices(study: Study) -> None:
    notices = study.folder / "notices" / "cut_chunks" / "raw" / "s00000.tsv"
    with collecting(Job("process", "cut_chunks", "raw/s00000"), notices):
        notify(Kind.CLIP_MISSING, "gone", recording="talk")
    other = study.folder / "plans" / "vad15"
    other.mkdir()
    (other / "s00000.tsv").write_bytes((study.folder / "plans" / "s00000.tsv").read_bytes())
    connection = views(study)
    assert connection.execute(
        "select chunking, shard, count(*) from plans group by all order by 1"
    ).fetchall() == [("", "s00000", 3), ("vad15", "s00000", 3)]
    assert connection.execute("select step, place, text from notices").fetchall() == [
        ("cut_chunks", "raw/s00000", "gone")
    ]


def test_the_questions_for_duckdb_in_the_docs_have_answers(study: Study) -> None:
    page = (REPOSITORY / "docs" / "load.md").read_text(encoding="utf-8")
    questions = re.findall(r"```duckdb\n(.*?)```", page, re.DOTALL)
    assert len(questions) >= 3
    connection = views(study)
    for question in questions:
        assert connection.execute(question).fetchall(), question


def test_a_folder_without_a_run_has_no_views(tmp_path: Path) -> None:
    told = call(Study(tmp_path / "empty"), "duckdb").exception
    assert isinstance(told, UserError)
    assert "run snakemake first" in str(told)
