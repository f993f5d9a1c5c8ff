"""An experiment that compares chunkings, through the whole workflow."""

import csv
import json
from typing import Any

import psycopg2
import pytest

pytestmark = pytest.mark.slow

LEVELS = ["vad", "short", "whole"]


@pytest.fixture(scope="module")
def study(make_study: Any) -> Any:
    """A study of cuts that has run once, beside an experiment that names no chunking."""
    made = make_study("cuts")
    made.config |= {
        "audio": {"raw": []},
        "prompts": {"none": ""},
        "chunking": {"max_seconds": 20},
        "chunkings": {"short": {"method": "fixed", "max_seconds": 3, "overlap_seconds": 1}},
        "experiments": {
            "cuts": {"factors": {"chunking": LEVELS}, "baseline": {"chunking": "short"}},
            "plain": {},
        },
    }
    made.first = made.snakemake()
    assert made.first.returncode == 0, made.first.output
    return made


def table(study: Any, name: str) -> list[dict[str, str]]:
    with study.path(name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_level_has_the_same_reference_words(study: Any) -> None:
    rows = table(study, "scores/cuts/conditions.csv")
    assert [row["condition"] for row in rows] == LEVELS
    assert [row["chunking"] for row in rows] == LEVELS
    assert {(row["recordings"], row["chunks"], row["words"]) for row in rows} == {("2", "2", "13")}
    rows = table(study, "scores/cuts/chunkings.csv")
    (whole,) = [row for row in rows if row["method"] == "whole"]
    assert (whole["chunks"], whole["fill"]) == ("2", "")


def test_the_section_chunking_keeps_its_places(study: Any) -> None:
    for name in (
        "plans/s00000.tsv",
        "chunks/raw/s00000.tsv",
        "transcripts/tiny-en.raw/s00000.parquet",
        "store/transcripts/tiny-en.raw.s00000.jsonl",
        "plans/short/s00000.tsv",
        "chunks/short/raw/s00000.tsv",
        "transcripts/tiny-en.raw.whole/s00000.parquet",
    ):
        assert study.path(name).exists(), name
    assert study.first.jobs["plan_chunks"] == study.first.jobs["cut_chunks"] == 4


def test_a_second_run_does_nothing_and_status_says_so(study: Any) -> None:
    again = study.snakemake()
    assert again.returncode == 0, again.output
    assert again.jobs == {}
    status = json.loads(study.snakescribe("status", "study.yaml", "--json"))
    assert status["state"] == "complete", status
    assert status["transcripts"]["done"] == status["transcripts"]["total"] > 0


def test_the_page_tells_how_recordings_were_cut(study: Any) -> None:
    page = study.path("report/cuts.html").read_text(encoding="utf-8")
    assert "Health: how recordings were cut" in page
    assert "each recording is scored as a whole" in page


def test_the_database_has_plans_regions_and_chunks_of_each_chunking(study: Any) -> None:
    url = study.snakescribe("db", "url", "--configfile", "study.yaml")
    try:
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute("select distinct chunking from plans order by 1")
            assert cursor.fetchall() == [("",), ("short",), ("vad",), ("whole",)]
            cursor.execute(
                "select count(*) filter (where r.number is null) from plans p left join "
                "speech_regions r using (corpus, chunking, recording) where p.status = 'ok'"
            )
            assert cursor.fetchone() == (0,)
            cursor.execute(
                "select t.condition, count(*), count(distinct t.chunk) from transcripts t "
                "where t.experiment = 'cuts' group by 1 order by 1"
            )
            counts = {name: (rows, chunks) for name, rows, chunks in cursor.fetchall()}
            assert counts["whole"] == (2, 2)
            assert counts["short"][0] == counts["short"][1] > 4
            cursor.execute(
                "select condition, sum(words) from scores where experiment = 'cuts' "
                "and normalizer = 'auto' group by 1 order by 1"
            )
            assert cursor.fetchall() == [("short", 13), ("vad", 13), ("whole", 13)]
            cursor.execute(
                "select count(*), count(path) from worst_chunks where experiment = 'cuts'"
            )
            assert cursor.fetchone() == (6, 6)
            cursor.execute("select count(*) from chunkings")
            assert cursor.fetchone() == (4,)
        connection.close()
    finally:
        study.snakescribe("db", "stop", "--configfile", "study.yaml")
