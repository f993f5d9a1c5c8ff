"""Speeds stand beside each other where they can be compared, else the page says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from report_study import SOUNDS, Made

from snakescribe.report.compose import compose_page
from snakescribe.report.plots.tradeoff import Timed, find_front
from snakescribe.report.speeds import Speed, Stopwatch
from snakescribe.results import Results

BUSY = {"calibration_ms": "5.0", "calibration_slowest_ms": "5.4"}


def row(seconds: float, job: str = "a", recording: str = "r0", **run: Any) -> dict[str, Any]:
    return {
        "recording": recording,
        "audio_seconds": 20.0,
        "feature_seconds": 0.0,
        "encode_seconds": 0.5,
        "decode_seconds": seconds - 0.5,
        "run": {"job": job, "device_name": "cpu", "threads": 2, "more": BUSY, **run},
    }


def read(*rows: tuple[str, dict[str, Any]]) -> Any:
    watch = Stopwatch()
    for condition, transcript in rows:
        watch.add(condition, transcript)
    return watch.read()


def test_a_job_that_decoded_all_conditions_has_comparable_speeds() -> None:
    speeds = read(("none", row(2.0, more={})), ("names", row(4.0, more={})))
    assert speeds.why == ""
    assert speeds.get("none") == Speed(10.0, None, None)
    assert speeds.get("names") == Speed(5.0, None, None)


def test_the_spread_is_that_of_recordings() -> None:
    rows = [("none", row(seconds, recording=f"r{seconds}")) for seconds in (1, 2, 4, 5, 10)]
    assert read(*rows).get("none") == Speed(100 / 22, 4.0, 10.0)


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ({}, ""),
        ({"more": {}}, "not all of these tell how busy their machine was"),
        ({"more": {**BUSY, "calibration_slowest_ms": "?"}}, "not all of these tell"),
        ({"more": {**BUSY, "calibration_ms": "0.6"}}, "the same piece of work took 0.6 to 5.4 ms"),
        ({"threads": 8}, "different numbers of threads: 2, 8."),
        ({"device_name": "another"}, "different devices: another, cpu."),
    ],
)
def test_a_prompt_that_was_added_later(run: dict[str, Any], why: str) -> None:
    speeds = read(("none", row(2.0)), ("names", row(0.6, job="b", **run)))
    assert why in speeds.why
    assert bool(speeds.why) == bool(why)
    assert (speeds.get("names") is None) == bool(why)


def test_transcripts_that_cost_nothing_have_no_speed_and_spoil_none() -> None:
    free = row(0.5, job="") | {"encode_seconds": 0.0}
    speeds = read(("none", row(2.0)), ("theirs", free))
    assert speeds.why == ""
    assert speeds.get("theirs") is None
    assert speeds.get("none") is not None


def test_no_condition_of_the_front_is_beaten_at_both() -> None:
    figures = {(1.0, 0.3), (2.0, 0.3), (2.0, 0.4), (4.0, 0.5), (0.5, 0.1), (0.4, 0.2)}
    timed = [
        Timed(None, wer, Speed(rtfx, None, None))  # type: ignore[arg-type]
        for rtfx, wer in figures
    ]
    front = [(point.speed.rtfx, point.wer) for point in find_front(timed)]
    assert front == [(4.0, 0.5), (2.0, 0.3), (0.5, 0.1)]


@pytest.mark.slow
def test_the_page_shows_speeds_or_says_why_not(make_results: Callable[..., Made]) -> None:
    made = make_results(recordings=4, chunks=2)
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    assert "Speed and cost" in page
    assert "hours of compute for 100 hours of sound" in page
    assert "cannot be compared" not in page
    for path in (made.folder / "transcripts" / "tiny-en.denoised").glob("*.parquet"):
        _give_job(path, "another", ms=0.2)
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    assert "No speeds are shown, as they cannot be compared." in page
    assert "hours of compute for 100 hours of sound" not in page
    assert "×</td>" not in page


def _give_job(path: Path, job: str, ms: float) -> None:
    table = pq.read_table(path)
    runs = [
        run
        | {"job": job, "more": [("calibration_ms", f"{ms}"), ("calibration_slowest_ms", f"{ms}")]}
        for run in table["run"].to_pylist()
    ]
    place = table.schema.get_field_index("run")
    field = table.schema.field("run")
    pq.write_table(table.set_column(place, field, pa.array(runs, field.type)), path)
