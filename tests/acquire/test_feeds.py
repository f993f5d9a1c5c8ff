"""Podcast feeds as they occur, with what is right for each; feedparser says so where it can."""

import json
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from acquire_steps import FAST, run_cli
from fault_server import FaultServer
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.acquire.sources.feed_items import (
    choose_enclosure,
    plain_text,
    read_feed,
    read_seconds,
)
from snakescribe.tables import SOURCES, Row, read_table
from snakescribe.tables.metadata import TAGS, THUMBNAILS, VIDEOS

Resolve = Callable[..., list[Row]]
BASE = "https://host.example/shows/feed.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
ONE, TWO = "https://host.example/1.mp3", "https://host.example/2.mp3"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def enclosure(url: str, kind: str = ' type="audio/mpeg"') -> str:
    return f'<enclosure url="{url}" length="1"{kind}/>'


def item(number: int, media: str, more: str = "", guid: str = "") -> str:
    guid = f'<guid isPermaLink="false">{guid or f"g{number}"}</guid>'
    return f"<item><title>Episode {number}</title>{guid}{media}{more}</item>"


def rss(*items: str, head: str = HEAD, spaces: str = SPACES, more: str = "") -> str:
    return (
        f'{head}<rss version="2.0" {spaces}><channel><title>Show</title>'
        f"<language>en-us</language>{more}{''.join(items)}</channel></rss>\n"
    )


