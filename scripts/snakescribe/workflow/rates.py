"""How fast jobs were on this machine, run by run: what ``snakescribe plan`` reckons with.

Each run that ends well adds lines to ``rates.jsonl`` in the user's cache: of every job that had its
work to do, and found none of it in the store, the sound and the seconds.
"""

import csv
import json
import os
import socket
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pyarrow import parquet

from snakescribe.config.block import as_json
from snakescribe.config.conditions import Pass
from snakescribe.config.root import Config
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.config.used import find_chunking
from snakescribe.paths import cache_folder
from snakescribe.spent import COLUMNS, Spent
from snakescribe.store import digest
from snakescribe.tables import AUDIO, CHUNKS, TRANSCRIPTS, Table, read_table
from snakescribe.workflow.sound import recording_seconds
from snakescribe.workflow.steps import Job, Jobs

VARIABLE = "SNAKESCRIBE_RATES"
# Of a run with thousands of jobs so many of each step tell enough, and of each pass; a shard of
# transcripts with more rows takes too long to read.
MOST_JOBS = 40
MOST_OF_PASS = 2
MOST_ROWS = 200_000
# What a file may grow to before its older half is dropped.
MOST_BYTES = 2_000_000
# Rules that Snakemake times, and the cores that a job takes: others run beside it where there are
# more.
THREADS = {
    "fetch_recordings": 1, "prepare_audio": 4, "plan_chunks": 4, "cut_chunks": 4,
    "transcribe_chunks": 2, "score_transcripts": 2, "compare_conditions": 2,
}  # fmt: skip
WHOLE_RUN = "run"


@dataclass(frozen=True)
class Rate:
    """What a job took, or a whole run beside its jobs.

    Attributes:
        rule: its rule.
        key: what its speed depends on beside the sound; see `key_of`.
        sound: seconds of recordings, of chunks for a model; times conditions where it reads
            transcripts.
        spent: of a model the seconds of processor cores, or of a GPU; else those that passed.
        wall: seconds that passed.
        busy: of `wall` of a model's job, what it worked; the rest went by loading and reading.
        encode: of `spent` of a model, for encoding the sound once.
        decode: of `spent` of a model, for each condition, by decode options (`decoding_key`).
        gpu: whether it was a GPU's.
        device: what the work was done on.
        host: the machine.
        ended: when, in ISO 8601.
    """

    rule: str
    key: str
    sound: float
    spent: float
    wall: float
    busy: float = 0.0
    encode: float = 0.0
    decode: dict[str, float] = field(default_factory=dict)
    gpu: bool = False
    device: str = ""
    host: str = field(default_factory=socket.gethostname)
    ended: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def rates_file() -> Path:
    """Where rates are kept: ``$SNAKESCRIBE_RATES``, else in the user's cache."""
    return Path(os.environ.get(VARIABLE) or cache_folder() / "rates.jsonl")


