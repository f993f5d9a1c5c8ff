"""The items of a podcast feed -> its episodes."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin, urlsplit

import idna

from snakescribe.acquire.sources.feed_xml import (
    Element,
    base_of,
    children,
    language_of,
    name_of,
    parse_feed,
    text_of,
)
from snakescribe.acquire.sources.files import AUDIO_SUFFIXES
from snakescribe.acquire.youtube_api import iso_seconds
from snakescribe.paths import is_web_url

TRANSCRIPTS = {
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/srt": "srt",
    "text/srt": "srt",
    "application/json": "json",
}
# What an address may hold as it is; everything else is written with a percent sign.
_ADDRESS = "%/:=&?~#+!$,;'@()*[]|"
# Endings that say that a file is no sound, where no type says that it is.
_OTHER_SUFFIXES = frozenset(
    {
        ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".epub", ".zip", ".html", ".htm",
        ".txt", ".vtt", ".srt", ".json", ".xml",
    }
)  # fmt: skip
_UNITS = {"h": 3600, "m": 60, "s": 1}
_CLOCK = re.compile(r"(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?(?:[.,]\d*)?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")  # `3,723`: thousands, or a fraction
_WRITTEN = re.compile(r"(?:(\d+(?:\.\d+)?)\s*(h|m|s)[a-z]*\.?[\s,]*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(h|m|s)", re.IGNORECASE)


@dataclass(frozen=True)
class Episode:
    """An item of a feed; what it does not say is empty. Without `url` it has no sound.

    `published` is the day where it was published, `published_at` the moment (UTC). Transcripts
    have `url`, `ext`, `language`.
    """

    guid: str
    url: str
    title: str
    description: str
    page: str
    published: str
    published_at: str
    seconds: int
    season: str
    episode: str
    keywords: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    transcripts: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Feed:
    """A podcast: its title and language (a code such as `en`, or empty), and its episodes."""

    title: str
    language: str
    author: str
    page: str
    episodes: list[Episode] = field(default_factory=list)


def read_feed(raw: bytes, address: str) -> Feed:
    """The bytes of a feed and where they are from -> the podcast.

    Raises:
        ValueError: it is no feed, in words.
    """
    root = parse_feed(raw)
    channel = next(iter(children(root, "channel")), root)
    language = text_of(channel, "language", "dc:language") or language_of(root)
    items = (part for part in root.iter() if name_of(part) in ("item", "entry"))
    return Feed(
        title=plain_text(text_of(channel, "title", "itunes:title")),
        language=re.split("[-_]", language)[0].lower(),
        author=plain_text(text_of(channel, "itunes:author", "author", "dc:creator")),
        page=_page(channel, address),
        episodes=[_episode(item, address) for item in items],
    )


def _episode(item: Element, address: str) -> Episode:
    when = _moment(
        text_of(item, "pubdate"), text_of(item, "published", "issued", "dc:date", "updated")
    )
    url = choose_enclosure(_enclosures(item, address))
    return Episode(
        guid=" ".join(text_of(item, "guid", "id").split()) or url,
        url=url,
        title=plain_text(text_of(item, "title", "itunes:title", "media:title")),
        description=plain_text(
            text_of(
                item, "description", "summary", "itunes:summary", "content:encoded", "content",
                "itunes:subtitle", "media:description",
            )
        ),
        page=_page(item, address),
        published=when.strftime("%Y-%m-%d") if when else "",
        published_at=when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else "",
        seconds=read_seconds(text_of(item, "itunes:duration", "duration")),
        season=text_of(item, "itunes:season", "podcast:season"),
        episode=text_of(item, "itunes:episode", "podcast:episode"),
        keywords=tuple(dict.fromkeys(_keywords(item))),
        pictures=tuple(dict.fromkeys(_pictures(item, address))),
        transcripts=tuple(_transcripts(item, address)),
    )  # fmt: skip


def choose_enclosure(enclosures: Iterable[tuple[str, str]]) -> str:
    """Addresses and media types of an item, in order -> the address of its sound, else ``""``.

    Sound comes first, then film, then what only its ending or nothing at all calls sound.
    """
    ranked = [(rank, url) for url, kind in enclosures if (rank := _rank(url, kind)) is not None]
    return min(ranked, key=lambda pair: pair[0], default=(0, ""))[1]


def _rank(url: str, kind: str) -> int | None:
    """An address and its media type -> 0 for the surest sound, None for something else."""
    main, _, sub = kind.partition(";")[0].strip().lower().partition("/")
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    if main == "audio":
        return 0
    if main == "video":
        return 1
    if suffix in AUDIO_SUFFIXES:
        return 2
    telling = main not in ("", "application", "binary") or sub in ("pdf", "json", "xml", "zip")
    return None if telling or suffix in _OTHER_SUFFIXES else 3


def _enclosures(item: Element, address: str) -> Iterator[tuple[str, str]]:
    """All that an item names as its media: (address, media type)."""
    links = [link for link in children(item, "link") if link.get("rel") == "enclosure"]
    media = [part for part in item.iter() if name_of(part) == "media:content"]
    for part in (*children(item, "enclosure"), *links, *media):
        written = part.get("url") or part.get("href") or ""
        if url := _join(part, address, written):
            medium = {"audio": "audio/", "video": "video/", "image": "image/"}
            yield url, part.get("type") or medium.get(part.get("medium") or "", "")


def _join(element: Element, address: str, written: str) -> str:
    """An address in a feed, relative perhaps -> the whole one, fit to be asked; else ``""``."""
    if not written.strip():
        return ""
    url = ""
    try:
        for part in (*base_of(element, address), written):
            url = urljoin(url, "".join(part.strip().splitlines()))
        url = quote(_with_ascii_host(url), safe=_ADDRESS)
    except ValueError:  # brackets that are not those of an IPv6 address, a name that no host has
        return ""
    return url if is_web_url(url) else ""


def _with_ascii_host(url: str) -> str:
    """An address -> the same with its host as the net names it: `bücher` is `xn--bcher-kva`."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if host.isascii():
        return url
    name, colon, port = host.partition(":")
    ascii_name = idna.encode(name, uts46=True).decode()
    return parts._replace(netloc=f"{user}{at}{ascii_name}{colon}{port}").geturl()


