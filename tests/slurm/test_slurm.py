"""The workflow on a real Slurm with the shipped profile: scores, devices, and what ends jobs."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from snakescribe.paths import REPOSITORY
from snakescribe.tables import TRANSCRIPTS, read_table

GPUS = int(os.environ["TEST_SLURM_GPUS"])
ACCOUNTING = os.environ["TEST_SLURM_ACCOUNTING"]
CLIPS = ("museum-clockmaker-1", "baseball-herons-kites-1")
TIMED = re.compile("seconds|rtf|memory|load")
# The shipped profile asks at a pace for clusters.
QUICK = ("--slurm-init-seconds-before-status-checks", "2")
PATIENCE = 900  # seconds for one run: Snakemake asks Slurm ever more seldom while nothing ends


@dataclass(frozen=True)
class Call:
    """One call of the pretended recogniser."""

    job: str
    device: str
    begin: float
    end: float
    audio: str


def heed_interrupts() -> None:
    """A shell that starts these tests with `&` has told them to ignore Control-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Study:
    """A shard in three audio variants: three jobs that ask for a GPU, where there are two."""

    folder: Path
    runs: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin the workflow, in a session of its own, as a terminal would."""
        running = subprocess.Popen(
            [
                *(sys.executable, "-m", "snakemake", "--configfile", "study.yaml"),
                *("--snakefile", str(REPOSITORY / "workflow" / "Snakefile"), *arguments),
            ],
            cwd=self.folder, env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=heed_interrupts,
        )  # fmt: skip
        self.runs.append(running)
        return running

    def submit(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin it with the shipped profile."""
        profile = REPOSITORY / "workflow" / "profiles" / "slurm"
        return self.start("--workflow-profile", str(profile), *arguments)

    def slow_down(self, seconds: int) -> None:
        """Let the first call of the job on each device take that much longer."""
        for device in range(GPUS):
            (self.folder / f"slow-{device}").write_text(str(seconds), encoding="ascii")

    def slow(self) -> bool:
        """Whether a call on each device takes longer now; no job has an answer yet."""
        return len(list(self.folder.glob("taken-*"))) == GPUS

    def calls(self) -> list[Call]:
        """What the recogniser was called for."""
        try:
            lines = (self.folder / "calls.tsv").read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return []
        cells = (line.split("\t") for line in lines)
        return [Call(job, device, float(b), float(e), audio) for job, device, b, e, audio in cells]

    def transcripts(self) -> list[list[Any]]:
        """What each chunk was heard as."""
        rows = [
            [row[key] for key in (*TRANSCRIPTS.key, "text")]
            for path in sorted(self.folder.glob("results/transcripts/*/*.parquet"))
            for row in read_table(TRANSCRIPTS, path)
        ]
        assert rows and all(text for *_, text in rows)
        return rows

    def outcome(self) -> Any:
        """What a run came to, without what its clock says."""
        results = self.folder / "results"
        with (results / "scores/study/conditions.csv").open(encoding="utf-8") as stream:
            scores = [
                {key: value for key, value in row.items() if not TIMED.search(key)}
                for row in csv.DictReader(stream)
            ]
        assert (results / "report/study.html").exists()
        return self.transcripts(), scores


def finish(running: subprocess.Popen[str]) -> str:
    """Wait for a run, which must end well -> what it said."""
    try:
        said, _ = running.communicate(timeout=PATIENCE)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 0, said
    return said