FIRST, SECOND = item(1, enclosure(ONE)), item(2, enclosure(TWO))
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/"><channel><title>Show</title></channel>{}</rdf:RDF>'
)
ATOM = (
    '{head}<{p}feed xmlns{q}="http://www.w3.org/2005/Atom"><{p}title>Show</{p}title>'
    "<{p}entry><{p}id>g1</{p}id><{p}title>Episode 1</{p}title>"
    '<{p}link rel="alternate" href="https://host.example/one"/>'
    '<{p}link rel="enclosure" type="audio/mpeg" href="{one}"/></{p}entry>'
    "<{p}entry><{p}id>g2</{p}id><{p}title>Episode 2</{p}title>"
    '<{p}link href="{two}" rel="enclosure"/></{p}entry></{p}feed>'
)
# Each lists its two episodes.
FEEDS: dict[str, str | bytes] = {
    "plain": rss(FIRST, SECOND),
    "attributes without marks": rss(
        f"<item><title>Episode 1</title><guid isPermaLink=false>g1</guid>"
        f"<enclosure url={ONE} length=1 type=audio/mpeg></enclosure></item>",
        f"<item><title>Episode 2</title><guid>g2</guid>"
        f"<enclosure type='audio/mpeg' nothing url={TWO} /></item>",
    ),
    "capitals everywhere": rss(
        f'<ITEM><TITLE>Episode 1</TITLE><GUID>g1</GUID><ENCLOSURE URL="{ONE}" TYPE="audio/mpeg"/>'
        f"</ITEM><Item><Title>Episode 2</title><guid>g2</Guid><Enclosure Url='{TWO}'/></item>",
    ).replace("channel>", "CHANNEL>"),
    "entity of HTML": rss(item(1, enclosure(ONE), "<itunes:summary>Tea&nbsp;time&hellip;"
                               "</itunes:summary>"), SECOND),
    "entity of nobody": rss(item(1, enclosure(ONE), "<itunes:author>&company;</itunes:author>"),
                            SECOND),
    "bare ampersand": rss(item(1, enclosure(ONE), "<itunes:author>Bread & Butter, R&D"
                               "</itunes:author>"), SECOND),
    "blank lines first": "\n \n" + rss(FIRST, SECOND),
    "mark and blank line": b"\xef\xbb\xbf\n" + rss(FIRST, SECOND).encode(),
    "something before the declaration": "Warning: x.php, line 3\n" + rss(FIRST, SECOND),
    "control characters": rss(FIRST, SECOND, more="<copyright>a\x0b\x00\x1fb&#11;</copyright>"),
    "Latin-1, declared": rss(
        FIRST, SECOND, head='<?xml version="1.0" encoding="ISO-8859-1"?>', more="<a>café “x”</a>"
    ).encode("cp1252"),
    "Latin-1, undeclared": rss(FIRST, SECOND, head="", more="<a>café</a>").encode("latin-1"),
    "Latin-1 that calls itself UTF-8": rss(FIRST, SECOND, more="<a>café</a>").encode("latin-1"),
    "UTF-8 with a piece of Latin-1": rss(FIRST, SECOND, more="<a>é</a>").encode() .replace(
        b"Show", b"Sh\xf6w"),
    "UTF-16": rss(FIRST, SECOND, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
    "an unknown encoding": rss(FIRST, SECOND, head='<?xml version="1.0" encoding="utf8mb4"?>'),
    "undeclared prefixes": rss(item(1, enclosure(ONE), "<itunes:duration>5</itunes:duration>"),
                               SECOND, spaces=""),
    "a default namespace": rss(FIRST, SECOND, spaces='xmlns="http://backend.userland.com/rss2"'),
    "RSS 1.0": RDF.format(FIRST + SECOND),
    "Atom": ATOM.format(head=HEAD, p="", q="", one=ONE, two=TWO),
    "Atom with a prefix": ATOM.format(head=HEAD, p="a:", q=":a", one=ONE, two=TWO),
    "a document type": HEAD + '<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(FIRST, SECOND, head=""),
    "comments": HEAD + "<!-- & &nbsp; -->" + rss(FIRST, "<!-- <item> -->", SECOND, head=""),
    "verbatim text": rss(item(1, enclosure(ONE), "<description><![CDATA[<b>R&D</b> &amp; 1 < 2]]>"
                              "</description>"), SECOND),
    "cut off": rss(FIRST, SECOND)[:-30],
    "a tag that is not closed": rss(FIRST, SECOND, more="<image><url>x</image>"),
    "capitals": rss(FIRST, SECOND).replace("rss version", "RSS version").replace("/rss", "/RSS"),
    "a picture first": rss(item(1, enclosure("https://host.example/1.jpg", ' type="image/jpeg"')
                                + enclosure(ONE)), SECOND),
    "a film first": rss(item(1, enclosure("https://host.example/1.mp4", ' type="video/mp4"')
                             + enclosure(ONE)), SECOND),
    "media:content": rss(
        item(1, f'<media:content url="{ONE}" type="audio/mpeg"/>'),
        item(2, '<media:group><media:content url="https://host.example/2.jpg" medium="image"/>'
                f'<media:content url="{TWO}" medium="audio"/></media:group>'),
    ),
    "no type": rss(item(1, enclosure(ONE, "")), item(2, enclosure(TWO, ' type=""'))),
    "a type that says nothing": rss(item(1, enclosure(ONE, ' type="application/octet-stream"')),
                                    item(2, enclosure(TWO, ' type="binary/octet-stream"'))),
    "relative": rss(item(1, enclosure("../1.mp3")), item(2, enclosure("/2.mp3"))),
    "without a scheme": rss(item(1, enclosure("//host.example/1.mp3")), SECOND),
    "xml:base": rss(item(1, enclosure("1.mp3")), item(2, enclosure("2.mp3")),
                    spaces='xml:base="https://host.example/"'),
    "space around the address": rss(item(1, enclosure(f"\n  {ONE} ")), SECOND),
    "an ampersand in an address": rss(item(1, enclosure(f"{ONE}?a=1&b=2")), SECOND),
    "one guid twice": rss(item(1, enclosure(ONE), guid="x"), item(2, enclosure(TWO), guid="x")),
    "an item twice": rss(FIRST, SECOND, SECOND),
    "no guid": rss(FIRST, SECOND).replace('<guid isPermaLink="false">g1</guid>', ""),
    "an item without sound between": rss(FIRST, item(3, ""), SECOND),
}  # fmt: skip
# What feedparser reads otherwise, and is wrong about here.
ALONE = {
    "RSS 1.0", "media:content", "undeclared prefixes", "Atom with a prefix", "capitals", "cut off",
    "xml:base", "without a scheme", "capitals everywhere", "relative", "UTF-16",
    "something before the declaration",
    "a tag that is not closed", "control characters", "comments",
}  # fmt: skip


def found(raw: str | bytes) -> list[tuple[str, str]]:
    feed = read_feed(raw if isinstance(raw, bytes) else raw.encode(), BASE)
    return [(episode.title, episode.url) for episode in feed.episodes if episode.url]


@pytest.mark.parametrize("name", FEEDS)
def test_each_feed_lists_its_two_episodes(name: str) -> None:
    first = f"{ONE}?a=1&b=2" if name == "an ampersand in an address" else ONE
    assert dict(found(FEEDS[name])) == {"Episode 1": first, "Episode 2": TWO}


@pytest.mark.parametrize("name", sorted(FEEDS.keys() - ALONE))
def test_feedparser_reads_the_same(name: str) -> None:
    raw = FEEDS[name]
    theirs = feedparser.parse(raw if isinstance(raw, bytes) else raw.encode())
    audio = [
        (entry.title, [link.href.strip() for link in entry.get("enclosures", [])])
        for entry in theirs.entries
        if entry.get("enclosures")
    ]
    ours = found(raw)
    assert [title for title, _ in audio] == [title for title, _ in ours]
    for (_, addresses), (_, address) in zip(audio, ours, strict=True):
        assert address in addresses


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not a feed"),
        (b"<!doctype html><html><body>Sign in</body></html>", "<html>"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "not a feed"),
        (b"\x00\x01\x02\xff" * 50, "not a feed"),
    ],
)
def test_what_is_no_feed_is_told(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_feed(raw, BASE)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fall(raw: bytes) -> None:
    for whole in (raw, b"<rss><channel><item>" + raw + b"</item></channel></rss>"):
        try:
            read_feed(whole, BASE)
        except ValueError as error:
            assert "not a feed" in str(error)


def test_no_file_here_is_read_by_a_feed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    uri = (tmp_path / "secret.txt").as_uri()
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{uri}"><!ENTITY y "yy">]>'
    more = "<description>&x;&y;</description>"
    [episode] = read_feed(
        (head + rss(item(1, enclosure(ONE), more), head="")).encode(), BASE
    ).episodes
    assert episode.description == "&x;&y;"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3723", 3723), ("1:02:03", 3723), ("62:03", 3723), ("3723.0", 3723), ("1:2:3", 3723),
        ("01:02:03.500", 3723), ("1h 2m 3s", 3723), ("1h2m3s", 3723), ("1 hr 2 min 3 sec", 3723),
        ("1 hour, 2 minutes, 3 seconds", 3723), ("PT1H2M3S", 3723), (" 62:03 ", 3723),
        ("45 min", 2700), ("1.5h", 5400), ("0", 0), ("", 0), ("unknown", 0), ("-5", 0),
        ("12:34:56:78", 0), ("1h 2x", 0), ("00:00:00", 0), ("90:00", 5400),
        ("3,723", 0), ("3723,5", 3723),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: int) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize(
    ("enclosures", "chosen"),
    [
        ([("a.jpg", "image/jpeg"), ("a.mp3", "audio/mpeg")], "a.mp3"),
        ([("a.mp4", "video/mp4"), ("a.bin", "audio/x-m4a; codecs=x")], "a.bin"),
        ([("a.pdf", "application/pdf"), ("a", "")], "a"),
        ([("a", ""), ("a.ogg", "")], "a.ogg"),
        ([("a.mp3", "text/html")], "a.mp3"),
        ([("a.jpg", "audio/mpeg")], "a.jpg"),
        ([("a.jpg", "")], ""),
        ([("a", "text/html")], ""),
        ([("a", "application/pdf")], ""),
        ([], ""),
    ],
)
def test_the_enclosure_is_chosen_by_its_type(
    enclosures: list[tuple[str, str]], chosen: str
) -> None:
    assert choose_enclosure(enclosures) == chosen


