"""What jobs ask of a cluster grows with the audio of their shard, and with each attempt."""

from pathlib import Path

import pytest

from snakescribe.results import Results
from snakescribe.tables import ITEMS, RECORDINGS, write_table
from snakescribe.workflow.demands import DEMANDS, Asking

HOUR = 3600.0


def write_shard(results: Results, lengths: list[float | None]) -> dict[str, str]:
    """A shard of recordings that have been fetched -> the wildcards of its jobs."""
    rows = [
        {
            **dict.fromkeys(RECORDINGS.names),
            "captions": [],
            "recording": f"r{number}",
            "status": "ok" if length != 0 else "unavailable",
            "seconds": length or None,
        }
        for number, length in enumerate(lengths)
    ]
    write_table(RECORDINGS, results.path(RECORDINGS, shard="s00000"), rows)
    return {"shard": "s00000"}


def test_time_is_for_all_recordings_and_memory_for_the_longest(tmp_path: Path) -> None:
    results = Results(tmp_path)
    wildcards = write_shard(results, [2 * HOUR, 0.5 * HOUR, 0])
    demand = DEMANDS["prepare_audio"]
    asking = Asking(results)
    minutes = demand.minutes + 2.5 * demand.minutes_per_hour
    assert asking.runtime("prepare_audio")(wildcards, 1) == pytest.approx(minutes, abs=1)
    megabytes = demand.mb + 2 * demand.mb_per_hour
    assert asking.memory("prepare_audio")(wildcards, 1) == megabytes


def test_a_retried_job_asks_for_more_of_both(tmp_path: Path) -> None:
    results = Results(tmp_path)
    wildcards = write_shard(results, [HOUR])
    for kind in (Asking(results).memory, Asking(results).runtime):
        first, second, third = (kind("cut_chunks")(wildcards, attempt) for attempt in (1, 2, 3))
        assert (second, third) == (2 * first, 3 * first)


def test_each_decoding_is_more_time(tmp_path: Path) -> None:
    results = Results(tmp_path)
    wildcards = write_shard(results, [HOUR])
    asking, demand = Asking(results), DEMANDS["transcribe_chunks"]
    sixfold = asking.runtime("transcribe_chunks", lambda _: 6)(wildcards, 1)
    assert sixfold == demand.minutes + 6 * demand.minutes_per_hour


def test_before_anything_is_fetched_recordings_are_counted(tmp_path: Path) -> None:
    results = Results(tmp_path)
    asking, wildcards = Asking(results), {"shard": "s00000"}
    nothing = asking.runtime("fetch_recordings")(wildcards, 1)
    assert nothing == DEMANDS["fetch_recordings"].minutes
    texts = {"source": "recordings.0", "kind": "url", "locator": "https://example.org/a"}
    rows = [
        {**dict.fromkeys(ITEMS.names), **texts, "recording": f"r{n}", "shard": "s00000",
         "context": {}}
        for n in range(12)
    ]  # fmt: skip
    write_table(ITEMS, results.path(ITEMS), rows)
    assert asking.runtime("fetch_recordings")(wildcards, 1) > nothing


def test_unknown_lengths_count_and_a_damaged_table_stays_for_the_job(tmp_path: Path) -> None:
    results = Results(tmp_path)
    wildcards = write_shard(results, [None])
    asking = Asking(results)
    some = asking.runtime("plan_chunks")(wildcards, 1)
    assert some > DEMANDS["plan_chunks"].minutes
    path = results.path(RECORDINGS, shard="s00000")
    path.write_text("this is another file", encoding="utf-8")
    assert asking.runtime("plan_chunks")(wildcards, 1) == DEMANDS["plan_chunks"].minutes
    assert path.exists()


def test_jobs_on_results_ask_alike_whatever_there_is() -> None:
    wildcards = {"experiment": "study"}
    asking = Asking(Results(Path("nowhere")))
    assert asking.memory("score_transcripts")(wildcards, 1) == DEMANDS["score_transcripts"].mb
