"""The files of an experiment -> rows of the database's tables."""

import csv
import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from snakescribe import __version__
from snakescribe.config.experiments import Experiment
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.store import digest
from snakescribe.tables import AUDIO, CHUNKS, PLANS, RECORDINGS, Row, read_table
from snakescribe.tables.metadata import METADATA_TABLES

LIBRARIES = (
    "ctranslate2", "faster-whisper", "jiwer", "numpy", "openai-whisper", "scipy", "snakemake",
    "torch", "whisper-normalizer",
)  # fmt: skip
_NAMESPACE = UUID("c2b7a4de-7d0b-5f0c-9a53-1f7d8f6f5b1e")


def recording_rows(results: Results, corpus: str) -> Iterator[Row]:
    """Rows of `recordings`: all items, with the first stage's status that is not ok."""
    items: dict[str, list[Row]] = {}
    for item in results.items():
        items.setdefault(item["shard"], []).append(item)
    for shard in sorted(items):
        acquired = _by_recording(read_table(RECORDINGS, results.path(RECORDINGS, shard=shard)))
        planned = _by_recording(read_table(PLANS, results.path(PLANS, shard=shard)))
        for item in items[shard]:
            if (found := acquired.get(item["recording"])) is None:
                path = results.path(RECORDINGS, shard=shard)
                raise UserError(f"{path}: no row for {item['recording']}; run the workflow again")
            plan = planned.get(item["recording"])
            stopped = found if found["status"] != "ok" or plan is None else plan
            yield {
                "corpus": corpus,
                **item,
                "stage": "acquire" if stopped is found else "process",
                "status": stopped["status"],
                "reason": stopped["reason"],
                "path": found["audio"],
                "sha256": found["sha256"],
                "bytes": found["bytes"],
                "seconds": (plan or found)["seconds"],
                "captions": found["captions"],
            }


def metadata_rows(results: Results, corpus: str) -> Iterator[tuple[str, Row]]:
    """What sites say about the recordings -> (table, row); the tables are named as their files."""
    for table in METADATA_TABLES:
        for row in read_table(table, results.path(table)):
            yield table.name, {"corpus": corpus, **row}


def audio_rows(results: Results, corpus: str, variant: str) -> Iterator[Row]:
    """Rows of `audio_files` for one audio variant."""
    for row in results.rows(AUDIO, variant=variant):
        yield {"corpus": corpus, **row, "path": row["audio"], "audio": variant}


def chunk_rows(results: Results, corpus: str, variant: str) -> Iterator[Row]:
    """Rows of `chunks` for one audio variant."""
    for row in results.rows(CHUNKS, variant=variant):
        yield {
            **{name: row[name] for name in ("chunk", "recording", "number", "snr_db", "sha256")},
            "corpus": corpus,
            "audio": variant,
            "path": row["audio"],
            "start_seconds": row["start"],
            "end_seconds": row["end"],
            "speech_seconds": row["speech_seconds"],
        }


def experiment_row(settings: Row, corpus: str) -> Row:
    """The load's settings -> the row of `experiments`."""
    experiment = settings["experiment"]
    return {
        "corpus": corpus,
        "experiment": experiment["name"],
        **{
            name: experiment[name] for name in ("question", "design", "seed", "factors", "baseline")
        },
        "normalizer": settings["scoring"]["normalizers"][0],
        "chunking": settings["chunking"],
        "scoring": settings["scoring"],
        "settings": settings,
        "config_digest": digest(settings),
    }


def condition_rows(settings: Row, corpus: str) -> Iterator[Row]:
    """The load's settings -> the rows of `conditions`."""
    experiment = settings["experiment"]
    for position, condition in enumerate(experiment["conditions"]):
        levels = {name: condition[name] for name in ("model", "audio", "prompt", "decoding")}
        yield {
            "corpus": corpus,
            "experiment": experiment["name"],
            "condition": condition["name"],
            "position": position,
            "is_baseline": condition["name"] == experiment["baseline"],
            **levels,
            "model_options": settings["models"][levels["model"]],
            "audio_filters": settings["audio"][levels["audio"]],
            "prompt_options": settings["prompts"][levels["prompt"]],
            "decode_options": settings["decoding"][levels["decoding"]],
        }