def test_what_an_item_says_is_read() -> None:
    more = (
        "<pubDate>Wed, 01 May 2024 23:30:00 -0400</pubDate><itunes:season>2</itunes:season>"
        "<itunes:episode>7</itunes:episode><itunes:keywords>war, peace</itunes:keywords>"
        '<itunes:image href="/7.jpg"/><category>history</category><link>/seven</link>'
        "<description>&lt;p&gt;Tea &amp;amp; scones&lt;/p&gt;&lt;p&gt;at five&lt;/p&gt;"
        "</description>"
        '<podcast:transcript url="7.vtt" type="text/vtt" language="EN"/>'
        '<podcast:transcript url="7.srt" type="application/x-subrip"/>'
    )
    [episode] = read_feed(rss(item(7, enclosure("ep seven é.mp3"), more)).encode(), BASE).episodes
    assert episode.url == "https://host.example/shows/ep%20seven%20%C3%A9.mp3"
    assert (episode.published, episode.published_at) == ("2024-05-01", "2024-05-02T03:30:00Z")
    assert (episode.season, episode.episode) == ("2", "7")
    assert episode.keywords == ("history", "war", "peace")
    assert episode.pictures == ("https://host.example/7.jpg",)
    assert episode.page == "https://host.example/seven"
    assert episode.description == "Tea & scones at five"
    assert [track["ext"] for track in episode.transcripts] == ["vtt", "srt"]
    assert plain_text("1 < 2 &lt;3 <b>x</b>") == "1 < 2 <3 x"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://bücher.example/é.mp3", "https://xn--bcher-kva.example/%C3%A9.mp3"),
        ("https://BÜCHER.example:8080/1.mp3", "https://xn--bcher-kva.example:8080/1.mp3"),
        ("https://me:ä@straße.example/1.mp3", "https://me:%C3%A4@xn--strae-oqa.example/1.mp3"),
        ("//例え.テスト/1.mp3", "https://xn--r8jz45g.xn--zckzah/1.mp3"),
        ("https://[::1]:80/1.mp3", "https://[::1]:80/1.mp3"),
        ("https://a_b.example/1.mp3", "https://a_b.example/1.mp3"),
        ("https://⒈ä.example/1.mp3", ""),
    ],
)
def test_hosts_are_asked_by_the_name_that_the_net_has(written: str, asked: str) -> None:
    [episode] = read_feed(rss(item(1, enclosure(written))).encode(), BASE).episodes
    assert episode.url == asked


