"""What sources find, how it is frozen, filtered and listed again."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli, video
from fault_server import Fault, FaultServer

from snakescribe.acquire.rounds import current_round
from snakescribe.acquire.sources import find_audio
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]
A, B, C, D = (letter * 11 for letter in "ABCD")
LIST1, LIST2 = "PL" + "1" * 16, "PL" + "2" * 16
CHANNEL = "UC" + "c" * 22


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def ids(rows: list[Row]) -> list[str]:
    return [row["recording"] for row in rows]


def flat(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "title": f"Talk {name}", "duration": 20, **fields}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("talks", ["talks/a.MP3", "talks/deep/er/b.opus"]),
        ("talks/*", ["talks/a.MP3"]),
        ("talks/**/*.opus", ["talks/deep/er/b.opus"]),
        ("talks/a.MP3", ["talks/a.MP3"]),
        ("elsewhere/*", []),
    ],
)
def test_find_audio(place: Path, pattern: str, names: list[str]) -> None:
    for name in ("a.MP3", "notes.txt", ".hidden.mp3", "deep/er/b.opus", ".git/c.mp3"):
        path = place / "talks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [str(path) for path in find_audio(pattern)] == names


def test_channels_are_their_playlists_and_their_videos(
    resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    site[f"channel/{CHANNEL}"] = {"title": "Talks", "playlists": [LIST1, LIST2]}
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A)], "next": "page/2"}
    site["page/2"] = {"videos": [flat(B)]}
    site[f"playlist/{LIST2}"] = {"title": "Two", "videos": [flat(B), flat(C)]}
    rows = resolve({"source": "youtube", "channels": [CHANNEL], "videos": [D]})
    assert ids(rows) == [D, A, B, C]
    assert rows[1]["locator"] == f"https://www.youtube.com/watch?v={A}"
    assert rows[1]["context"] == {
        "channel": CHANNEL, "channel_title": "Talks", "playlist": LIST1, "playlist_title": "One",
        "duration_seconds": 20,
    }  # fmt: skip
    asked = len(server.log)
    assert ids(resolve({"source": "youtube", "channels": [CHANNEL], "videos": [D]})) == ids(rows)
    assert len(server.log) == asked


def test_an_update_shows_what_is_new_and_what_vanished_and_drops_nothing(
    resolve: Resolve, site: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A), flat(B)]}
    source = {"source": "youtube", "playlists": [LIST1]}
    assert ids(resolve(source)) == [A, B]
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(C), flat(B)]}
    assert ids(resolve(source)) == [A, B]
    with caplog.at_level(logging.INFO):
        run_cli(
            "acquire", "resolve", "--update", "--sources", json.dumps([source]), "--store",
            "results/store", "--output", "results/items.tsv",
        )  # fmt: skip
    assert f"new: {C}" in caplog.text
    assert f"vanished, but kept: {A}" in caplog.text
    assert "1 recordings are new, 1 are no longer listed but kept, 0 left" in caplog.text
    assert ids(resolve(source)) == [A, B, C]
    assert ids(resolve({"source": "youtube", "videos": [B]})) == [B]


def test_what_vanished_can_be_dropped_and_what_is_listed_cannot(
    place: Path, resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    def update() -> None:
        run_cli("acquire", "resolve", "--update", "--configfile", "mine.yaml")

    for name in ("a", "b"):
        (place / f"{name}.wav").touch()
    config = {
        "results": "results",
        "recordings": [
            {"source": "youtube", "playlists": [LIST1]}, {"source": "folder", "path": "*.wav"},
        ],
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }  # fmt: skip
    (place / "mine.yaml").write_text(json.dumps(config), encoding="utf-8")
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A), flat(B)]}
    update()
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(B), flat(C)]}
    (place / "a.wav").unlink()
    update()
    items = place / "results" / "items.tsv"
    before = items.read_bytes()
    for name, message in ((B, "still lists it"), ("b", "still lists it"), ("x", "id x")):
        result = run_cli("acquire", "drop", "mine.yaml", A, name)
        assert message in str(result.exception)
        assert items.read_bytes() == before
    asked = len(server.log)
    said = run_cli("acquire", "drop", "mine.yaml", A, "a").output
    assert f"dropped {A} of s00000, once listed by youtube:{LIST1}" in said
    assert "dropped a of s00000, once listed by folder:*.wav" in said
    assert len(server.log) == asked
    after = items.read_text(encoding="utf-8")
    assert [line.split("\t")[0] for line in after.splitlines()] == ["recording", B, "b", C]
    assert ids(resolve(*config["recordings"])) == [B, "b", C]  # the next run agrees
    update()
    assert items.read_text(encoding="utf-8") == after
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A)]}
    update()  # it came back
    assert [line.split("\t")[0] for line in items.read_text(encoding="utf-8").splitlines()][1:] == [
        B,
        "b",
        C,
        A,
    ]


def test_files_of_ids_may_hold_anything(
    place: Path, resolve: Resolve, site: dict[str, Any]
) -> None:
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(C)]}
    (place / "ids.txt").write_text(
        f"\ufeff# my ids\r\n\r\n{A} # the first\r\nhttps://youtu.be/{B}\r\n"
        f"https://www.youtube.com/watch?v={A}&t=3\r\nhttps://www.youtube.com/playlist?list={LIST1}\r\n",
        encoding="utf-8",
    )
    (place / "ids.csv").write_text(
        f'video,language,topic\n{D},nl,"bread, butter"\n', encoding="utf-8"
    )
    rows = resolve({"source": "youtube", "files": ["ids.txt", "ids.csv"]})
    assert ids(rows) == [A, B, C, D]
    assert (rows[3]["language"], rows[3]["context"]) == ("nl", {"topic": "bread, butter"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{A}\nnonsense!\n", "ids.txt: line 2: 'nonsense!' is no YouTube"),
        (f"{A} {B}\n", "ids.txt: line 1: one id or URL a line"),
    ],
)
def test_a_malformed_line_is_named(
    place: Path, resolve: Resolve, content: str, message: str
) -> None:
    (place / "ids.txt").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message.replace("(", r"\(")):
        resolve({"source": "youtube", "files": ["ids.txt"]})


def test_a_list_that_is_gone_is_told_by_every_run(
    resolve: Resolve, site: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    site[f"playlist/{LIST1}"] = 404
    source = {"source": "youtube", "playlists": [LIST1], "videos": [A]}
    for _ in range(2):  # asked, and then kept
        caplog.clear()
        assert ids(resolve(source)) == [A]
        (told,) = [text for text in caplog.messages if "cannot be listed" in text]
        assert LIST1 in told


def test_a_list_that_is_gone_or_silent_does_not_stop_the_others(
    place: Path, resolve: Resolve, site: dict[str, Any]
) -> None:
    site[f"playlist/{LIST1}"] = 503
    source = {"source": "youtube", "playlists": [LIST1, LIST2], "videos": [A]}
    assert ids(resolve(source)) == [A]
    assert current_round(place / "results" / "store", "resolve") == 1
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(B)]}
    assert ids(resolve(source)) == [A, B]
    assert current_round(place / "results" / "store", "resolve") == 2, "LIST2 is still gone"
    with pytest.raises(UserError, match="no recording at all"):
        resolve({"source": "youtube", "playlists": [LIST2]})


@pytest.mark.slow
def test_filters_sample_first_and_look_up_what_is_missing(
    resolve: Resolve, site: dict[str, Any], server: FaultServer
) -> None:
    names = [f"{number:011d}" for number in range(20)]
    videos = [flat(name, duration=10 * number) for number, name in enumerate(names)]
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": videos}
    for number, name in enumerate(names):
        site[f"video/{name}"] = video(name, upload_date=f"20240{1 + number % 2}15")
    filters = {"sample": 0.5, "seed": 3, "min_seconds": 50, "published_to": "2024-01-31"}
    source = {"source": "youtube", "playlists": [LIST1], "match_filters": filters}
    chosen = ids(resolve(source))
    looked_up = [path for path, _, _ in server.log if path.startswith("/api/video/")]
    drawn = {path.rpartition("/")[2] for path in looked_up}
    assert 4 <= len(drawn) <= 16  # half of 20
    assert set(chosen) == {name for name in drawn if int(name) >= 5 and int(name) % 2 == 0}
    assert ids(resolve(source)) == chosen
    assert len([path for path, _, _ in server.log if "/video/" in path]) == len(looked_up)
    without = {**source, "match_filters": {**filters, "title": "^No such"}}
    with pytest.raises(UserError, match="no recording at all"):
        resolve(without)


def test_the_sample_stays_when_the_list_grows(resolve: Resolve, site: dict[str, Any]) -> None:
    source = {"source": "youtube", "playlists": [LIST1], "match_filters": {"sample": 0.3}}
    names = [f"{number:011d}" for number in range(60)]
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(name) for name in names[:30]]}
    few = ids(resolve(source))
    other = {"source": "youtube", "playlists": [LIST2], "match_filters": {"sample": 0.3}}
    site[f"playlist/{LIST2}"] = {"title": "Two", "videos": [flat(name) for name in names]}
    assert [name for name in ids(resolve(other)) if name in names[:30]] == few


def test_a_feed_becomes_recordings(resolve: Resolve, server: FaultServer) -> None:
    feed = """<?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
    <title>The Show</title><language>en-us</language>
    <item><title>First</title><guid>ep-1</guid><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>
    <itunes:duration>1:02:03</itunes:duration><description>&lt;p&gt;About &amp;amp; on&lt;/p&gt;
    </description><enclosure url="{BASE}/1.mp3?a=1&amp;b=2" type="audio/mpeg" length="1"/></item>
    <item><title>No sound</title><guid>ep-2</guid></item>
    <item><title>Second</title><guid>https://example.org/?p=2</guid>
    <enclosure url="{BASE}/second.mp3" type="audio/mpeg" length="1"/></item>
    </channel></rss>"""
    url = server.serve("/feed.xml", feed)
    first, second = resolve({"source": "rss", "feeds": [url]})
    assert (first["recording"], first["title"], first["language"]) == ("ep-1", "First", "en")
    assert first["locator"] == f"{server.base}/1.mp3?a=1&b=2"
    assert first["context"]["published"] == "2024-05-01"
    assert first["context"]["duration_seconds"] == 3723
    assert second["recording"] == "second"


def test_what_is_no_url_in_a_feed_is_passed_over(resolve: Resolve, server: FaultServer) -> None:
    space = "https://podcastindex.org/namespace/1.0"
    feed = f"""<rss xmlns:podcast="{space}"><channel>
    <item><guid>bad</guid><enclosure url="http://[::1/bad.mp3"/></item>
    <item><guid>good</guid><enclosure url="{{BASE}}/good.mp3"/>
    <podcast:transcript url="http://[::1/good.vtt" type="text/vtt"/></item></channel></rss>"""
    rows = resolve({"source": "rss", "feeds": [server.serve("/feed.xml", feed)]})
    assert [row["recording"] for row in rows] == ["good"]


def test_a_row_with_an_address_that_is_none_is_refused(place: Path, resolve: Resolve) -> None:
    (place / "talks.csv").write_text("id,audio\na,http://[::1/x.mp3\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"line 2: 'http://\[::1/x.mp3' is no http"):
        resolve({"source": "table", "path": "talks.csv"})


def test_two_feeds_may_number_their_episodes_alike(resolve: Resolve, server: FaultServer) -> None:
    item = "<item><guid>1</guid><enclosure url='{BASE}/%s.mp3'/></item>"
    feeds = [
        server.serve(f"/{name}.xml", f"<rss><channel>{item % name}</channel></rss>")
        for name in ("a", "b")
    ]
    rows = resolve({"source": "rss", "feeds": feeds})
    assert [row["locator"].rpartition("/")[2] for row in rows] == ["a.mp3", "b.mp3"]
    assert rows[0]["recording"] == "1"
    assert rows[1]["recording"].startswith("1-")


def test_any_source_takes_references_by_id(
    place: Path, resolve: Resolve, site: dict[str, Any]
) -> None:
    site[f"playlist/{LIST1}"] = {"title": "One", "videos": [flat(A), flat(B)]}
    (place / "texts").mkdir()
    (place / "texts" / f"{A}.srt").touch()
    (place / "texts" / "talk.txt").touch()
    urls = ["http://127.0.0.1:9/talk.mp3?part=1", "http://127.0.0.1:9/other.mp3"]
    rows = resolve(
        {"source": "youtube", "playlists": [LIST1], "references": "texts"},
        {"source": "url", "urls": urls, "references": "texts"},
    )
    files = [row["reference_file"] for row in rows]
    assert files == [f"texts/{A}.srt", None, "texts/talk.txt", None]
    with pytest.raises(UserError, match="references: no such file or folder: gone"):
        resolve({"source": "url", "urls": urls, "references": "gone"})


@pytest.mark.parametrize(
    ("variable", "content", "message"),
    [
        ("SNAKESCRIBE_PROXY", "sox://joe:hush@127.0.0.1:9", "SNAKESCRIBE_PROXY: this is not"),
        ("SNAKESCRIBE_PROXY", "http://joe:hush@127.0.0.1:9x", "SNAKESCRIBE_PROXY: this is not"),
        ("SNAKESCRIBE_PROXY", "joe:hush@127.0.0.1", "SNAKESCRIBE_PROXY: this is not"),
        ("SNAKESCRIBE_COOKIES", "hush", "cookies.txt: line 1: the first line is not"),
        ("SNAKESCRIBE_COOKIES", "{HEAD}hush", "cookies.txt: line 3: 1 fields between tabs"),
        ("SNAKESCRIBE_COOKIES", "{HEAD}a\tTRUE\t/\tTRUE\tsoon\tn\thush", "line 3: the fifth"),
        ("SNAKESCRIBE_COOKIES", None, "cookies.txt: cannot read it"),
    ],
)  # fmt: skip
def test_a_damaged_secret_is_told_without_it(
    place: Path, resolve: Resolve, monkeypatch: pytest.MonkeyPatch, capfd: Any, variable: str,
    content: str | None, message: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(variable, content or "")
    if variable == "SNAKESCRIBE_COOKIES":
        monkeypatch.setenv(variable, "cookies.txt")
        if content:
            head = "# Netscape HTTP Cookie File\n\n"
            (place / "cookies.txt").write_text(content.replace("{HEAD}", head), encoding="utf-8")
    with pytest.raises(UserError) as error:
        resolve({"source": "rss", "feeds": ["http://127.0.0.1:9/feed.xml"]})
    assert message in str(error.value)
    assert "hush" not in str(error.value) + "".join(capfd.readouterr())
    assert not list(place.rglob("listings"))  # a mistake here freezes no empty list


def test_a_feed_that_is_no_feed(resolve: Resolve, server: FaultServer) -> None:
    with pytest.raises(UserError, match="not a feed: it is <html>, not RSS or Atom"):
        resolve({"source": "rss", "feeds": [server.serve("/feed.xml", "<html>Hello")]})


@pytest.mark.slow
def test_urls_are_files_pages_and_lists(resolve: Resolve, server: FaultServer) -> None:
    page = '<html><audio src="{BASE}/a.ogg"></audio><audio src="{BASE}/b.ogg"></audio></html>'
    urls = [
        f"{server.base}/direct.mp3?id=7",
        server.serve("/list.html", page),
        server.serve("/gone.html", "", Fault(status=404)),
    ]
    rows = resolve({"source": "url", "urls": urls})
    assert [row["locator"] for row in rows] == [
        urls[0], f"{server.base}/a.ogg", f"{server.base}/b.ogg", urls[2],
    ]  # fmt: skip
    assert ids(rows) == ["direct-id-7", "a", "b", "gone"]
    with pytest.raises(UserError, match="no http"):
        resolve({"source": "url", "urls": ["file:///etc/passwd"]})


def test_a_source_of_ones_own(place: Path, resolve: Resolve) -> None:
    (place / "mine_source.py").write_text(
        "from snakescribe.acquire.sources import Found, Listing\n"
        "class Mine:\n"
        "    def __init__(self, entry): self.name = entry['name']\n"
        "    def listings(self):\n"
        "        one = Found('x', self.name, 'file', 'talk.wav')\n"
        "        yield Listing('mine', lambda web: [one])\n",
        encoding="utf-8",
    )
    assert ids(resolve({"source": "mine_source:Mine", "name": "hello"})) == ["hello"]
    with pytest.raises(UserError, match="has no 'Other'; known are: Found, Listing, Mine"):
        resolve({"source": "mine_source:Other"})
    package = place / "mine-1.0.dist-info"  # what installing a package leaves
    package.mkdir()
    (package / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", encoding="utf-8"
    )
    (package / "entry_points.txt").write_text(
        "[snakescribe.sources]\nmine = mine_source:Mine\n", encoding="utf-8"
    )
    assert ids(resolve({"source": "mine", "name": "again"})) == ["hello"]  # the same recording
    config = {"recordings": [{"source": "mine", "name": "x"}], "models": {"a": {"weights": "tiny"}}}
    (place / "mine.yaml").write_text(
        json.dumps({**config, "experiments": {"one": {}}}), encoding="utf-8"
    )
    assert run_cli("config", "check", "mine.yaml").exit_code == 0


def test_a_sample_of_local_files(place: Path, resolve: Resolve) -> None:
    for number in range(40):
        (place / f"{number:02}.wav").touch()
    source = {"source": "folder", "path": "*.wav", "match_filters": {"sample": 0.5, "seed": 1}}
    some = ids(resolve(source))
    assert 10 <= len(some) <= 30
    assert ids(resolve(source)) == some