def transcript_rows(
    results: Results, experiment: Experiment, settings: Row, corpus: str
) -> Iterator[tuple[str, Row]]:
    """Transcripts, read once -> (table, row) for runs, transcriptions, prompts, segments, words."""
    conditions = {condition.name: condition for condition in experiment.conditions}
    place = {"corpus": corpus, "experiment": experiment.name}
    provenance = {
        "config_digest": digest(settings),
        "loaded_by": __version__,
        "libraries": installed_libraries(),
    }
    runs: set[str] = set()
    for shard in results.shards():
        for name, row in results.condition_rows(experiment, shard):
            model, audio = conditions[name].model, conditions[name].audio
            run = digest({"model": model, "audio": audio, "details": row["run"]})[:16]
            if run not in runs:
                runs.add(run)
                known = {key: row["run"].get(key) for key in _RUN_COLUMNS}
                yield "runs", {
                    **place, **provenance, **known, "run": run, "model": model, "audio": audio,
                    "settings": settings["models"][model], "details": row["run"],
                }  # fmt: skip
            identity = "\n".join((corpus, experiment.name, name, row["chunk"]))
            transcription = str(uuid5(_NAMESPACE, identity))
            kept = {key: row[key] for key in _TRANSCRIPTION_COLUMNS}
            yield "transcriptions", {
                **place, **kept, "transcription": transcription, "condition": name,
                "audio": audio, "run": run,
            }  # fmt: skip
            yield (
                "prompts",
                {
                    "transcription": transcription,
                    "prompt": row["prompt"],
                    **{
                        key: row[f"prompt_{key}"]
                        for key in ("text", "tokens", "kept", "dropped", "truncated")
                    },
                },
            )
            for number, segment in enumerate(row["segments"]):
                yield "segments", _part(segment, _SEGMENT_COLUMNS, transcription, number)
            for number, word in enumerate(row["words"]):
                part = _part(word, ("probability",), transcription, number)
                yield "words", {**part, "text": part["text"].strip()}


_RUN_COLUMNS = (
    "engine", "engine_version", "weights", "model_sha256", "compute_type", "device", "threads",
    "batch_size", "load_seconds", "peak_memory_mb",
)  # fmt: skip
_TRANSCRIPTION_COLUMNS = (
    "recording", "chunk", "text", "language", "flags", "audio_seconds", "feature_seconds",
    "encode_seconds", "decode_seconds",
)  # fmt: skip
_SEGMENT_COLUMNS = ("tokens", "avg_logprob", "no_speech_prob", "compression_ratio", "temperature")


def score_rows(path: Path) -> Iterator[Row]:
    """chunks.parquet -> its rows, a batch at a time."""
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}; run `snakemake evaluate`") from error


def csv_rows(path: Path) -> Iterator[Row]:
    """A CSV file -> its rows; numbers, true, false and empty cells as what they are."""
    for row in _read_csv(path):
        yield {
            name: cell if cell and name in _NAMES else _value(cell) for name, cell in row.items()
        }


def _read_csv(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise UserError(f"{path}: no such file; run `snakemake evaluate`")
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: cell for name, cell in row.items() if name}


def evaluation_rows(scores: Path) -> Iterator[tuple[str, Row]]:
    """The folder of an experiment's scores -> (table, row) for `EVALUATION_TABLES`.

    Each table has the columns of its CSV file; texts stay as they are, even if empty.
    """
    for table in EVALUATION_TABLES:
        for row in _read_csv(scores / f"{table}.csv"):
            yield (
                table,
                {name: cell if name in _TEXTS else _value(cell) for name, cell in row.items()},
            )


def installed_libraries() -> dict[str, str]:
    """The versions of those libraries that shape results, where they are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _by_recording(rows: Iterator[Row]) -> dict[str, Row]:
    return {row["recording"]: row for row in rows}


def _part(part: Row, columns: tuple[str, ...], transcription: str, number: int) -> Row:
    """A segment or a word -> its row."""
    return {
        "transcription": transcription,
        "number": number,
        "start_seconds": part.get("start"),
        "end_seconds": part.get("end"),
        "text": part["text"],
        **{name: part.get(name) for name in columns},
    }


EVALUATION_TABLES = ("metrics", "factors", "strata", "calibration", "terms", "errors")
_TEXTS = frozenset((
    "condition", "normalizer", "normalizer_version", "normalizer_digest", "figure", "unit",
    "effect", "factor", "level", "other_level", "by_factor", "by_level", "by_other_level", "field",
    "bins", "term", "kind", "reference", "hypothesis", "verdict",
))  # fmt: skip
_NAMES = frozenset(
    ("condition", "other", "family", "verdict", "model", "audio", "prompt", "decoding")
)  # texts, even when they look like numbers


def _value(cell: str) -> Any:
    if cell in ("", "True", "False"):
        return {"": None, "True": True, "False": False}[cell]
    try:
        return json.loads(cell)
    except ValueError:
        return cell
