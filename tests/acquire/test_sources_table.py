"""The table of sources: what was asked, when, what it listed, what was taken, and why not."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli
from fault_server import FaultServer

from snakescribe.acquire.rounds import current_round
from snakescribe.tables import SOURCES, Row, read_table

Resolve = Callable[..., list[Row]]
A, B, C, D = (letter * 11 for letter in "ABCD")
LIST1, LIST2, LIST3 = ("PL" + digit * 16 for digit in "123")
CHANNEL = "UC" + "c" * 22
COUNTS = ("listed", "taken", "skipped", "vanished")


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def flat(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "title": f"Talk {name}", "duration": 20, **fields}


def sources(place: Path) -> dict[str, Row]:
    """The rows of the table by listing; each adds up."""
    rows = list(read_table(SOURCES, place / "results" / "sources.tsv"))
    for row in rows:
        assert row["listed"] == row["taken"] + sum(row["skipped"].values()), row
    return {row["listing"]: row for row in rows}


def test_every_source_has_a_row_that_adds_up(
    place: Path, resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    (place / "talks").mkdir()
    for name in ("a.wav", "b.wav"):
        (place / "talks" / name).touch()
    (place / "t.csv").write_text("id,audio\nx,talks/a.wav\ny,talks/c.wav\n", encoding="utf-8")
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A), flat(B, duration=5)]}
    site[f"playlist/{LIST2}"] = {"title": "Two", "videos": []}
    site[f"playlist/{LIST3}"] = 404
    asked = [
        {"source": "folder", "path": "talks"},
        {"source": "table", "path": "t.csv"},
        {
            "source": "youtube", "playlists": [LIST1, LIST2, LIST3], "videos": [A, C, D],
            "match_filters": {"min_seconds": 10},
        },
        {"source": "url", "urls": [f"{server.base}/a.ogg", f"{server.base}/b.ogg"]},
    ]  # fmt: skip
    items = resolve(*asked)
    rows = sources(place)
    assert {name: [row[count] for count in COUNTS] for name, row in rows.items()} == {
        "folder:talks": [2, 2, {}, 0],
        "table:t.csv": [2, 1, {"named before": 1}, 0],
        "youtube:videos": [3, 3, {}, 0],
        f"youtube:{LIST1}": [
            2,
            0,
            {"left out by match_filters: min_seconds": 1, "named before": 1},
            0,
        ],
        f"youtube:{LIST2}": [0, 0, {}, 0],
        f"youtube:{LIST3}": [0, 0, {}, 0],
        "url:urls": [2, 2, {}, 0],
    }
    assert len(items) == sum(row["taken"] for row in rows.values())
    assert [row["source"] for row in rows.values()] == [
        f"recordings.{number}" for number in (0, 1, 2, 2, 2, 2, 3)
    ]
    assert {row["kind"] for row in rows.values()} == {"folder", "table", "youtube", "url"}
    statuses = {name: row["status"] for name, row in rows.items()}
    assert statuses.pop(f"youtube:{LIST2}") == "empty"
    assert statuses.pop(f"youtube:{LIST3}") == "unavailable"
    assert set(statuses.values()) == {"ok"}
    assert "404" in rows[f"youtube:{LIST3}"]["reason"]
    for name, row in rows.items():
        when = row["asked_at"]
        assert bool(when) == (f"youtube:{LIST1[:2]}" in name)
        assert when is None or re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", when)
    first = (place / "results" / "sources.tsv").read_bytes()
    site[f"playlist/{LIST3}"] = {"title": "Three", "videos": [flat(B)]}
    resolve(*asked)
    again = sources(place)
    assert again[f"youtube:{LIST3}"]["status"] == "ok"
    assert again[f"youtube:{LIST1}"] == rows[f"youtube:{LIST1}"], "asked once"
    last = (place / "results" / "sources.tsv").read_bytes()
    resolve(*asked)
    assert (place / "results" / "sources.tsv").read_bytes() == last != first


def test_what_failed_or_was_gone_once_is_asked_again_by_the_next_run(
    place: Path, resolve: Resolve, server: FaultServer
) -> None:
    store = place / "results" / "store"
    (place / "a.wav").touch()
    asked = [
        {"source": "rss", "feeds": [f"{server.base}/feed.xml"]},
        {"source": "folder", "path": "a.wav"},
    ]
    statuses = []
    for status in (404, 410, 503, 200, 404):
        body = FEED.format(base=server.base).encode()
        answer = (status, "text/xml", body)
        server.answers["/feed.xml"] = lambda *_, answer=answer: answer
        rows = resolve(*asked)
        statuses.append((sources(place)[f"rss:{server.base}/feed.xml"]["status"], len(rows)))
    assert statuses == [
        ("unavailable", 1), ("unavailable", 1), ("server_error", 1), ("ok", 2), ("ok", 2),
    ]  # fmt: skip
    assert current_round(store, "resolve") == 3


def test_an_update_that_fails_keeps_what_was_listed_and_says_so(
    place: Path, resolve: Resolve, site: dict[str, Any]
) -> None:
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A), flat(B)]}
    source = {"source": "youtube", "playlists": [LIST1]}
    resolve(source)

    def update() -> Row:
        run_cli(
            "acquire", "resolve", "--update", "--sources", json.dumps([source]), "--store",
            "results/store", "--output", "results/items.tsv",
        )  # fmt: skip
        return sources(place)[f"youtube:{LIST1}"]

    site[f"playlist/{LIST1}"] = 503
    row = update()
    assert [row["status"], row["taken"]] == ["server_error", 2]
    assert "what it listed at 20" in row["reason"]
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(B)]}
    row = update()
    assert [row[count] for count in COUNTS] == [1, 1, {}, 1]


@pytest.mark.slow
def test_each_list_of_a_channel_is_listed_by_itself_and_one_that_fails_costs_no_other(
    place: Path, resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    names = [f"PL{number:016d}" for number in range(8)]
    site[f"channel/{CHANNEL}"] = {
        "title": "Talks", "playlists": names, "videos": [flat(A)], "streams": [flat(B)],
    }  # fmt: skip
    for number, name in enumerate(names[:-1]):
        videos = [flat(f"{number:011d}"), flat(A)]
        site[f"playlist/{name}"] = {"title": f"List {number}", "videos": videos}
    rows = resolve({"source": "youtube", "channels": [CHANNEL]})
    assert [row["recording"] for row in rows] == [A, B, *(f"{number:011d}" for number in range(7))]
    assert rows[0]["context"]["playlist"] == names[0], "fields of later lists fill gaps"
    table = sources(place)
    label = f"youtube:{CHANNEL}/playlists"
    assert table[f"youtube:{CHANNEL}/uploads"]["taken"] == 2
    assert table[label]["reason"] == "8 lists, each with a row of its own"
    assert table[f"{label}/{names[-1]}"]["status"] == "unavailable"
    assert [table[f"{label}/{name}"]["taken"] for name in names[:-1]] == [1] * 7
    asked = len(server.log)
    assert resolve({"source": "youtube", "channels": [CHANNEL]}) == rows
    assert len(server.log) == asked + 1, "only the list that failed"


@pytest.mark.slow
def test_lists_are_asked_side_by_side_at_the_pace_of_their_site(
    place: Path, resolve: Resolve, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 24 feeds the site's first 20 may come at once, the others one each 0.1 s."""
    lock, asking, most = threading.Lock(), set[str](), [0]
    times: list[float] = []

    def answer(path: str, _: str) -> tuple[int, str, bytes]:
        with lock:
            times.append(time.monotonic())
            asking.add(path)
            most[0] = max(most[0], len(asking))
        time.sleep(0.05)
        with lock:
            asking.remove(path)
        return 200, "text/xml", FEED.format(base=server.base + path).encode()

    server.answers["/feeds/"] = answer
    feeds = [f"{server.base}/feeds/{number}" for number in range(24)]
    pace = {**FAST, "concurrent_downloads": 6, "requests_per_hour": 36_000}
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(pace))
    rows = resolve({"source": "rss", "feeds": feeds}, {"source": "rss", "feeds": feeds[:3]})
    assert [row["source"] for row in rows] == [f"rss:{feed}" for feed in feeds]
    assert len(times) == 24, "one request each"
    assert 1 < most[0] <= 6
    assert times[23] - times[0] >= 0.35
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps({**FAST, "concurrent_downloads": 1}))
    most[0] = 0
    resolve({"source": "rss", "feeds": [f"{server.base}/feeds/more{number}" for number in "abcd"]})
    assert most[0] == 1
    assert len(sources(place)) == 4


FEED = (
    '<rss version="2.0"><channel><title>Show</title><item><title>One</title><guid>g1</guid>'
    '<enclosure url="{base}/e1.mp3" type="audio/mpeg"/></item></channel></rss>'
)