def test_atom_is_read() -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-CH"><title>Schau</title><entry>'
        "<id>urn:1</id><title type='html'>Eins &amp;amp; zwei</title><updated>2025-01-01T00:00:00Z"
        "</updated><published>2024-05-01T23:30:00+02:00</published><summary>Worte</summary>"
        f'<category term="a"/><link rel="enclosure" href="{ONE}"/></entry></feed>'
    )
    feed = read_feed(text.encode(), BASE)
    [episode] = feed.episodes
    assert (feed.title, feed.language) == ("Schau", "de")
    assert (episode.guid, episode.title) == ("urn:1", "Eins & zwei")
    assert episode.published_at == "2024-05-01T21:30:00Z"
    assert (episode.description, episode.keywords) == ("Worte", ("a",))


def test_feeds_on_the_way_to_items(place: Path, resolve: Resolve, server: FaultServer) -> None:
    """By the address that gave the feed in the end; what is left out is counted."""
    feed = rss(
        item(1, enclosure("media.mp3"), guid="same"),
        item(2, enclosure("2/media.mp3"), guid="same"),
        item(2, enclosure("2/media.mp3"), guid="same"),
        item(3, ""),
        item(4, enclosure("cover.jpg", ' type="image/jpeg"')),
    ).encode()
    server.answers["/new/feed.xml"] = lambda *_: (200, "text/xml", feed)
    server.redirects["/feed.xml"] = "/new/feed.xml"
    source = {"source": "rss", "feeds": [f"{server.base}/feed.xml"]}
    rows = resolve(source)
    assert [row["locator"] for row in rows] == [
        f"{server.base}/new/media.mp3", f"{server.base}/new/2/media.mp3",
    ]  # fmt: skip
    assert len({row["recording"] for row in rows}) == 2
    [row] = read_table(SOURCES, place / "results" / "sources.tsv")
    assert (row["listed"], row["taken"]) == (5, 2)
    assert row["skipped"] == {"no sound in it": 2, "listed twice": 1}
    later = rss(item(9, enclosure("9.mp3"), guid="same")).encode().replace(
        b"</channel>", feed.partition(b"</language>")[2].partition(b"</channel>")[0] + b"</channel>"
    )  # fmt: skip
    server.answers["/new/feed.xml"] = lambda *_: (200, "text/xml", later)
    run_cli(
        "acquire", "resolve", "--update", "--sources", json.dumps([source]), "--store",
        "results/store", "--output", "results/items.tsv",
    )  # fmt: skip
    assert [row["recording"] for row in resolve(source)[:2]] == [row["recording"] for row in rows]
    assert len(resolve(source)) == 3


@pytest.mark.slow
def test_what_the_feed_says_wins_in_the_metadata(
    place: Path, resolve: Resolve, fetch: Callable[..., dict[str, Row]], server: FaultServer,
    media: Path,
) -> None:  # fmt: skip
    more = (
        "<pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate><itunes:season>2</itunes:season>"
        "<itunes:episode>7</itunes:episode><itunes:keywords>war, peace</itunes:keywords>"
        '<itunes:image href="/7.jpg"/><itunes:duration>20</itunes:duration>'
        "<description>Words</description>"
    )
    feed = rss(item(7, enclosure("/ep1.mp3"), more), item(8, enclosure("/ep2.mp3"))).encode()
    server.answers["/feed.xml"] = lambda *_: (200, "text/xml", feed)
    for name in ("ep1.mp3", "ep2.mp3"):
        server.serve(f"/{name}", (media / "tone.mp3").read_bytes())
    resolve({"source": "rss", "feeds": [f"{server.base}/feed.xml"]})
    assert {row["status"] for row in fetch().values()} == {"ok"}
    run_cli("acquire", "describe", "--results", "results")
    results = place / "results"
    first, second = read_table(VIDEOS, results / VIDEOS.path)
    [source] = read_table(SOURCES, results / SOURCES.path)
    assert first.pop("retrieved_at") == source["asked_at"]
    assert {name: value for name, value in first.items() if value is not None} == {
        "recording": "g7", "source": "feed", "site_id": "g7", "title": "Episode 7",
        "description": "Words", "published_at": "2024-05-01T10:00:00Z", "channel_title": "Show",
        "show": "Show", "season": "2", "episode": "7", "language": "en", "duration_seconds": 20.0,
    }  # fmt: skip
    assert (second["title"], second["published_at"]) == ("Episode 8", None)
    assert [row["tag"] for row in read_table(TAGS, results / TAGS.path)] == ["war", "peace"]
    [picture] = read_table(THUMBNAILS, results / THUMBNAILS.path)
    assert picture["url"] == f"{server.base}/7.jpg"
