"""Transcripts of an experiment -> by chunk and condition, in a form that takes little memory."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from snakescribe.config.groups import assign_groups
from snakescribe.config.sweep import Condition, Experiment
from snakescribe.results import Results
from snakescribe.tables import PLANS, TRANSCRIPTS, Row, read_table


@dataclass(frozen=True, slots=True)
class Heard:
    """What one condition heard in one chunk."""

    text: str
    language: str
    word_texts: str  # one word a line
    starts: "array[float]"
    probabilities: "array[float]"
    flags: tuple[str, ...]
    avg_logprob: float | None
    prompt: str
    audio_seconds: float
    compute_seconds: float
    load_seconds: float
    peak_memory_mb: float


def experiment_from(settings: Row) -> Experiment:
    """The experiment of a step's settings (JSON) -> an `Experiment`."""
    fields = dict(settings)
    fields["conditions"] = tuple(Condition(**condition) for condition in fields["conditions"])
    return Experiment(**fields)


def chunk_id(recording: str, number: int) -> str:
    """A recording and a position in its plan -> the chunk's id."""
    return f"{recording}-{number:04d}"


def read_heard(
    results: Results, experiment: Experiment, shard: str
) -> tuple[list[Row], dict[str, dict[str, Heard]]]:
    """A shard -> its chunk plans, and for each chunk what each condition heard in it.

    Conditions stand in the experiment's order. In random groups a chunk has only the condition
    that it was assigned to.
    """
    plans = list(read_table(PLANS, results.path(PLANS, shard=shard)))
    chunks = [
        chunk_id(plan["recording"], number)
        for plan in plans
        for number in range(len(plan["chunks"]))
    ]
    assigned = (
        assign_groups(experiment, shard, chunks) if experiment.design == "random_groups" else None
    )
    heard: dict[str, dict[str, Heard]] = {chunk: {} for chunk in chunks}
    for condition, row in _rows(results, experiment, shard):
        chunk = row["chunk"]
        wanted = assigned is None or assigned.get(chunk) == condition
        if chunk in heard and wanted:
            heard[chunk][condition] = _compact(row)
    order = [condition.name for condition in experiment.conditions]
    for chunk, by_condition in heard.items():
        heard[chunk] = {name: by_condition[name] for name in order if name in by_condition}
    return plans, heard


def _rows(results: Results, experiment: Experiment, shard: str) -> Iterator[tuple[str, Row]]:
    passes: dict[str, dict[tuple[str, str], str]] = {}
    for one in experiment.conditions:
        passes.setdefault(f"{one.model}.{one.audio}", {})[one.prompt, one.decoding] = one.name
    for passname, names in passes.items():
        path = results.path(TRANSCRIPTS, passname=passname, shard=shard)
        for row in read_table(TRANSCRIPTS, path):
            if (name := names.get((row["prompt"], row["decoding"]))) is not None:
                yield name, row


def _compact(row: Row) -> Heard:
    words, segments = row["words"], row["segments"]
    tokens = sum(segment["tokens"] for segment in segments)
    logprob = sum(segment["avg_logprob"] * segment["tokens"] for segment in segments)
    return Heard(
        text=row["text"],
        language=row["language"],
        word_texts="\n".join(word["text"].strip().replace("\n", " ") for word in words),
        starts=array("d", (word["start"] for word in words)),
        probabilities=array("d", (word["probability"] for word in words)),
        flags=tuple(row["flags"]),
        avg_logprob=logprob / tokens if tokens else None,
        prompt=row["prompt_text"],
        audio_seconds=row["audio_seconds"],
        compute_seconds=row["feature_seconds"] + row["encode_seconds"] + row["decode_seconds"],
        load_seconds=row["run"].get("load_seconds") or 0.0,
        peak_memory_mb=row["run"].get("peak_memory_mb") or 0.0,
    )
