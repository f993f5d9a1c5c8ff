"""Kills at random moments: the same command then ends well, equal, and decodes nothing twice.

`make test-faults` does thirty of them; KILLS and KILL_SEED say how many and which.
"""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from snakescribe.paths import REPOSITORY
from snakescribe.tables import CHUNKS, RECORDINGS, TRANSCRIPTS, read_table

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "3"))
SEED = int(os.environ.get("KILL_SEED", "20261129"))
VICTIMS = ["snakemake", "step", "group", "everything"]
COMMAND = [
    *(sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
    *("--configfile", "study.yaml", "--cores", "2"),
]
TIMED = re.compile("seconds|rtf|memory|load")


def start(study: Any) -> subprocess.Popen[str]:
    """The command that a user gives, in a session of its own, as a terminal would start it."""
    return subprocess.Popen(
        COMMAND, cwd=study.folder, env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


def finish(study: Any) -> str:
    """Run the command to its end, which must be good -> what it said."""
    running = start(study)
    output, _ = running.communicate(timeout=300)
    assert running.returncode == 0, output
    return output


def outcome(study: Any) -> dict[str, Any]:
    """What a run came to, without what its clock says."""
    transcripts = [
        [row[key] for key in (*TRANSCRIPTS.key, "text", "language")]
        for path in sorted(study.path("transcripts").glob("*/*.parquet"))
        for row in read_table(TRANSCRIPTS, path)
    ]
    chunks = [
        (row["chunk"], row["start"], row["end"], row["pcm_md5"])
        for path in sorted(study.path("chunks").glob("*/*.tsv"))
        for row in read_table(CHUNKS, path)
    ]
    recordings = [
        (row["recording"], row["status"])
        for path in sorted(study.path("recordings").glob("*.tsv"))
        for row in read_table(RECORDINGS, path)
    ]
    with study.path("scores/study/conditions.csv").open(encoding="utf-8") as stream:
        scores = [
            {key: value for key, value in row.items() if not TIMED.search(key)}
            for row in csv.DictReader(stream)
        ]
    loaded = json.loads(study.path("load/study.json").read_text(encoding="utf-8"))["rows"]
    # A job that was killed and its successor are two rows in `runs`, if both decoded something.
    assert loaded.pop("runs") in (2, 3)
    return {"transcripts": transcripts, "chunks": chunks, "recordings": recordings,
            "scores": scores, "loaded": loaded}  # fmt: skip


def decoded(study: Any) -> Counter[str]:
    """How often each key stands in the journals: what was decoded twice stands there twice."""
    return Counter(
        json.loads(line)["key"]
        for path in study.path("store/transcripts").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def command_of(process: psutil.Process) -> list[str]:
    """What a process was started with; nothing where it has ended meanwhile, reaped or not."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie is one too
        return []


def kill(running: subprocess.Popen[str], victim: str, folder: Path, chance: random.Random) -> None:
    """Kill -9 what the victim is, as far as it lives."""
    main = psutil.Process(running.pid)
    with suppress(ProcessLookupError, psutil.NoSuchProcess):
        children = main.children(recursive=True)
        steps = [child for child in children if "snakescribe" in command_of(child)]
        match victim:
            case "snakemake":
                main.kill()
            case "step" if steps:
                chance.choice(steps).kill()
            case _:
                os.killpg(running.pid, signal.SIGKILL)
    if victim == "everything":
        for server in psutil.process_iter():
            command = command_of(server)
            if command and "postgres" in command[0] and str(folder) in " ".join(command):
                with suppress(psutil.NoSuchProcess):
                    server.kill()


@pytest.fixture(scope="module")
def undisturbed(make_study: Any) -> Any:
    """A study that nothing disturbed, and how many seconds it took."""
    study = make_study("undisturbed")
    study.write()
    begin = time.monotonic()
    finish(study)
    return outcome(study), time.monotonic() - begin


@pytest.mark.parametrize("number", range(KILLS))
def test_the_same_command_goes_on_after_any_kill(
    number: int, undisturbed: Any, make_study: Any
) -> None:
    whole, seconds = undisturbed
    chance = random.Random(SEED + number)
    victim = VICTIMS[number % len(VICTIMS)]
    study = make_study(f"kill{number}")
    study.write()
    running = start(study)
    moment = chance.uniform(0.1, 1.0) * seconds
    with suppress(subprocess.TimeoutExpired):
        running.wait(moment)
    print(f"seed {SEED + number}: {victim} after {moment:.1f} s")
    if running.poll() is None:
        kill(running, victim, study.folder, chance)
    if victim == "step":
        running.communicate(timeout=300)
    said = finish(study)
    running.communicate(timeout=60)
    assert outcome(study) == whole, said
    assert max(decoded(study).values()) == 1
    assert not list(study.path("").rglob(".*.part*"))
    assert "Nothing to be done" in finish(study)
    shutil.rmtree(study.folder)


def test_a_run_that_lives_is_named_and_left_alone(make_study: Any) -> None:
    study = make_study("lives")
    study.write()
    first = start(study)
    owner = study.path("store/owner.json")
    for _ in range(300):
        if owner.exists() and owner.read_text(encoding="utf-8"):
            break
        time.sleep(0.1)
    second = start(study)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"another run works there (process {first.pid} on " in said
    assert "Traceback" not in said
    output, _ = first.communicate(timeout=300)
    assert first.returncode == 0, output


def test_a_run_of_another_machine_is_not_taken_for_dead(make_study: Any) -> None:
    study = make_study("elsewhere")
    study.write()
    owner = study.path("store/owner.json")
    owner.parent.mkdir(parents=True)
    kept = {"run": "0" * 32, "host": "node17", "boot": "1-2-3", "pid": 4711,
            "started": "2026-11-29 01:02:03", "command": "snakemake"}  # fmt: skip
    owner.write_text(json.dumps(kept), encoding="utf-8")
    refused = start(study)
    said, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "a run on another machine has not said that it ended (process 4711 on node17" in said
    assert f"remove {Path('results/store/owner.json')}" in said
    owner.unlink()
    finish(study)
