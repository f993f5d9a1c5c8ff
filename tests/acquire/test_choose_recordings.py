"""Recordings are chosen before anything is downloaded: by what sites, tables and events tell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli, video, write_rows
from data_api import Api, resource
from fault_server import FaultServer

from snakescribe.acquire.rounds import current_round
from snakescribe.errors import UserError
from snakescribe.tables import ITEMS, Row, read_table

pytestmark = pytest.mark.slow

Resolve = Callable[..., list[Row]]
# What the earlier system asked its database: videos of baseball by their tags, whole games by
# their length, nothing that a title gives away as something else; of a day of play.
EARLIER_CHOICE: dict[str, Any] = {
    "tags": ["(?i)major league", "(?i)mlb", "(?i)baseball", "(?i)world series"],
    "min_seconds": 75 * 60,
    "event_from": "2019-04-01",
    "event_to": "2019-04-30",
    "exclude": {
        "tags": "(?i)ncaa",
        "title": ["(?i)draft", "(?i)college", "(?i)derby", "(?i)mlb the show", "(?i)interview"],
    },
}
LONG, SHORT = "PT3H2M1S", "PT4M"
# title, description, tags, duration: whether it is chosen
VIDEOS = {
    "AAAAAAAAAAA": ("Herons at Kites 4/1/2019", "", ["MLB", "full game"], LONG, True),
    "BBBBBBBBBBB": ("Herons at Kites", "Played on April 30, 2019", ["baseball"], LONG, True),
    "CCCCCCCCCCC": ("Herons at Kites 5/1/2019", "", ["MLB"], LONG, False),
    "DDDDDDDDDDD": ("Herons at Kites 4/2/2019", "", ["MLB", "NCAA"], LONG, False),
    "EEEEEEEEEEE": ("2019 draft, 4/3/2019", "", ["MLB"], LONG, False),
    "FFFFFFFFFFF": ("Herons at Kites 4/4/2019", "", ["cooking"], LONG, False),
    "GGGGGGGGGGG": ("Herons at Kites 4/5/2019", "", [], LONG, False),
    "HHHHHHHHHHH": ("Herons at Kites 4/6/2019", "", ["MLB"], SHORT, False),
    "IIIIIIIIIII": ("The best of the Herons", "", ["Major League Baseball"], LONG, False),
}
CHOSEN = [name for name, (*_, chosen) in VIDEOS.items() if chosen]


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def fill(api: Api) -> None:
    for name, (title, description, tags, duration, _) in VIDEOS.items():
        api.resources[name] = resource(name, title=title, description=description, tags=tags)
        api.resources[name]["contentDetails"]["duration"] = duration


def chosen(source: dict[str, Any], api: Api, context: list[Any]) -> list[str]:
    result = run_cli(
        "acquire", "resolve", "--sources", json.dumps([source]), "--context", json.dumps(context),
        "--youtube-api-url", api.url, "--store", "results/store", "--output", "results/items.tsv",
    )  # fmt: skip
    if isinstance(result.exception, UserError):
        raise result.exception
    return [row["recording"] for row in read_table(ITEMS, Path("results/items.tsv"))]


def test_the_earlier_systems_choice_by_tags_and_day(
    place: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOUTUBE_API_KEY", "secret")
    api = Api(server, quota=9)
    fill(api)
    source = {"source": "youtube", "videos": list(VIDEOS), "match_filters": EARLIER_CHOICE}
    event = {"provider": "event"}
    assert chosen(source, api, [event]) == CHOSEN
    assert [len(names) for names in api.calls] == [len(VIDEOS)]
    assert [path for path, _, _ in server.log if "videos" not in path] == []  # nothing else
    (first, *_) = read_table(ITEMS, place / "results" / "items.tsv")
    assert first["context"]["event_date"] == "2019-04-01"
    assert (first["context"]["tags"], first["context"]["category"]) == ("MLB, full game", "Sports")
    assert chosen(source, api, [event]) == CHOSEN
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"tags": "^one$"}, "ab"),
        ({"tags": ["^two$", "^thr"]}, "bc"),
        ({"tags": "one, two"}, ""),  # each tag by itself
        ({"category": "^Sports$"}, "ab"),
        ({"description": "(?i)ABOUT a"}, "a"),
        ({"channel": "^Talks$"}, "abc"),
        ({"channel": "Other"}, ""),
        ({"title": ["A$", "B$"], "exclude": {"tags": "two"}}, "a"),
        ({"exclude": {"category": "Music", "description": "about b"}}, "a"),
        ({"fields": {"category": "Music"}}, "c"),
    ],
)
def test_each_filter_on_what_a_page_tells(
    resolve: Resolve, site: dict[str, Any], filters: dict[str, Any], names: str
) -> None:
    tags = {"a": ["one"], "b": ["one", "two"], "c": ["three"]}
    for name, words in tags.items():
        site[f"video/{name * 11}"] = video(
            name.upper(), tags=words, categories=["Music" if name == "c" else "Sports"],
            description=f"about {name}", channel="Talks",
        )  # fmt: skip
    source = {"source": "youtube", "videos": [name * 11 for name in tags], "match_filters": filters}
    if names:
        assert "".join(row["recording"][0] for row in resolve(source)) == names
    else:
        with pytest.raises(UserError, match="0 taken; 3 skipped: 3 left out by match_filters"):
            resolve(source)


def test_what_the_list_tells_is_not_looked_up(
    resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    videos = [{"id": name * 11, "title": f"Talk {name}", "duration": 60} for name in "abc"]
    site["playlist/PLaaaaaaaaaaaa"] = {"title": "All", "videos": videos}
    site["video/bbbbbbbbbbb"] = video("b", tags=["x"])
    filters = {"title": "b$", "tags": "x"}
    source = {"source": "youtube", "playlists": ["PLaaaaaaaaaaaa"], "match_filters": filters}
    assert [row["recording"] for row in resolve(source)] == ["bbbbbbbbbbb"]
    assert [path for path, _, _ in server.log if "/video/" in path] == ["/api/video/bbbbbbbbbbb"]


def test_a_video_of_which_nothing_is_told_gets_its_status_later(
    resolve: Resolve, site: dict[str, Any]
) -> None:
    site["video/aaaaaaaaaaa"] = video("a", status="private")
    site["video/bbbbbbbbbbb"] = video("b")
    filters = {"tags": "x", "event_from": "2019-04-01"}
    names = ["aaaaaaaaaaa", "bbbbbbbbbbb"]
    source = {"source": "youtube", "videos": names, "match_filters": filters}
    rows = resolve(source, context=[{"provider": "event"}])
    assert [row["recording"] for row in rows] == ["aaaaaaaaaaa"]


def test_fields_of_tables_choose_among_files(place: Path, resolve: Resolve) -> None:
    for name in ("a", "b", "c"):
        (place / f"{name}.wav").touch()
    write_rows(place / "list.tsv", [
        {"id": "a", "path": "a.wav", "show": "News", "event_date": "2019-04-01"},
        {"id": "b", "path": "b.wav", "show": "Sport", "event_date": "2019-05-01"},
        {"id": "c", "path": "c.wav", "show": "", "event_date": ""},
    ])  # fmt: skip
    write_rows(place / "more.tsv", [{"id": "b", "host": "Okafor"}, {"id": "c", "host": "Okada"}])
    source = {"source": "table", "path": "list.tsv"}

    def ids(filters: dict[str, Any]) -> list[str]:
        rows = resolve({**source, "match_filters": filters}, context=[{"table": "more.tsv"}])
        return [row["recording"] for row in rows]

    assert ids({"fields": {"show": ["News", "Sport"]}}) == ["a", "b"]
    assert ids({"fields": {"host": "^Oka"}, "exclude": {"fields": {"show": "Sport"}}}) == ["c"]
    assert ids({"event_to": "2019-04-30"}) == ["a"]
    assert ids({"exclude": {"fields": {"host": "Okada"}}}) == ["a", "b"]


def test_a_provider_that_is_silent_leaves_the_choice_to_the_next_run(
    place: Path, resolve: Resolve, server: FaultServer
) -> None:
    server.answers["/sports/"] = lambda *_: (503, "text/html", b"")
    (place / "Herons at Kites 2019-04-01.wav").touch()
    (place / "keep.wav").touch()
    filters = {"fields": {"team_home": "Kites"}}
    files = {"source": "folder", "path": "Herons*.wav", "match_filters": filters}
    base = f"{server.base}/sports"
    entry = {"provider": "espn", "sport": "baseball", "league": "mlb", "base_url": base}
    rows = resolve(files, {"source": "folder", "path": "keep.wav"}, context=[entry])
    assert [row["recording"] for row in rows] == ["keep"]
    assert current_round(place / "results" / "store", "resolve") == 1
