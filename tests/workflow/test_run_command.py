"""`snakescribe run` and Snakemake's logger plug-in: what a person sees of a run."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from results_folder import item_row, recording_row
from snakescribe.cli import cli
from snakescribe.config.root import Config
from snakescribe.results import Results
from snakescribe.tables import ITEMS, RECORDINGS, write_table
from snakescribe.workflow.sole_run import Owner
from snakescribe.workflow.sound import SoundMeter, Speed, StepCount, read_place
from snakescribe.workflow.steps import STEPS, Job, Jobs

JOB_NUMBER = re.compile(r"(?i)\bjob(id)? ?:? ?\d")
CONFIG = {
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"tiny": {"weights": "tiny.en"}},
    "prompts": {"none": "", "names": "{title}"},
    "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
}


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call `snakescribe` in a folder, with all that it prints in one text."""
    return subprocess.run(
        [sys.executable, "-m", "snakescribe", *arguments],
        cwd=folder,
        env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin `snakescribe` in a folder; its output is to be read."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakescribe", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_a_run_from_another_folder_tells_of_sound_in_few_lines(make_study: Any) -> None:
    study = make_study("told")
    study.write()
    watch = begin(study.folder, "status", "study.yaml", "--watch")
    upto = call(study.folder, "transcribe", "study.yaml", "--cores", "2")
    lines = upto.stdout.splitlines()
    assert upto.returncode == 0, upto.stdout
    assert lines[0].startswith("snakemake transcribe ")
    assert lines[0].endswith("--configfile study.yaml --cores 2 --logger snakescribe")
    # 2 recordings of 8 s, 2 variants, 2 prompts
    assert re.search(r"^\S+  transcribe  transcripts: 64 s of sound in ", upto.stdout, re.M)
    assert not study.path("scores").exists()
    seen, _ = watch.communicate(timeout=60)
    assert watch.returncode == 1  # the run has ended, and there is more to do
    assert "snakemake transcribe" in seen
    assert re.search(r"^\S+  transcribe  transcripts: 2 of 2, 64 s of sound$", seen, re.M), seen
    assert re.findall("^FAILED  broken: corrupt: ", seen, re.M) == ["FAILED  broken: corrupt: "]
    assert "results: the run has ended, and not all is done" in seen

    whole = call(study.folder.parent, "run", "--directory", "told0", "told0/study.yaml")
    assert whole.returncode == 0, whole.stdout
    assert "results/report/study.html" in whole.stdout
    assert "results/logs" not in whole.stdout
    told = whole.stdout.partition("\nacquire: ")[0].splitlines()
    assert len(told) < 20, whole.stdout  # before the summary
    assert not [line for line in told + lines if JOB_NUMBER.search(line)]
    (log,) = re.findall(r"Complete log\(s\): (\S+)", whole.stdout)
    assert "rule score_transcripts:" in Path(log).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_failed_job_is_told_with_the_end_of_its_log_and_its_exit_code(make_study: Any) -> None:
    study = make_study("failing")
    study.config["models"] = {"broken": {"engine": "command", "weights": "false {audio}"}}
    study.write()
    run = call(study.folder, "run", "study.yaml", "--cores", "2")
    assert run.returncode == 1
    assert "FAILED: transcripts: broken.raw, s00000" in run.stdout
    assert "    | error: command 'false' ended with exit code 1" in run.stdout
    assert "What failed and why: snakescribe status study.yaml" in run.stdout
    assert "Traceback" not in run.stdout


@pytest.mark.slow
def test_of_a_wrong_config_all_is_said_at_once(make_study: Any) -> None:
    study = make_study("wrong")
    study.config["recordings"] = [{"source": "folder", "path": "none/*.mp3"}]
    study.write()
    run = call(study.folder, "run", "study.yaml", "--cores", "2")
    assert run.returncode == 1
    assert "no audio file matches 'none/*.mp3'" in run.stdout
    assert "What failed and why" not in run.stdout  # status knows nothing of it


@pytest.mark.slow
def test_a_dry_run_does_nothing_and_says_what_it_would(make_study: Any) -> None:
    study = make_study("dry")
    study.write()
    run = call(study.folder, "process", "study.yaml", "--dry-run")
    assert run.returncode == 0
    assert "checkpoint resolve_items:" in run.stdout
    assert "score_transcripts" not in run.stdout
    run = call(
        study.folder, "run", "study.yaml", "-n", "--", "score_transcripts", "--quiet", "rules"
    )
    assert run.returncode == 1
    assert "Target rules may not contain wildcards" in run.stdout
    run = call(study.folder, "run", "study.yaml", "-n", "--", "--quiet", "rules")
    assert run.returncode == 0
    assert re.search(r"^score_transcripts +1$", run.stdout, re.M)
    assert "checkpoint resolve_items:" not in run.stdout
    assert not study.path("items.tsv").exists()


@pytest.mark.parametrize("stage", ["acquire", "process", "transcribe", "evaluate"])
def test_stages_take_a_config_or_a_step(stage: str, tmp_path: Path) -> None:
    asked = CliRunner().invoke(cli, [stage, str(tmp_path / "missing.yaml")])
    assert asked.exit_code == 2
    assert "missing.yaml' does not exist" in asked.output
    helped = CliRunner().invoke(cli, [stage, "study.yaml", "--help"])
    assert f"up to the stage `{stage}`" in " ".join(helped.output.split())
    unknown = CliRunner().invoke(cli, [stage, "nonsense"])
    assert unknown.exit_code == 2
    assert "No such command 'nonsense'" in unknown.output


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    """Two shards, of which one is fetched, with 60 s in it that could be had."""
    config = Config.model_validate({**CONFIG, "results": str(tmp_path / "results")})
    results = Results(Path(config.results))
    rows = [item_row(name, shard) for name, shard in (("a", "s00000"), ("b", "s00001"))]
    write_table(ITEMS, results.path(ITEMS), rows)
    fetched = [
        recording_row("a", seconds=60.0),
        recording_row("c", seconds=None, status="corrupt", reason="cut off"),
    ]
    write_table(RECORDINGS, results.path(RECORDINGS, shard="s00000"), fetched)
    return Jobs(config)


def transcripts(jobs: Jobs, running: bool = True, **wanted: Any) -> StepCount:
    reading = SoundMeter(jobs).read(running=lambda _: 0.0 if running else None, **wanted)
    return next(count for count in reading.steps if count.step.rule == "transcribe_chunks")


def write_log(jobs: Jobs, text: str) -> None:
    step = next(step for step in STEPS if step.rule == "transcribe_chunks")
    log = next(iter(jobs.of(step))).log
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(text, encoding="utf-8")


def test_sound_is_that_of_recordings_times_conditions(jobs: Jobs) -> None:
    # What is not fetched yet counts as long as the rest.
    assert transcripts(jobs).sound == 2 * 60 * 2
    write_log(jobs, "10:00:00 INFO batch 1 of 4: 8 chunks; 30 of 40 transcripts, with a\n")
    assert transcripts(jobs).heard == 0.75 * 60 * 2
    assert transcripts(jobs, running=False).heard == 0
    output = jobs.results.folder / "transcripts" / "tiny.raw" / "s00000.parquet"
    output.parent.mkdir(parents=True)
    output.touch()
    assert transcripts(jobs, running=False).heard == 60 * 2
    stale = transcripts(jobs, outdated=lambda job: job.output == output)
    assert stale.heard == 0.75 * 60 * 2  # its job is at work


@pytest.mark.parametrize(
    ("line", "recording", "part"),
    [
        ("2026-11-29 10:00:00 INFO [7] snakescribe.process.pool: 3/4 a talk: with colons",
         "a talk: with colons", 0.75),
        ("2026-11-29 10:00:00 INFO [7] snakescribe.acquire.progress: s00000: 1 of 2: talk: 1.2 MB",
         "talk", 0.5),
        ("10:00:00 INFO b: 1 chunks, 2 x so far; 9 of 9 transcripts, with x and 2 more",
         "x and 2 more", 1.0),
        ("10:00:00 INFO s00000: 72 transcripts, all of them from the store", "", 0.0),
        ("2026-11-29 10:00:00 INFO [7] a: 7/0 of nothing", "of nothing", 1.0),
        ("\x00\xff", "", 0.0),
    ],
)  # fmt: skip
def test_a_log_tells_where_its_job_is(
    line: str, recording: str, part: float, tmp_path: Path
) -> None:
    log = tmp_path / "a.log"
    log.write_text(f"{line}\n10:00:01 INFO something else\n", encoding="latin-1")
    job = Job(STEPS[0], {}, tmp_path, log)
    found = read_place(job, 0.0)
    assert (found.recording, found.part) == (recording, part)
    later = log.stat().st_mtime + 1
    assert read_place(job, later).part == 0  # what an earlier run said
    log.write_text(f"{line}\n==== job 2026-11-29 10:00:02 +0000 on a, process 7:\n", "latin-1")
    assert read_place(job, 0.0).part == 0


@given(rate=st.floats(0.1, 1000), waits=st.integers(0, 5), steps=st.integers(3, 30))
def test_speed_is_sound_by_time_once_some_is_heard(rate: float, waits: int, steps: int) -> None:
    now = 0.0
    speed = Speed(lambda: now)
    for _ in range(waits):  # a model loads
        speed.see(0.0)
        assert speed.rate is None
        now += 60
    for number in range(steps):
        speed.see(number * 2 * rate)
        now += 2
    assert speed.rate == pytest.approx(rate)
    whole = StepCount(STEPS[6], 0, 1, heard=100 * rate, sound=160 * rate)
    assert speed.left(whole) == pytest.approx(60)


def test_speed_is_unknown_of_work_that_is_taken_away() -> None:
    now = 0.0
    speed = Speed(lambda: now)
    for heard in (0.0, 50.0, 0.0):
        speed.see(heard)
        now += 10
    assert speed.rate is None


@pytest.mark.slow
def test_watching_tells_failures_as_they_come_and_ends_at_once(jobs: Jobs, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(
        yaml.safe_dump({**CONFIG, "results": str(jobs.results.folder)}), encoding="utf-8"
    )
    owner = jobs.results.store / "owner.json"
    owner.parent.mkdir(parents=True, exist_ok=True)
    owner.write_text(json.dumps(asdict(Owner.this_process())), encoding="utf-8")
    once, on = (begin(tmp_path, "status", "study.yaml", "--watch") for _ in range(2))
    for watch in (once, on):
        assert watch.stdout
        assert f"process {os.getpid()} on" in watch.stdout.readline()
        assert "FAILED  c: corrupt: cut off" in watch.stdout.readline()
    once.send_signal(signal.SIGINT)
    assert once.wait(timeout=30) == 130
    assert once.stdout
    assert "Traceback" not in once.stdout.read()
    write_log(jobs, "error: the model \x1b[2J is gone\n")
    assert on.stdout
    for line in on.stdout:
        if line.startswith("FAILED  transcripts: tiny.raw, s00000: "):
            break
    assert "the model \ufffd[2J is gone" in line
    owner.write_text("", encoding="utf-8")
    assert on.wait(timeout=30) == 1
    assert "the run has ended" in on.stdout.read()


def test_watching_is_for_people(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["status", str(tmp_path), "--watch", "--json"])
    assert told.exit_code == 2
    assert "--watch is for people" in told.output
