"""Scores -> for each condition what needs no reference: speed, memory, flags."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.figure import divide
from snakescribe.tables import Row


def summarise_usage(table: ScoreTable) -> list[Row]:
    """Scores -> for each condition its columns of `CONDITIONS`.

    ``rtfx`` is seconds of audio by seconds of compute (features, encoder, decoder) over all
    chunks; ``rtfx_wall`` adds the time to load the model, once for each job that did.
    """
    sums = ("audio_seconds", "compute_seconds", "load_seconds", "peak_memory_mb")
    others = ("hypothesis_words", "flags", "job")
    columns = {name: table.column(name) for name in (*sums, *others)}
    rows: list[Row] = []
    for index in range(len(table.conditions)):
        cells = {name: values[index] for name, values in columns.items()}
        audio, compute = (_sum(cells[name]) for name in ("audio_seconds", "compute_seconds"))
        load = _sum_by_job(cells["load_seconds"], cells["job"])
        flags = pc.value_counts(cells["flags"].flatten()).to_pylist()
        rows.append(
            {
                "rtfx": float(divide(audio, compute)),
                "audio_seconds": audio,
                "compute_seconds": compute,
                "rtfx_wall": float(divide(audio, compute + load)),
                "load_seconds": load,
                "peak_memory_mb": pc.max(cells["peak_memory_mb"]).as_py(),
                "hypothesis_words": int(_sum(cells["hypothesis_words"])),
                "empty_chunks": int(_sum(pc.equal(cells["hypothesis_words"], 0))),
                "flagged_chunks": int(_sum(pc.greater(pc.list_value_length(cells["flags"]), 0))),
                "flags": "; ".join(
                    f"{flag['values']} {flag['counts']}"
                    for flag in sorted(flags, key=lambda flag: flag["values"])
                ),
            }
        )
    return rows


def _sum_by_job(seconds: Any, jobs: Any) -> float:
    """What each row says of its job, and the job's id -> the sum over jobs, each counted once."""
    of_job = pa.table({"job": jobs, "seconds": seconds}).group_by("job")
    return _sum(of_job.aggregate([("seconds", "max")])["seconds_max"])


def _sum(values: Any) -> float:
    return float(pc.sum(values).as_py() or 0)
