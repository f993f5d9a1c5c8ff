"""What loading costs beside a bare COPY: made-up transcripts, each word with times.

    .venv/bin/python benchmarks/load.py [WORDS] [PAIRS]

The same rows into the same indexed tables of an embedded server: by COPY from files that lie ready,
by a first load, by a load of the same files again, and by one after a thousandth of the transcripts
changed. COPY and loads take turns, so that a busy machine slows both alike. Wanted: at most 2 times
COPY for the first load, at most 0.2 for an unchanged one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
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
from snakescribe.workflow.params import experiment_params

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
    return as_json(experiment_params(config, expand_experiments(config)["e"]))


def prepare(folder: Path, words: int) -> None:
    """Write all tables that a load reads."""
    write_results(folder, words // len(PROMPTS), PROMPTS, timed=True)
    complete(Results(folder))


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


@dataclass(frozen=True)
class Cost:
    """What a load took: seconds by the clock and of processors outside the server, and memory."""

    wall: float
    processors: float
    gigabytes: float


def load(name: str, folder: Path, settings: str) -> Cost:
    """Run `snakescribe load experiment`."""
    began = time.perf_counter()
    command = [
        sys.executable, "-m", "snakescribe", "load", "experiment", "--results", str(folder),
        "--settings", settings, "--receipt", str(folder / "receipt.json"),
    ]  # fmt: skip
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{name} failed: see {folder / 'log'}")
    wall = time.perf_counter() - began
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


@contextmanager
def new_database(server: EmbeddedServer, name: str) -> Iterator[Any]:
    """A connection to a new database that has the tables."""
    with closing(psycopg2.connect(server.url)) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"create database {name}")
    with closing(psycopg2.connect(server.url.replace("/postgres?", f"/{name}?"))) as connection:
        migrate(connection)
        yield connection


def drop_database(server: EmbeddedServer, name: str) -> None:
    """Remove a database, so that the next one has room."""
    with closing(psycopg2.connect(server.url)) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"drop database {name}")


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


def empty(server: EmbeddedServer) -> None:
    """Make the tables anew; a bare COPY finds its tables made as well."""
    with closing(psycopg2.connect(server.url)) as connection:
        connection.cursor().execute("drop schema public cascade; create schema public")
        migrate(connection)


def main() -> None:
    """Measure and print."""
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    settings = make_settings()
    os.environ.pop("SNAKESCRIBE_DATABASE_URL", None)
    # In a process of its own: the memory of this one would be counted as that of the loads.
    apart = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with apart, tempfile.TemporaryDirectory() as name:
        results = Results(Path(name) / "results")
        apart.submit(prepare, results.folder, words).result()
        server = EmbeddedServer(results.folder.resolve() / "postgres")
        bare: list[float] = []
        costs: dict[str, list[Cost]] = {}
        with server.use():
            load("a load that prepares the files for COPY", results.folder, settings)
            with closing(psycopg2.connect(server.url)) as connection:
                copy_out(connection, results.folder / "rows")
            for _ in range(pairs):
                with new_database(server, "bare") as connection:
                    bare.append(copy_in(connection, results.folder / "rows"))
                drop_database(server, "bare")
                empty(server)
                for step in ("first load", "the same again"):
                    costs.setdefault(step, []).append(load(step, results.folder, settings))
            apart.submit(change, results).result()
            step = "a thousandth changed"
            costs[step] = [load(step, results.folder, settings)]
        print(f"load {words:,} words: bare COPY of all rows: {shown(bare)} s")
        for step, measured in costs.items():
            ratios = [cost.wall / copied for cost, copied in zip(measured, bare, strict=False)]
            print(
                f"{step}: {shown([cost.wall for cost in measured])} s, times COPY in its pair: "
                f"{shown(ratios)}; of ours {median(cost.processors for cost in measured):.1f} s of "
                f"processor time, {max(cost.gigabytes for cost in measured):.2f} GB"
            )


def shown(values: list[float]) -> str:
    """Measured values -> their median, and all of them where there are several."""
    told = f"{median(values):.2f}"
    return told if len(values) == 1 else f"{told} ({', '.join(f'{one:.2f}' for one in values)})"


if __name__ == "__main__":
    main()