def _page(element: Element, address: str) -> str:
    """The page of an item or a channel; a link without `rel` is one."""
    links = [
        _join(link, address, link.get("href") or link.text or "")
        for link in children(element, "link")
        if link.get("rel", "alternate") == "alternate"
    ]
    return next(filter(None, links), "")


def _keywords(item: Element) -> Iterator[str]:
    for part in children(item, "category"):
        if word := plain_text(part.get("term") or part.text or ""):
            yield word
    for word in text_of(item, "itunes:keywords").split(","):
        if word.strip():
            yield plain_text(word)


def _pictures(item: Element, address: str) -> Iterator[str]:
    for part in children(item, "itunes:image", "media:thumbnail"):
        if url := _join(part, address, part.get("href") or part.get("url") or ""):
            yield url


def _transcripts(item: Element, address: str) -> Iterator[dict[str, str]]:
    for part in children(item, "podcast:transcript"):
        kind = (part.get("type") or "").partition(";")[0].strip().lower()
        url = _join(part, address, part.get("url") or "")
        if kind in TRANSCRIPTS and url:
            language = (part.get("language") or "").strip().lower()
            yield {"url": url, "ext": TRANSCRIPTS[kind], "language": language}


def _moment(mail: str, iso: str) -> datetime | None:
    """A date as mail or as ISO 8601 writes it -> the moment; one without a zone is UTC."""
    for text, read in (
        (mail, parsedate_to_datetime),
        (mail, datetime.fromisoformat),
        (iso, datetime.fromisoformat),
        (iso, parsedate_to_datetime),
    ):
        try:
            when = read(text)
        except (TypeError, ValueError, OverflowError):
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None


def read_seconds(text: str) -> int:
    """``itunes:duration`` -> whole seconds, 0 where it tells none, or may mean two numbers.

    Read are seconds, ``[hours:]minutes:seconds``, both with a fraction, ``1h 2m 3s``, ``PT1H2M3S``.
    """
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return 0
    if match := _CLOCK.fullmatch(text):
        total = 0
        for part in match.groups():
            total = total if part is None else total * 60 + int(part)
        return total
    if _WRITTEN.fullmatch(text):
        return int(sum(float(count) * _UNITS[unit.lower()] for count, unit in _PART.findall(text)))
    return iso_seconds(text.upper()) or 0


def plain_text(text: str) -> str:
    """A text that may hold HTML -> its words, with one space between them."""
    if "<" in text:
        text = re.sub(r"<!--.*?-->|</?[A-Za-z][^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())