def wait_for(what: Callable[[], Any], running: subprocess.Popen[str]) -> Any:
    """Wait until a question has an answer -> the answer; the run must not end before."""
    for _ in range(PATIENCE * 10):
        if answer := what():
            return answer
        if running.poll() is not None:
            raise AssertionError(running.communicate()[0])
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def jobs(states: str, what: str = "%k") -> dict[str, str]:
    """The jobs that Slurm has in some states -> what it tells; comments name their rules."""
    told = subprocess.run(
        ["squeue", "--noheader", f"--states={states}", f"--format=%A {what}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return dict(line.split(maxsplit=1) for line in told.splitlines())


def processors(states: str) -> dict[str, int]:
    """The jobs that Slurm has in some states -> how many processors each was given."""
    return {job: int(count) for job, count in jobs(states, "%C").items()}


def most_at_once(calls: list[Call]) -> int:
    """Calls -> how many of them worked at the same time at most."""
    steps = sorted([(call.begin, 1) for call in calls] + [(call.end, -1) for call in calls])
    working, most = 0, 0
    for _, step in steps:
        working += step
        most = max(most, working)
    return most


def check_devices(calls: list[Call]) -> None:
    """No job without a device of its own, no device with two jobs, no more jobs than devices."""
    spans = defaultdict(list)
    for call in calls:
        spans[call.job].append(call)
    whole = [
        Call(job, own[0].device, min(c.begin for c in own), max(c.end for c in own), "")
        for job, own in spans.items()
    ]
    print("\njob\tdevice\tbegin\tend")
    first = min(job.begin for job in whole)
    for job in sorted(whole, key=lambda job: job.begin):
        print(f"{job.job}\t{job.device}\t{job.begin - first:.1f}\t{job.end - first:.1f}")
        assert {call.device for call in spans[job.job]} == {job.device}
    assert {job.device for job in whole} <= {str(number) for number in range(GPUS)}
    assert most_at_once(whole) <= GPUS
    for device in {job.device for job in whole}:
        assert most_at_once([job for job in whole if job.device == device]) == 1


@pytest.fixture
def study(tmp_path: Path, demo_audio: Path) -> Iterator[Study]:
    """A study in a folder of its own; no job of it is left in Slurm."""
    made = make_study(tmp_path, demo_audio)
    yield made
    for running in made.runs:  # of a test that failed; the next one has the devices for itself
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    if left := jobs("pending,running,completing"):
        subprocess.run(["scancel", *left], check=True)
    assert not left


def make_study(folder: Path, demo_audio: Path) -> Study:
    (folder / "talks").mkdir(parents=True)
    for clip in CLIPS:
        shutil.copy(demo_audio / f"{clip}.opus", folder / "talks")
    shutil.copy(Path(__file__).with_name("recognise.py"), folder)
    references = demo_audio.parent / "references"
    config = {
        "results": "results",
        "recordings": [{"source": "folder", "path": "talks/*.opus", "references": str(references)}],
        "audio": {"raw": [], "denoised": ["wiener"], "gated": ["spectral_gate"]},
        "models": {
            "pretended": {
                "engine": "command",
                "weights": f"{sys.executable} recognise.py {{audio}}",
            }
        },
        "experiments": {"study": {"factors": {"audio": ["raw", "denoised", "gated"]}}},
        "scoring": {"bootstrap_replicates": 200},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return Study(folder)


@pytest.fixture(scope="module")
def local_outcome(tmp_path_factory: pytest.TempPathFactory, demo_audio: Path) -> Any:
    """What the study comes to on this machine, without Slurm."""
    local = make_study(tmp_path_factory.mktemp("local"), demo_audio)
    finish(local.start("--workflow-profile", "none", "--scheduler", "greedy", "--cores", "2"))
    return local.outcome()


def test_the_profile_as_shipped_gives_the_scores_of_a_local_run(
    study: Study, local_outcome: Any
) -> None:
    # Nothing is changed but, where it is run for the second time, the pace of asking.
    pace = () if ACCOUNTING == "none" else QUICK
    said = finish(study.submit(*pace))
    assert study.outcome() == local_outcome, said
    check_devices(study.calls())
    assert len({call.job for call in study.calls()}) == 3
    assert max(processors("completed").values()) == 8  # a group of three jobs of 4, side by side
    done = Counter(comment.split("_wildcards")[0] for comment in jobs("completed").values())
    print(f"accounting: {ACCOUNTING}; jobs of Slurm: {dict(done)}")
    assert not (study.folder / "results/store/slurm").exists()
    assert "Nothing to be done" in finish(study.submit(*pace))


def test_a_cancelled_job_and_one_over_its_time_are_tried_again(
    study: Study, local_outcome: Any
) -> None:
    """One job is ended by `scancel`, another one by its limit of a minute; the next has two."""
    (study.folder / "slow").write_text("110", encoding="ascii")
    running = study.submit(*QUICK, "--set-resources", "transcribe_chunks:runtime=attempt")
    wait_for((study.folder / "taken").exists, running)
    (study.folder / "slow").write_text("110", encoding="ascii")

    def second() -> list[str]:
        at_work = [job for job, what in jobs("running").items() if "transcribe" in what]
        return sorted(at_work, key=int) if not (study.folder / "slow").exists() else []

    victim = wait_for(second, running)[-1]
    subprocess.run(["scancel", victim], check=True)
    said = finish(running)
    assert study.outcome() == local_outcome, said
    assert victim in jobs("cancelled")
    assert [what for what in jobs("timeout").values() if "transcribe" in what], said
    check_devices(study.calls())


def test_the_jobs_of_a_killed_snakemake_are_ended_before_others_start(
    study: Study, local_outcome: Any
) -> None:
    study.slow_down(600)
    running = study.submit(*QUICK)
    wait_for(study.slow, running)
    running.kill()
    running.communicate()
    orphans = jobs("pending,running")
    assert sum("transcribe" in what for what in orphans.values()) == 3  # one waits for a device
    said = finish(study.submit(*QUICK))
    assert f"{len(orphans)} jobs that a dead run in results gave to Slurm are ended" in said
    assert study.outcome() == local_outcome, said
    assert set(orphans) & set(jobs("cancelled"))
    calls = study.calls()
    check_devices(calls)
    assert max(Counter(call.audio for call in calls).values()) == 1
    assert "Nothing to be done" in finish(study.submit(*QUICK))


@pytest.mark.parametrize(("told", "seconds"), [(signal.SIGINT, 600), (signal.SIGTERM, 5)])
def test_an_interrupted_run_leaves_no_job_behind(
    told: signal.Signals, seconds: int, study: Study, local_outcome: Any
) -> None:
    """Control-C cancels the jobs; a run that is told to end waits for those that work."""
    study.slow_down(seconds)
    running = study.submit(*QUICK)
    wait_for(study.slow, running)
    running.send_signal(told)
    said, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 1, said
    assert not jobs("pending,running,completing")
    finish(study.submit(*QUICK, "--", "transcribe"))
    assert study.transcripts() == local_outcome[0]
    assert max(Counter(call.audio for call in study.calls()).values()) == 1
