"""How far a run is and what failed, from the files that the workflow declares."""

from collections import Counter
from pathlib import Path

from snakescribe.acquired import summarize
from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.logs import last_start
from snakescribe.results import Results
from snakescribe.seals import broken_tables, give_up
from snakescribe.streams import split_stream_id
from snakescribe.tables import AUDIO, CHUNKS, ITEMS, PLANS, RECORDINGS, Row, Table, read_table
from snakescribe.tables.faults import passing_over_damage
from snakescribe.workflow.notices import read_notices
from snakescribe.workflow.steps import Jobs, Step


def read_status(config: Config) -> Row:
    """A checked config -> how far its run is, as plain data.

    `state` is `not started`, `under way` or `complete`; `steps` count finished files (`total` is
    None while the recordings are not listed); `transcripts` counts rows, those of unfinished
    shards by what the store holds already; `recordings` counts by status, with `failures`;
    `acquire` sums up its sources; `notices` are the rows of the notices of all jobs that have
    ended; `damaged` says which tables are and what becomes of them, and figures are of what can be
    read. Without experiments the steps are those of acquiring. Whether a finished file is out of
    date is for ``snakemake -n`` to say.
    """
    with passing_over_damage() as damaged:
        status = _read_status(config)
    results = Results(Path(config.results))
    damaged |= {path: _say_broken(results, path) for path in broken_tables(results.folder)}
    return {**status, "damaged": [damaged[path] for path in sorted(damaged)]}


def _say_broken(results: Results, path: Path) -> str:
    told = f"{path}: damaged: this is not what was written ({path.stat().st_size} bytes); "
    if path == results.path(ITEMS):
        return f"{told}the next run puts its copy in its place"
    return told + give_up(path)


def _read_status(config: Config) -> Row:
    results = Results(Path(config.results))
    jobs = Jobs(config)
    items = results.items() if results.path(ITEMS).exists() else []
    steps = [_count_step(step, jobs) for step in jobs.steps]
    finished = [step["done"] == step["total"] for step in steps]
    started = any(step["done"] or step["failed"] for step in steps)
    return {
        "results": config.results,
        "state": "complete" if all(finished) else "under way" if started else "not started",
        "steps": steps,
        "transcripts": _count_transcripts(jobs),
        "recordings": _count_recordings(results, items, jobs.variants, jobs.chunkings),
        "acquire": summarize(results).as_data(),
        "notices": list(read_notices(results, jobs.experiments.values(), jobs.variants)),
    }


def _count_step(step: Step, jobs: Jobs) -> Row:
    """How many of a step's files are there, and which of its jobs failed."""
    done, failed = 0, []
    listed = list(jobs.of(step))
    for job in listed:
        if job.output.exists():
            done += 1
        elif problem := last_error(job.log):
            failed.append({"log": str(job.log), "error": problem})
    unknown = "shard" in step.wildcards and not jobs.shards
    return {
        "stage": step.stage,
        "step": step.name,
        "done": done,
        "total": None if unknown else len(listed),
        "failed": failed,
    }


def last_error(log: Path) -> str:
    """A job's log -> the error that ended it, or nothing: it runs still, or never ran."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 20_000))
            lines = last_start(stream.read().decode("utf-8", "replace").splitlines())
    except OSError:
        return ""
    for index, line in enumerate(lines):
        if line.startswith(("error: ", "Error: ")):
            return " ".join(lines[index:]).partition(": ")[2][:500]
        if line.startswith("Traceback "):
            return lines[-1]
    return ""


def _count_transcripts(jobs: Jobs) -> Row:
    """Transcripts (a chunk under a condition, and each repeat) that are there, of those to come.

    Shards whose chunks are not cut yet are not in the total. Of random groups a pass has its
    share of the chunks, about.
    """
    results = jobs.results
    done = total = 0
    for name, planned in jobs.passes.items():
        for shard in jobs.shards:
            place = {"chunking": planned.chunking, "variant": planned.audio, "shard": shard}
            wanted = _count_lines(results.path(CHUNKS, **place)) - 1
            if wanted < 1:
                continue
            wanted = round(wanted * jobs.conditions_of(planned))
            total += wanted
            if (results.folder / "transcripts" / name / f"{shard}.parquet").exists():
                done += wanted
            else:
                journal = results.store / "transcripts" / f"{name}.{shard}.jsonl"
                done += min(_count_lines(journal), wanted)
    return {"done": done, "total": total}


def _count_lines(path: Path) -> int:
    try:
        with path.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        return 0


def _count_recordings(
    results: Results, items: list[Row], variants: list[str], chunkings: list[str]
) -> Row:
    """Recordings by status, as the stages that are through with them say; what is left out stays.

    Of channels that are kept apart each has its status, and the first one is the recording's. What
    one chunking finds no speech in and another one does is not left out: it is an empty transcript.
    """
    shards = sorted({item["shard"] for item in items})
    spoken = {
        row["recording"]
        for name in chunkings
        for shard in shards
        for row in _rows(results, PLANS, shard=shard, chunking=name)
        if row["status"] == "ok"
    }
    statuses: dict[str, str] = {}
    failed: dict[str, str] = {}
    failures: dict[str, Row] = {}
    titles = {item["recording"]: item["title"] for item in items}
    sources: list[tuple[str, Table, dict[str, str]]] = [
        ("acquire", RECORDINGS, {}),
        *(("process", AUDIO, {"variant": variant}) for variant in variants),
        *(("process", PLANS, {"chunking": name}) for name in chunkings),
    ]
    for stage, table, wildcards in sources:
        # Of several chunkings one may leave out what others take.
        by_chunking = wildcards.get("chunking") if len(chunkings) > 1 else None
        for shard in shards:
            for row in _rows(results, table, shard=shard, **wildcards):
                recording, status, reason = (row[key] for key in ("recording", "status", "reason"))
                whole, _ = split_stream_id(recording)
                if status == "no_speech" and recording in spoken:
                    status = "ok"
                if status != "ok":
                    failed.setdefault(whole, status)
                if status != "ok" and recording not in failures:
                    only = by_chunking and recording in spoken
                    failures[recording] = {
                        "recording": recording,
                        "title": titles.get(whole),
                        "stage": stage,
                        "status": status,
                        "reason": f"by chunking {by_chunking}: {reason}" if only else reason,
                    }
                statuses[whole] = failed.get(whole) or status
    counts = Counter(statuses.values())
    if waiting := len(titles.keys() - statuses.keys()):
        counts["waiting"] = waiting
    return {
        "total": len(items),
        "by_status": dict(counts.most_common()),
        "failures": [failures[recording] for recording in sorted(failures)],
    }


def _rows(results: Results, table: Table, **wildcards: str) -> list[Row]:
    """A table's rows; none where it is not there, or is just being replaced."""
    path = results.path(table, **wildcards)
    try:
        return list(read_table(table, path))
    except (UserError, OSError):
        if path.exists():
            raise
        return []
