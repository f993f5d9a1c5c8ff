"""One summary of acquiring: per source listed, taken, skipped and why; what could not be done."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from acquire_steps import FAST, run_cli, video, write_rows
from fault_server import Fault, FaultServer

from snakescribe.acquired import Summary, source_line, summarize, summary_lines, undone_lines
from snakescribe.results import Results
from snakescribe.tables import Row
from snakescribe.workflow.ending import NOTHING_DONE, Ending

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]
A, B = "A" * 11, "B" * 11


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def acquire(place: Path, recordings: list[dict[str, Any]], **more: Any) -> Summary:
    """A config's recordings -> what came of them, by the commands that the workflow runs."""
    config = {"results": "results", "recordings": recordings, **more}
    (place / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    results = Results(Path("results"))
    run_cli("acquire", "resolve", "--configfile", "mine.yaml")
    languages = json.dumps({"caption_languages": ["en"]})
    for shard in results.shards():
        run_cli(
            "acquire", "fetch", "--items", "results/items.tsv", "--shard", shard,
            "--settings", languages, "--store", "results/store",
            "--output", f"results/recordings/{shard}.tsv",
            "--notices", f"results/notices/fetch_recordings/{shard}.tsv",
        )  # fmt: skip
    return summarize(results)


def test_a_run_with_one_fault_of_each_kind_is_summed_up(
    place: Path, site: dict[str, Any], server: FaultServer, media: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name in (A, B):
        site[f"video/{name}"] = video(name)
        server.serve(f"/{name}.m4a", (media / "tone.m4a").read_bytes())
    site["playlist/PLaaaaaaaaaaaa"] = {
        "title": "All",
        "videos": [
            {"id": A, "title": "Talk A", "duration": 20},
            {"id": B, "title": "Talk B", "duration": 20},
            {"id": "C" * 11, "title": "A trailer", "duration": 5},
        ],
    }
    gone = server.serve("/gone.ogg", b"", Fault(status=404))
    write_rows(place / "list.tsv", [
        {"id": "one", "path": str(media / "tone.wav"), "reference": "a tone"},
        {"id": "two", "path": str(media / "tone.wav"), "reference": "a tone"},
    ])  # fmt: skip
    (place / "refs").mkdir()
    for name in (A, "nobody"):
        (place / "refs" / f"{name}.txt").write_text("hello", encoding="utf-8")
    recordings = [
        {"source": "youtube", "playlists": ["PLaaaaaaaaaaaa"], "references": "refs",
         "match_filters": {"exclude": {"title": "trailer"}}},
        {"source": "rss", "feeds": [f"{server.base}/no-such-feed"]},
        {"source": "url", "urls": [gone]},
        {"source": "table", "path": "list.tsv"},
    ]  # fmt: skip
    summary = acquire(place, recordings)
    assert summary.by_status == {"ok": 3, "unavailable": 1}
    assert (summary.recordings, summary.acquired, summary.nothing_done) == (4, 3, False)
    assert [source_line(row) for row in summary.sources] == [
        "youtube:PLaaaaaaaaaaaa: 3 listed, 2 taken; "
        "1 skipped: 1 left out by match_filters: exclude.title",
        f"rss:{server.base}/no-such-feed: cannot be listed: unavailable: HTTP Error 404: Not Found",
        "url:urls: 1 listed, 1 taken",
        "table:list.tsv: 2 listed, 1 taken; 1 skipped: 1 named before",
    ]
    assert summary.without_captions == [B]  # the other has a reference
    told = {str(group.kind): group.line for group in summary.notices}
    assert "the id 'two'" in told["recording_merged"]
    assert "nobody" in told["reference_unmatched"]
    undone = [
        "1 of 4 recordings could not be acquired: 1 unavailable",
        f"1 of 4 lists could not be listed: rss:{server.base}/no-such-feed",
    ]
    assert undone_lines(summary) == undone

    text = run_cli("acquire", "status", "mine.yaml").output
    lines = summary_lines(summary, 9)
    assert lines[0] == "acquire: 4 recordings: 3 ok, 1 unavailable"
    assert lines[-1] == f"  captions asked for and not there: 1: {B}"
    assert all(line in text for line in lines[1:])
    for word in ("recording_merged: ", "reference_unmatched: ", "nobody"):
        assert word in text
    progress = json.loads(run_cli("status", "mine.yaml", "--json").output)
    assert Summary.from_data(progress["acquire"]).by_status == summary.by_status
    assert lines[1] in run_cli("status", "mine.yaml").output
    assert undone[0] in run_cli("summary", "mine.yaml").output

    capsys.readouterr()
    ending = Ending(Results(Path("results")), [], [])
    assert ending.end() == 0
    said = capsys.readouterr().err
    assert all(line in said for line in lines)
    words = f"Not all that was asked could be done: {'; '.join(undone)}.\n"
    assert said.endswith(f"{words}What to do: snakescribe acquire status results\n")
    ending.begin()
    assert f"The last run left undone: {'; '.join(undone)}" in capsys.readouterr().err


def test_a_run_that_could_do_nothing_has_a_code_of_its_own(
    place: Path, server: FaultServer, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ill = server.serve("/ill.ogg", (media / "tone.ogg").read_bytes(), Fault(status=503, times=3))
    results = Results(Path("results"))
    for code, ending in ((NOTHING_DONE, "Nothing could be done: 1 of 1 recording "), (0, "")):
        acquire(place, [{"source": "url", "urls": [ill]}])
        capsys.readouterr()
        assert Ending(results, [], []).end() == code
        said = capsys.readouterr().err
        assert ending in said
        assert ("could be done" in said) == bool(code)
    Ending(results, [], []).begin()
    assert capsys.readouterr().err == ""


def test_a_strangers_name_does_not_steer_the_terminal() -> None:
    row = {"listing": "x\x1b[31m", "status": "network", "reason": "no\nway", "taken": 0,
           "skipped": {}, "vanished": 0, "listed": 0}  # fmt: skip
    lines = summary_lines(Summary(1, {"ok": 1}, [row, {**row, "listing": "y"}]), most=1, where="w")
    assert lines == [
        "acquire: 1 recording: 1 ok",
        "  x\ufffd[31m: cannot be listed: network: no\ufffdway", "  and 1 list more: w",
    ]  # fmt: skip
    assert summary_lines(Summary(), most=3) == []
