"""Videos from list to audio, captions and metadata, with a local site behind the real yt-dlp."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli, video
from data_api import Api
from fault_server import Fault, FaultServer

from snakescribe.acquire.outcomes import all_outcomes
from snakescribe.acquire.rounds import current_round
from snakescribe.tables import RECORDINGS, Row, read_table, write_table
from snakescribe.tables.metadata import METADATA_TABLES

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]
A, B, C, D, E, F = (letter * 11 for letter in "ABCDEF")
LIVE = "L" * 11
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


@pytest.fixture(autouse=True)
def sound(server: FaultServer, media: Path) -> bytes:
    body = (media / "tone.m4a").read_bytes()
    for name in (A, B, C, D, E, F):
        server.serve(f"/{name}.m4a", body)
    return body


def videos(*names: str) -> dict[str, Any]:
    return {"source": "youtube", "videos": list(names)}


def test_every_way_a_video_is_not_there(
    place: Path, resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer,
    sound: bytes,
) -> None:  # fmt: skip
    statuses = {A: "ok", B: "private", C: "removed", D: "geo", E: "upcoming", F: "members"}
    site[f"video/{LIVE}"] = video(LIVE, live_status="is_live")
    for name, status in statuses.items():
        site[f"video/{name}"] = video(name, status=status)
    resolve(videos(*statuses, LIVE))
    rows = fetch(concurrent_downloads=1)
    assert {name: row["status"] for name, row in rows.items()} == {
        A: "ok", B: "needs_login", C: "unavailable", D: "geo_blocked", E: "not_yet_available",
        F: "needs_login", LIVE: "not_yet_available",
    }  # fmt: skip
    assert Path(rows[A]["audio"]).read_bytes() == sound
    assert server.count(f"/api/video/{D}") == 1  # no second try under a faked address
    kinds = {one.recording: one.kind for _, one in all_outcomes(place / "results" / "store")}
    assert kinds == {B: "permanent", C: "permanent", D: "permanent", E: "later", F: "permanent",
                     LIVE: "later"}  # fmt: skip


def test_a_bot_check_stops_the_site_and_not_the_rest(
    resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer, media: Path
) -> None:
    for name in (A, B, C):
        site[f"video/{name}"] = video(name, status="bot")
    other = server.serve("/other.ogg", (media / "tone.ogg").read_bytes())
    resolve(videos(A, B, C), {"source": "url", "urls": [other]})
    rows = fetch(concurrent_downloads=1)
    statuses = [rows[name]["status"] for name in (A, B, C, "other")]
    assert statuses == ["bot_check", "postponed", "postponed", "ok"]
    assert server.count(f"/api/video/{B}") == 0


def test_a_signed_address_that_expired_is_asked_for_anew(
    resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer, sound: bytes
) -> None:
    site[f"video/{A}"] = video(A)
    server.serve(f"/{A}.m4a", sound, Fault(status=403, times=1))
    resolve(videos(A))
    assert fetch()[A]["status"] == "ok"
    assert server.count(f"/api/video/{A}") == 2


def test_the_smallest_adequate_sound_is_taken(
    resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer, sound: bytes
) -> None:
    formats = [
        {"url": f"{{BASE}}/{name}.m4a", "format_id": name, "ext": "m4a", "acodec": "mp4a",
         "vcodec": codec, "abr": rate}
        for name, codec, rate in (("tiny", "none", 24), ("good", "none", 64), ("big", "none", 256),
                                  ("film", "avc1", 128))
    ]  # fmt: skip
    server.serve("/good.m4a", sound)
    site[f"video/{A}"] = video(A, formats=formats)
    resolve(videos(A))
    row = fetch()[A]
    assert (row["status"], row["format"]) == ("ok", "good")


@pytest.mark.slow
def test_captions_are_kept_by_tier_and_never_cost_the_audio(
    place: Path,
    resolve: Resolve,
    fetch: Fetch,
    site: dict[str, Any],
    server: FaultServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def track(name: str, kind: str = "vtt") -> list[dict[str, str]]:
        return [{"url": f"{{BASE}}/{name}.{kind}", "ext": kind}]

    site[f"video/{A}"] = video(
        A,
        subtitles={"en-GB": track("manual"), "nl": track("dutch")},
        automatic_captions={"en-orig": track("auto", "json3"), "en": track("translated")},
    )
    site[f"video/{B}"] = video(B, subtitles={"en": track("silent")})
    site[f"video/{C}"] = video(C, subtitles={"en": track("gone")})
    site[f"video/{D}"] = video(D, subtitles={"en": track("page")})
    server.serve("/manual.vtt", VTT)
    server.serve("/auto.json3", '{"events": []}')
    server.serve("/silent.vtt", VTT, Fault(status=503, times=1))
    server.serve("/page.vtt", "<html>Please wait</html>")
    resolve(videos(A, B, C, D))
    rows = fetch()
    assert {row["status"] for row in rows.values()} == {"ok"}
    first, second = rows[A]["captions"]
    assert (first["language"], first["tier"]) == ("en-GB", "manual_caption")
    assert Path(first["path"]).read_text(encoding="utf-8") == VTT
    assert (second["language"], second["tier"]) == ("en", "automatic_caption")
    assert [rows[name]["captions"] for name in (B, C, D)] == [[], [], []]
    assert current_round(place / "results" / "store", "s00000") == 1
    told = [
        [text for text in caplog.messages if text.startswith(f"{name}: ") and "captions" in text]
        for name in (A, B, C, D)
    ]
    assert [len(texts) for texts in told] == [0, 1, 1, 1]
    caplog.clear()
    again = fetch()
    settled = [text for text in caplog.messages if "captions (" in text]
    # Nothing was asked, and the same is told; threads tell it in any order, with no temporary name.
    assert sorted(settled) == sorted([*told[2], *told[3]])
    assert not any(".part" in text for text in settled)
    assert [one["tier"] for one in again[B]["captions"]] == ["manual_caption"]
    assert again[A] == rows[A]
    assert server.count(f"/{B}.m4a") == 1
    assert server.count("/gone.vtt") == 1
    assert current_round(place / "results" / "store", "s00000") == 1


def describe(place: Path, api_url: str = "") -> dict[str, list[Row]]:
    results = place / "results"
    run_cli("acquire", "describe", "--results", results, "--youtube-api-url", api_url)
    return {one.name: list(read_table(one, results / one.path)) for one in METADATA_TABLES}


def test_the_api_is_asked_fifty_at_a_time_within_its_quota(
    place: Path, resolve: Resolve, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number:011d}" for number in range(120)]
    resolve(videos(*names), per_shard=200)
    write_table(RECORDINGS, place / "results" / "recordings" / "s00000.tsv", [])
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    api = Api(server, quota=2)
    api.unknown = {names[3]}
    tables = describe(place, api.url)
    assert [len(call) for call in api.calls] == [50, 50]
    assert [row["recording"] for row in tables["videos"]] == names[:100]
    assert tables["videos"][3]["source"] == "missing"
    assert current_round(place / "results" / "store", "metadata") == 1
    api.quota = 9
    tables = describe(place, api.url)
    assert [len(call) for call in api.calls] == [50, 50, 20]  # another day
    assert len(tables["videos"]) == 120
    first = tables["videos"][0]
    assert (first["duration_seconds"], first["view_count"]) == (3723, 12345678901)
    assert (first["caption"], first["licensed_content"]) == (True, False)
    assert first["description"] == 'About\n"it"'
    assert {name: len(rows) for name, rows in tables.items()} == {
        "videos": 120, "tags": 238, "thumbnails": 119, "localizations": 119, "topics": 119,
    }  # fmt: skip
    describe(place, api.url)
    assert len(api.calls) == 3
    kept = [path for path in place.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
    assert kept == []


def test_the_api_also_describes_what_an_earlier_download_left(
    place: Path, resolve: Resolve, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "old").mkdir()
    for name in (f"2019 {{yt-{A}}}.m4a", f"2020 {{yt-{B}}}.m4a", "other.m4a"):
        (place / "old" / name).touch()
    resolve({"source": "folder", "path": "old"})
    write_table(RECORDINGS, place / "results" / "recordings" / "s00000.tsv", [])
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    api = Api(server, quota=9)
    api.unknown = {B}
    rows = describe(place, api.url)["videos"]
    assert [(row["recording"], row["source"], row["url"]) for row in rows] == [
        (A, "youtube-api", f"https://www.youtube.com/watch?v={A}"),
        (B, "missing", f"https://www.youtube.com/watch?v={B}"),
    ]


def test_a_language_that_differs_from_the_apis_is_noticed(
    place: Path, resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    for name, language in ((A, "es"), (B, "en-GB")):
        site[f"video/{name}"] = video(name)
        site[f"video/{name}"]["formats"][0]["language"] = language
    resolve(videos(A, B))
    rows = fetch()
    assert [rows[name]["track_language"] for name in (A, B)] == ["es", "en-GB"]
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    caplog.clear()
    describe(place, Api(server, quota=9).url)
    told = [text for text in caplog.messages if "the YouTube Data API says 'en-US'" in text]
    assert [text.partition(": ")[0] for text in told] == [A]


def test_without_a_key_yt_dlp_describes(
    place: Path, resolve: Resolve, fetch: Fetch, site: dict[str, Any]
) -> None:
    site[f"video/{A}"] = video(
        A, language="de", description="About", tags=["x"], view_count=7, channel="Talks",
        categories=["Sports"], thumbnail="https://i.example/1.jpg",
    )  # fmt: skip
    resolve(videos(A))
    fetch()
    tables = describe(place)
    (row,) = tables["videos"]
    assert (row["source"], row["title"], row["view_count"]) == ("yt-dlp", f"Talk {A}", 7)
    assert (row["published_at"], row["category"]) == ("2024-05-01", "Sports")
    assert row["audio_language"] == "de"
    assert [one["tag"] for one in tables["tags"]] == ["x"]


def test_filters_take_dates_from_the_api(
    place: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    api = Api(server, quota=9)
    source = {**videos(A, B), "match_filters": {"published_from": "2024-01-01"}}
    run_cli(
        "acquire", "resolve", "--sources", json.dumps([source]), "--youtube-api-url", api.url,
        "--store", "results/store", "--output", "results/items.tsv",
    )  # fmt: skip
    assert api.calls == [[A, B]]
    assert "Title AAAAAAAAAAA" in (place / "results" / "items.tsv").read_text(encoding="utf-8")
