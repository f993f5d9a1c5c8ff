"""What the documentation asks of results, in SQL, DuckDB, pandas and R, has answers."""

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pandas
import pytest
from duckdb import connect
from load_study import Ask, Study

from snakescribe.load.duckdb_views import duckdb_views
from snakescribe.paths import REPOSITORY
from snakescribe.results import Results

PAGES = sorted((REPOSITORY / "docs").rglob("*.md"))
DEMO = "results/demo"
EXPERIMENT = "prompt_and_denoise"


def blocks(kind: str) -> list[str]:
    pattern = rf"^```{kind}\n(.*?)^```$"
    return [
        block
        for page in PAGES
        for block in re.findall(pattern, page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    ]


@pytest.fixture
def demo(study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A run that lies where the pages have that of the demo."""
    study.name = EXPERIMENT
    study.texts["talk-0000"] = "Herons at second base"
    study.write()
    working = study.folder.parent / "working"
    (working / DEMO).parent.mkdir(parents=True)
    (working / DEMO).symlink_to(study.folder)
    (study.folder / "transcripts" / "tiny-en.raw").symlink_to(
        study.folder / "transcripts" / "tiny.raw"
    )
    monkeypatch.chdir(working)
    return study


def test_sql_of_all_pages_has_answers(demo: Study, ask: Ask) -> None:
    demo.load()
    questions = blocks("sql")
    assert len(questions) > 10
    for question in questions:
        assert ask(question), question


def test_duckdb_of_all_pages_has_answers(demo: Study) -> None:
    connection = connect()
    connection.execute(duckdb_views(Results(demo.folder)))
    questions = blocks("duckdb")
    assert len(questions) >= 5
    for question in questions:
        assert connection.execute(question).fetchall(), question


def test_python_that_reads_results_runs(
    demo: Study, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.load()

    def url(command: list[str], **_: object) -> SimpleNamespace:
        assert command == ["snakescribe", "db", "url", "--configfile", "config/demo.yaml"]
        return SimpleNamespace(stdout=f"{database}\n")

    monkeypatch.setattr(subprocess, "run", url)
    readers = [text for text in blocks("python") if "pandas" in text or "psycopg2" in text]
    assert len(readers) == 3
    for text in readers:
        exec(compile(text, "page", "exec"), {})
        assert "Empty DataFrame" not in capsys.readouterr().out


@pytest.mark.usefixtures("demo")
def test_r_names_files_and_columns_that_there_are() -> None:
    scores = Path(DEMO) / "scores" / EXPERIMENT
    texts = blocks("r")
    assert texts
    for text in texts:
        assert f'"{scores}"' in text
        columns = {"chunks": pandas.read_parquet(scores / "chunks.parquet").columns}
        for name in re.findall(r'file\.path\(scores, "([^"]+)"\)', text):
            assert (scores / name).is_file()
            if name.endswith(".csv"):
                columns[Path(name).stem] = pandas.read_csv(scores / name).columns
        asked = {
            "conditions": re.findall(r"conditions\$(\w+)", text) + listed(text, r"\), c\("),
            "comparisons": ["family", *listed(text, r"select = c\(")],
            "chunks": ["recording", "condition", *listed(text, r"cbind\(")],
        }
        for table, names in asked.items():
            assert len(names) > 3
            assert set(names) <= set(columns[table]), table


def listed(text: str, before: str) -> list[str]:
    """The names between a call of R's and its bracket."""
    [inside] = re.findall(rf"{before}([^()]*)\)", text)
    return [name.strip().strip('"') for name in inside.split(",")]
