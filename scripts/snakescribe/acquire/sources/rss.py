"""The source `rss`: podcast feeds (RSS 2.0 with the iTunes tags, as podcast hosts write them)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.caption_tracks import FEED_TRACKS
from snakescribe.acquire.failures import TRANSIENT, Failure
from snakescribe.acquire.sources.listing import Found, Listing, Web
from snakescribe.acquire.web import WebError
from snakescribe.config import sources as config
from snakescribe.paths import is_web_url

_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
# The address of the podcast namespace, and the one that it had before.
_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_TRANSCRIPTS = {
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/srt": "srt",
    "text/srt": "srt",
    "application/json": "json",
}


class RssSource:
    """Feeds; every item with an enclosure is a recording."""

    def __init__(self, entry: config.RssSource) -> None:
        self.feeds = entry.feeds

    def listings(self) -> Iterator[Listing]:
        """One for each feed."""
        for feed in dict.fromkeys(self.feeds):
            yield Listing(f"rss:{feed}", partial(_read_feed, feed), remote=True)


def _read_feed(feed: str, web: Web) -> Iterator[Found]:
    try:
        channel = ElementTree.fromstring(web.read(feed)).find("channel")
    except ElementTree.ParseError as error:
        raise WebError(feed, Failure(TRANSIENT, "no_feed", f"not an RSS feed: {error}")) from error
    if channel is None:
        raise WebError(feed, Failure(TRANSIENT, "no_feed", "not an RSS feed: it has no channel"))
    language = _text(channel, "language").partition("-")[0].lower()
    for item in channel.iterfind("item"):
        enclosure = item.find("enclosure")
        url = enclosure.get("url", "").strip() if enclosure is not None else ""
        if not is_web_url(url):
            continue
        guid = _text(item, "guid") or url
        yield Found(
            identity=f"rss:{feed} {guid}",
            id=guid if re.fullmatch(r"[\w.:-]{1,60}", guid) else Path(urlsplit(url).path).stem,
            exact=False,
            kind="url",
            locator=url,
            title=_text(item, "title") or _text(item, f"{_ITUNES}title"),
            language=language,
            context={"show": _text(channel, "title"), **_details(item), **_transcripts(item, feed)},
        )


def _details(item: ElementTree.Element) -> ContextFields:
    details: ContextFields = {}
    description = re.sub(r"<[^>]*>", " ", _text(item, "description"))
    if description:
        details["description"] = " ".join(description.split())
    with suppress(TypeError, ValueError):  # a feed without dates is fine
        details["published"] = parsedate_to_datetime(_text(item, "pubDate")).strftime("%Y-%m-%d")
    if seconds := _seconds(_text(item, f"{_ITUNES}duration")):
        details["duration_seconds"] = seconds
    return details


def _transcripts(item: ElementTree.Element, feed: str) -> ContextFields:
    """The transcripts of an item that we can read (`podcast:transcript`), for acquiring."""
    tracks = [
        {
            "url": _join(feed, track.get("url", "").strip()),
            "ext": _TRANSCRIPTS[kind],
            "language": track.get("language", "").strip().lower(),
        }
        for space in _PODCAST
        for track in item.iterfind(f"{{{space}}}transcript")
        if (kind := track.get("type", "").partition(";")[0].strip().lower()) in _TRANSCRIPTS
    ]
    tracks = [track for track in tracks if is_web_url(track["url"])]
    return {FEED_TRACKS: tracks} if tracks else {}


def _join(feed: str, url: str) -> str:
    """A URL in a feed, which may be relative to it -> the whole one, or nothing if it is none."""
    try:
        return urljoin(feed, url)
    except ValueError:
        return ""


def _seconds(text: str) -> int:
    """``itunes:duration``: seconds, or ``[hours:]minutes:seconds``."""
    if not re.fullmatch(r"\d+(:\d{1,2}){0,2}", text):
        return 0
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


def _text(element: ElementTree.Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
