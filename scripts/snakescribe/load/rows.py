"""The files of an experiment -> rows of the database's tables."""

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from snakescribe import __version__
from snakescribe.config.conditions import Experiment
from snakescribe.config.params import ExperimentParams
from snakescribe.errors import UserError
from snakescribe.load.conditions import transcription_id
from snakescribe.load.places import (
    ACQUIRED,
    AUDIO_FILE,
    CHUNK,
    GAMES,
    METADATA,
    NOTICE,
    PLAN,
    PROMPT,
    RECORDING,
    RUN,
    SEGMENT,
    SOURCE,
    TRANSCRIPTION,
    WORD,
)
from snakescribe.notices.kinds import KINDS
from snakescribe.results import Results
from snakescribe.store import digest
from snakescribe.streams import split_stream_id, with_streams
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    PLANS,
    RECORDINGS,
    SOURCES,
    Row,
    Table,
    read_table,
)

LIBRARIES = (
    "ctranslate2", "faster-whisper", "jiwer", "numpy", "openai-whisper", "scipy", "snakemake",
    "torch", "whisper-normalizer",
)  # fmt: skip
_NOT_FETCHED: Row = {
    **dict.fromkeys(RECORDINGS.names),
    "status": "listed",
    "reason": "not fetched yet",
    "captions": [],
}


def recording_rows(
    results: Results, corpus: str, *, chunking: str = "", listed: bool = False
) -> Iterator[Row]:
    """Rows of `recordings`: all items, with the first stage's status that is not ok.

    Behind a recording whose channels are kept apart there is a row for each of them.

    Args:
        results: the folder.
        corpus: its name in the database.
        chunking: whose plans count; `plans` has those of all.
        listed: nothing needs to have been fetched; what was not has the status `listed`.
    """
    items: dict[str, list[Row]] = {}
    for item in results.items():
        items.setdefault(item["shard"], []).append(item)
    for shard in sorted(items):
        acquired = _by_recording(results, RECORDINGS, shard, listed)
        planned = _by_recording(results, PLANS, shard, listed, chunking)
        for item in with_streams(items[shard], planned):
            name, stream = split_stream_id(item["recording"])
            fetched = acquired.get(name)
            if fetched is None and not listed:
                path = results.path(RECORDINGS, shard=shard)
                raise UserError(f"{path}: no row for {name}; run the workflow again")
            fetched = fetched or _NOT_FETCHED
            plan = planned.get(item["recording"])
            stopped = fetched if fetched["status"] != "ok" or plan is None else plan
            yield {
                "corpus": corpus,
                "part_of": name if stream else None,
                **RECORDING.row(item),
                **ACQUIRED.row(fetched),
                "stage": "acquire" if stopped is fetched else "process",
                "status": stopped["status"],
                "reason": stopped["reason"],
                "seconds": (plan or fetched)["seconds"],
            }


def source_rows(results: Results, corpus: str) -> Iterator[Row]:
    """Rows of `sources`: what was asked for recordings, and what came of it."""
    for row in read_table(SOURCES, results.path(SOURCES)):
        yield {"corpus": corpus, **SOURCE.row(row)}


def metadata_rows(results: Results, corpus: str, folder: Path) -> Iterator[tuple[str, Row]]:
    """What is known about the recordings -> (table, row); the tables are named as their files.

    Args:
        results: the results folder.
        corpus: its name in the database.
        folder: where in it the tables of what sites say lie.
    """
    places = [(folder / table.file_name, table, place) for table, place in METADATA.items()]
    places += [(results.path(table), table, place) for table, place in GAMES.items()]
    for path, table, place in places:
        for row in read_table(table, path):
            yield place.relation, {"corpus": corpus, **place.row(row)}


def audio_rows(results: Results, corpus: str, variant: str) -> Iterator[Row]:
    """Rows of `audio_files` for one audio variant."""
    for row in results.rows(AUDIO, variant=variant):
        yield {"corpus": corpus, **AUDIO_FILE.row(row), "audio": variant}


def plan_rows(results: Results, corpus: str, chunking: str) -> Iterator[tuple[str, Row]]:
    """The plans of a chunking -> (table, row) of `plans` and `speech_regions`."""
    of_chunking = {"corpus": corpus, "chunking": chunking}
    for row in results.rows(PLANS, chunking=chunking):
        yield PLAN.relation, {**of_chunking, **PLAN.row(row)}
        for number, (start, end) in enumerate(row["speech"]):
            place = {"recording": row["recording"], "number": number}
            times = {"start_seconds": start, "end_seconds": end}
            yield "speech_regions", {**of_chunking, **place, **times}


def chunk_rows(results: Results, corpus: str, chunking: str, variant: str) -> Iterator[Row]:
    """Rows of `chunks` for a chunking and an audio variant."""
    for row in results.rows(CHUNKS, chunking=chunking, variant=variant):
        yield {"corpus": corpus, **CHUNK.row(row), "audio": variant, "chunking": chunking}


def notice_rows(results: Results, experiment: Experiment, corpus: str) -> Iterator[Row]:
    """Rows of `notices`: what the jobs behind an experiment had to tell, numbered in each job."""
    numbers: Counter[tuple[str, str]] = Counter()
    for row in results.notices(results.notice_jobs(experiment)):
        job = row["step"], row["place"]
        yield {
            "corpus": corpus,
            "experiment": experiment.name,
            **NOTICE.row(row),
            "number": numbers[job],
            "bears_on_results": KINDS[row["kind"]].bears_on_results,
        }
        numbers[job] += 1


def cut_variants(experiment: Experiment) -> list[tuple[str, str]]:
    """An experiment -> its chunkings with the audio variants that each cuts for it."""
    return sorted({(cell.chunking, cell.audio) for cell in experiment.conditions})


def transcript_rows(
    results: Results, params: ExperimentParams, corpus: str
) -> Iterator[tuple[str, Row]]:
    """Transcripts, read once -> (table, row) for runs, transcriptions, prompts, segments, words."""
    experiment, settings = params.experiment, params.model_dump()
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
                yield RUN.relation, {
                    **place, **provenance, **RUN.row(row["run"]), "run": run, "model": model,
                    "audio": audio, "settings": settings["models"][model], "details": row["run"],
                }  # fmt: skip
            transcription = transcription_id(place, conditions[name], row["chunk"], row["repeat"])
            yield TRANSCRIPTION.relation, {
                **place, **TRANSCRIPTION.row(row), "transcription": transcription,
                "condition": name, "audio": audio, "run": run,
                "chunking": conditions[name].chunking,
            }  # fmt: skip
            yield PROMPT.relation, {"transcription": transcription, **PROMPT.row(row)}
            for number, segment in enumerate(row["segments"]):
                part = {"transcription": transcription, "number": number}
                yield SEGMENT.relation, {**part, **SEGMENT.row(segment)}
            for number, word in enumerate(row["words"]):
                part = {"transcription": transcription, "number": number}
                yield WORD.relation, {**part, **WORD.row(word), "text": word["text"].strip()}


def installed_libraries() -> dict[str, str]:
    """The versions of those libraries that shape results, where they are installed."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _by_recording(
    results: Results, table: Table, shard: str, may_lack: bool, chunking: str = ""
) -> dict[str, Row]:
    path = results.path(table, shard=shard, chunking=chunking)
    if may_lack and not path.exists():
        return {}
    return {row["recording"]: row for row in read_table(table, path)}