def read_rates() -> list[Rate]:
    """All rates that are kept, oldest first; lines of other versions are passed over."""
    try:
        lines = rates_file().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    rates = []
    for line in lines:
        try:
            rates.append(Rate(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return rates


def keep_rates(rates: Iterable[Rate]) -> None:
    """Add rates to those that are kept, in one piece: several runs may end at once."""
    text = "".join(f"{json.dumps(asdict(rate))}\n" for rate in rates)
    path = rates_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > MOST_BYTES:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[len(lines) // 2 :]))
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


def model_key(config: Config, name: str) -> str:
    """A model of a config -> what its speed depends on, whatever it is called there."""
    model = config.models[name]
    return digest({key: getattr(model, key) for key in Weights.model_fields})


def decoding_key(decoding: Decoding) -> str:
    """Decode options -> what speed depends on: neither the language nor how many repeats."""
    return digest({**decoding.model_dump(), "language": "", "repeats": 1})


def key_of(config: Config, rule: str, wildcards: dict[str, str]) -> str:
    """A rule and its wildcards -> what its speed depends on beside the sound."""
    if rule == "prepare_audio":
        return digest(as_json(config.audio[wildcards["variant"]].filters))
    if rule == "plan_chunks":
        chunking = find_chunking(config, wildcards["cut"].rstrip("/"))
        return digest(chunking.model_dump())
    return ""


def measure_run(config: Config, jobs: Jobs, since: float, elapsed: float) -> list[Rate]:
    """A run that has just ended -> the rates of its jobs that had their work to do.

    Args:
        config: its config.
        jobs: all that the config names.
        since: when it began (s since 1970).
        elapsed: seconds that it took.
    """
    sounds = {shard: sum(recording_seconds(jobs.results, shard) or ()) for shard in jobs.shards}
    conditions = {name: len(experiment.conditions) for name, experiment in jobs.experiments.items()}
    rates: list[Rate] = []
    count = 0  # of jobs that Snakemake times
    for step in jobs.steps:
        if step.rule not in THREADS:
            continue
        listed = list(jobs.of(step))
        count += len(listed)
        measured = ((job, wall) for job in listed if (wall := _benchmark(jobs, job, since)))
        of_pass: Counter[str] = Counter()
        for job, wall in islice(measured, None if "passname" in step.wildcards else MOST_JOBS):
            wildcards = dict(job.wildcards)
            if passname := wildcards.get("passname"):
                if of_pass[passname] < MOST_OF_PASS:
                    of_pass[passname] += 1
                    rates += _measure_pass(config, jobs.passes[passname], job, since, wall)
            elif _is_fresh(job, since):
                experiment = wildcards.get("experiment", "")
                whole = sum(sounds.values()) * conditions.get(experiment, 0)
                sound = whole if experiment else sounds[wildcards["shard"]]
                key = key_of(config, step.rule, wildcards)
                rates.append(Rate(step.rule, key, sound, wall, wall))
    if len(rates) == count and _is_whole(jobs, since):  # else too much of it would be the rest
        rest = elapsed - explained_seconds(rates, os.cpu_count() or 1)
        whole = sum(sounds.values()) * sum(conditions.values())
        rates.append(Rate(WHOLE_RUN, "", whole, max(rest, 0.0), elapsed))
    return rates


def explained_seconds(rates: Iterable[Rate], cores: int) -> float:
    """Jobs -> the seconds that a run takes for them alone."""
    return sum(rate.wall / side_by_side(rate.rule, cores) for rate in rates)


def side_by_side(rule: str, cores: int) -> int:
    """How many jobs of a rule run at once on so many cores; models have one job at a time."""
    return 1 if rule == "transcribe_chunks" else max(1, cores // THREADS[rule])


def _measure_pass(
    config: Config, planned: Pass, job: Job, since: float, wall: float
) -> Iterator[Rate]:
    """A job of a pass -> its rate, if it decoded all of its rows itself."""
    if parquet.read_metadata(job.output).num_rows > MOST_ROWS:
        return
    spent = Spent()
    sound: dict[str, float] = {}
    encode: dict[str, float] = {}
    decode: dict[str, float] = defaultdict(float)
    heard: dict[str, float] = defaultdict(float)
    for row in read_table(TRANSCRIPTS, job.output, COLUMNS):
        spent.add("", row)
        sound[row["chunk"]] = row["audio_seconds"] or 0.0
        encode[row["chunk"]] = (row["feature_seconds"] or 0.0) + (row["encode_seconds"] or 0.0)
        decode[row["decoding"]] += row["decode_seconds"] or 0.0
        heard[row["decoding"]] += row["audio_seconds"] or 0.0
    (worker, *others) = spent.jobs.get("", {}).values() or [None]
    if worker is None or others or not _began_after(worker.started, since):
        return
    total, whole = sum(sound.values()), sum(encode.values()) + sum(decode.values())
    if not whole or not total or not worker.seconds:
        return
    scale = worker.seconds / whole  # the steps are timed by the clock
    each = {name: decode[name] * scale / heard[name] * total for name in decode if heard[name]}
    yield Rate(
        "transcribe_chunks",
        model_key(config, planned.model),
        total,
        worker.seconds,
        wall,
        busy=worker.wall,
        encode=sum(encode.values()) * scale,
        decode={decoding_key(config.decoding[name]): seconds for name, seconds in each.items()},
        gpu=worker.gpu,
        device=worker.device,
    )


def _began_after(started: str, since: float) -> bool:
    try:
        return datetime.fromisoformat(started).timestamp() >= since - 1
    except ValueError:
        return False


def _benchmark(jobs: Jobs, job: Job, since: float) -> float | None:
    """The seconds that a job of this run took; None of others.

    Of processor seconds Snakemake sees too few where a job is short.
    """
    place = job.log.relative_to(jobs.results.folder / "logs").with_suffix(".tsv")
    path = jobs.results.folder / "benchmarks" / place
    try:
        if path.stat().st_mtime < since:
            return None
        with path.open(encoding="utf-8", newline="") as stream:
            *_, row = csv.DictReader(stream, delimiter="\t")
        return float(row["s"])
    except (OSError, ValueError, KeyError):
        return None


_FILES: dict[str, tuple[Table, str]] = {
    "prepare_audio": (AUDIO, "audio"), "cut_chunks": (CHUNKS, "audio"),
}  # fmt: skip


def _is_fresh(job: Job, since: float) -> bool:
    """Whether a job made the files that its table names, and found none in the store."""
    if job.step.rule not in _FILES:
        return True
    table, column = _FILES[job.step.rule]
    for row in read_table(table, job.output):
        if row[column]:
            try:
                return Path(row[column]).stat().st_mtime >= since
            except OSError:
                return False
    return False


def _is_whole(jobs: Jobs, since: float) -> bool:
    """Whether a run went from the recordings to the reports."""
    written: list[Any] = []
    for step in jobs.steps:
        for job in jobs.of(step):
            try:
                written.append(job.output.stat().st_mtime >= since)
            except OSError:
                return False
    return bool(jobs.experiments) and all(written)
