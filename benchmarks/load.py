"""What loading costs beside a bare COPY: made-up transcripts, each word with times.

    .venv/bin/python benchmarks/load.py [WORDS]

The same rows into the same indexed tables of an embedded server: by COPY from files that lie ready,
by a first load, by a load of the same files again, and by one after a thousandth of the transcripts
changed. Wanted: at most 2 times COPY for the first load, at most 0.2 for an unchanged one.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from evaluate import WORDS_PER_CHUNK, write_results
from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.load.migrate import migrate
from snakescribe.load.staging import SCOPES
from snakescribe.results import Results
from snakescribe.tables import AUDIO, SOURCES, TRANSCRIPTS, Row, read_table, write_table
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES
from snakescribe.tables.scores import SCORE_TABLES, SCORES
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import load_params

PROMPTS = [f"p{number:02d}" for number in range(10)]


def make_settings() -> str:
    """The settings that the workflow would pass, as JSON."""
    config = check_config(
        {
            "results": "x",
            "recordings": [{"source": "folder", "path": "talks/*"}],
            "models": {"m": {"weights": "tiny.en"}},
            "audio": {"raw": []},
            "prompts": dict.fromkeys(PROMPTS, ""),
            "decoding": {"d": {}},
            "experiments": {"e": {"factors": {"prompt": PROMPTS}}},
        },
        "benchmark",
    )
    return as_json(load_params(config, expand_experiments(config)["e"]))


def complete(results: Results) -> None:
    """Write the other tables that a load reads: of scores one for each transcript, else none."""
    for table in (SOURCES, *METADATA_TABLES, *GAME_TABLES):
        write_table(table, results.path(table), [])
    for shard in results.shards():
        write_table(AUDIO, results.path(AUDIO, variant="raw", shard=shard), [])
    for table in SCORE_TABLES:
        rows = scores(results) if table is SCORES else ()
        write_table(table, results.folder / "scores" / "e" / table.file_name, rows)


def scores(results: Results) -> Iterator[Row]:
    """A row of scores for each transcript, with figures of one kind."""
    empty: Row = {"str": "", "label": "", "int": 0, "int32": 0}
    blank: Row = {
        column.name: None
        if column.optional
        else empty.get(column.kind, [] if "list" in column.kind else 0.0)
        for column in SCORES.columns
    }
    for shard in results.shards():
        path = results.path(TRANSCRIPTS, passname="m.raw", shard=shard)
        for row in read_table(TRANSCRIPTS, path, only=["chunk", "recording", "prompt", "text"]):
            yield blank | {
                "condition": row["prompt"], "recording": row["recording"], "chunk": row["chunk"],
                "normalizer": "auto", "tier": "human", "reference": row["text"],
                "hypothesis": row["text"], "words": WORDS_PER_CHUNK, "hits": WORDS_PER_CHUNK,
                "substitutions": 0, "deletions": 0, "insertions": 0,
            }  # fmt: skip


def change(results: Results) -> None:
    """Change every thousandth transcript."""
    number = 0
    for shard in results.shards():
        path = results.path(TRANSCRIPTS, passname="m.raw", shard=shard)
        rows = []
        for row in read_table(TRANSCRIPTS, path):
            rows.append(row if number % 1000 else {**row, "text": f"{row['text']} changed"})
            number += 1
        write_table(TRANSCRIPTS, path, rows)


def load(name: str, folder: Path, settings: str, bare: float) -> None:
    """Run `snakescribe load experiment`; print time, processor time and memory."""
    began = time.perf_counter()
    command = [
        sys.executable, "-m", "snakescribe", "load", "experiment", "--results", str(folder),
        "--settings", settings, "--receipt", str(folder / "receipt.json"),
    ]  # fmt: skip
    process = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{name} failed")
    wall, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    print(
        f"{name}: {wall:.1f} s, {wall / bare:.2f} times COPY; of ours {cpu:.1f} s of processor "
        f"time, {usage.ru_maxrss / 1e6:.2f} GB"
    )


@contextmanager
def new_database(server: EmbeddedServer, name: str) -> Iterator[Any]:
    """A connection to a new database that has the tables."""
    with closing(psycopg2.connect(server.url)) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"create database {name}")
    with closing(psycopg2.connect(server.url.replace("/postgres?", f"/{name}?"))) as connection:
        migrate(connection)
        yield connection


def copy_out(connection: Any, folder: Path) -> None:
    """Write the rows of each table to a file."""
    folder.mkdir()
    for table in SCOPES:
        with (folder / table).open("wb") as stream:
            connection.cursor().copy_expert(f"copy {table} to stdout", stream)


def copy_in(connection: Any, folder: Path) -> float:
    """Copy these files into empty tables -> seconds."""
    began = time.perf_counter()
    with connection, connection.cursor() as cursor:
        for table in SCOPES:
            with (folder / table).open("rb") as stream:
                cursor.copy_expert(f"copy {table} from stdin", stream)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    settings = make_settings()
    os.environ.pop("SNAKESCRIBE_DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as name:
        results = Results(Path(name) / "results")
        write_results(results.folder, words // len(PROMPTS), PROMPTS, timed=True)
        complete(results)
        server = EmbeddedServer(results.folder.resolve() / "postgres")
        with server.use():
            load("a load that prepares the files for COPY", results.folder, settings, 1.0)
            with closing(psycopg2.connect(server.url)) as connection:
                copy_out(connection, results.folder / "rows")
            with new_database(server, "bare") as connection:
                bare = copy_in(connection, results.folder / "rows")
            print(f"load {words:,} words: bare COPY of all rows: {bare:.1f} s")
            with closing(psycopg2.connect(server.url)) as connection:
                connection.cursor().execute("drop schema public cascade; create schema public")
                migrate(connection)  # a bare COPY finds its tables made as well
            load("first load", results.folder, settings, bare)
            load("the same again", results.folder, settings, bare)
            change(results)
            load("a thousandth changed", results.folder, settings, bare)


if __name__ == "__main__":
    main()
