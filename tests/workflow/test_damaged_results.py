"""Tables of a run, damaged: named, and made anew by the next plain run, with the same results.

DAMAGES and DAMAGE_SEED say how many cases are tried and which.
"""

import csv
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from snakescribe.tables import ITEMS, read_table

DAMAGES = int(os.environ.get("DAMAGES", "2"))
SEED = int(os.environ.get("DAMAGE_SEED", "20261129"))
KINDS = ("empty", "cut in a line", "cut after a line", "cut in the middle", "bit", "zeros", "noise")
# What lies in the store looks after itself; nobody reads logs and benchmarks by machine.
UNTOUCHED = {"store", "logs", "benchmarks", "scores"}


def damaged(content: bytes, kind: str, chance: random.Random) -> bytes:
    """A file's bytes -> what a disk, a copy that was cut off, or a person made of them."""
    place = chance.randrange(len(content))
    match kind:
        case "empty":
            return b""
        case "cut in a line":
            return content[:-2]
        case "cut after a line":
            return b"".join(content.splitlines(keepends=True)[:-1])
        case "cut in the middle":
            return content[:place]
        case "bit":
            return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]
        case "zeros":
            return content[:place] + bytes(len(content) - place)
    return chance.randbytes(len(content))


def scores(study: Any) -> list[dict[str, str]]:
    """What the run came to, without what its clock says."""
    with study.path("scores/study/conditions.csv").open(encoding="utf-8") as stream:
        return [
            {key: value for key, value in row.items() if "rtf" not in key and "second" not in key}
            for row in csv.DictReader(stream)
        ]


@pytest.fixture(scope="module")
def scored(make_study: Any) -> Any:
    """A study that has been scored."""
    study = make_study("whole")
    run = study.snakemake("evaluate")
    assert run.returncode == 0, run.output
    return study


def logs_of(study: Any) -> str:
    """What the logs of all jobs say."""
    return "".join(path.read_text("utf-8") for path in study.path("logs").rglob("*.log"))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(DAMAGES))
def test_a_damaged_table_is_named_and_made_anew(number: int, scored: Any) -> None:
    chance = random.Random(SEED + number)
    before = scores(scored)
    results = scored.path("")
    tables = [
        path.relative_to(results)
        for path in sorted(results.rglob("*.*"))
        if path.suffix in {".tsv", ".parquet", ".json"}
        and path.relative_to(results).parts[0] not in UNTOUCHED
        and path.stat().st_size
    ]
    table, kind = chance.choice(tables), chance.choice(KINDS)
    print(f"seed {SEED + number}: {table}: {kind}")
    path = results / table
    content = path.read_bytes()
    path.write_bytes(damaged(content, kind, chance))
    shutil.rmtree(results / "scores")  # so that scoring has to read what there is
    shutil.rmtree(results / "logs")
    run = scored.snakemake("evaluate")
    if run.returncode:
        assert f"results/{table}: " in run.output + logs_of(scored)
        assert "it is removed; the same command makes it anew" in run.output + logs_of(scored)
        run = scored.snakemake("evaluate")
    assert run.returncode == 0, run.output
    assert "Traceback" not in run.output + logs_of(scored)
    assert scores(scored) == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty", "cut after a line", "cut in a line", "noise"])
def test_a_spoilt_lock_file_stops_nothing(kind: str, scored: Any) -> None:
    path: Path = scored.path("items.tsv")
    whole = path.read_bytes()
    items = list(read_table(ITEMS, path))
    path.write_bytes(damaged(whole, kind, random.Random(SEED)))
    spoilt = path.read_bytes()
    assert "3 recordings: 2 ok" in scored.snakescribe("summary", "study.yaml")
    assert "recordings listed" in scored.snakescribe("status", "study.yaml")
    dry = scored.snakemake("evaluate", "--dry-run")
    assert dry.returncode == 0, dry.output
    assert "items.tsv: damaged: it is read from its copy" in dry.output
    assert path.read_bytes() == spoilt
    run = scored.snakemake("evaluate")
    assert run.returncode == 0, run.output
    assert "items.tsv: damaged: its copy in the store is put in its place" in run.output
    assert path.read_bytes() == whole
    assert list(read_table(ITEMS, path)) == items
    assert not {"fetch_recordings", "prepare_audio", "transcribe_chunks"} & run.jobs.keys()
