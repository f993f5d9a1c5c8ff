"""What models spent on transcripts, by what the transcripts say of the jobs that made them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyarrow import parquet

from snakescribe.results import Results
from snakescribe.tables import Row

COLUMNS = (
    "chunk", "decoding", "audio_seconds", "feature_seconds", "encode_seconds", "decode_seconds",
    "run",
)  # fmt: skip
SECONDS_AN_HOUR = 3600


@dataclass
class JobSpent:
    """A job's work with its model, without loading it.

    Attributes:
        gpu: whether a GPU did it.
        device: its name.
        started: when it began, in ISO 8601; empty where an earlier version decoded.
        wall: seconds that passed.
        processor: seconds of all processor cores.
    """

    gpu: bool
    device: str
    started: str
    wall: float = 0.0
    processor: float = 0.0

    @property
    def seconds(self) -> float:
        """What is paid for: a GPU's time, or that of processor cores."""
        return self.wall if self.gpu else self.processor


@dataclass
class Spent:
    """Jobs by group (a pass, a model) and id."""

    jobs: dict[str, dict[str, JobSpent]] = field(default_factory=dict)

    def add(self, group: str, row: Row) -> None:
        """Count a transcript's job; each of its rows says what it had spent by then, or in all."""
        run = row["run"]
        told = run.get("more") or {}
        if not run.get("job") or "wall_seconds" not in told:
            return
        gpu = run.get("device") == "cuda"
        new = JobSpent(gpu, run.get("device_name") or "", told.get("started", ""))
        job = self.jobs.setdefault(group, {}).setdefault(run["job"], new)
        try:
            job.wall = max(job.wall, float(told["wall_seconds"]))
            job.processor = max(job.processor, float(told["processor_seconds"]))
        except (KeyError, ValueError):  # an engine of its own says something else under that name
            return

    def seconds(self, group: str) -> float | None:
        """What a group spent in all; None where nothing is known of it."""
        jobs = self.jobs.get(group)
        return sum(job.seconds for job in jobs.values()) if jobs else None


def read_spent(path: Path) -> Spent:
    """A table of transcripts -> what its jobs spent, under an empty group.

    Each job is looked at once: a run may have millions of rows.
    """
    runs = parquet.read_table(path, columns=["run"])["run"].combine_chunks()
    rows = {job: number for number, job in enumerate(runs.field("job").to_pylist())}
    spent = Spent()
    for run in runs.take(sorted(rows.values())).to_pylist():
        spent.add("", {"run": {**run, "more": dict(run["more"] or ())}})
    return spent


def plan_file(results: Results) -> Path:
    """A results folder -> where the last `snakescribe plan` of its study lies."""
    return results.store / "plan.json"


@dataclass(frozen=True)
class Difference:
    """A model's seconds as they were planned and as they were."""

    model: str
    planned: float
    spent: float


def compare_plan(
    planned: dict[str, Row], spent: Mapping[str, float | None], passes: dict[str, str]
) -> Iterator[Difference]:
    """Planned and spent seconds by pass, and the model of each -> a line for each model.

    Passes of which either is not known are left out of both.
    """
    by_model: dict[str, list[float]] = {}
    for name, model in passes.items():
        seconds = planned.get(name, {}).get("seconds")
        took = spent.get(name)
        if isinstance(seconds, int | float) and took:
            sums = by_model.setdefault(model, [0.0, 0.0])
            sums[0] += seconds
            sums[1] += took
    for model, (before, after) in by_model.items():
        yield Difference(model, before, after)
