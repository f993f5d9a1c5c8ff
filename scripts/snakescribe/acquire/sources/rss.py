"""The source `rss`: podcast feeds (RSS of any version, Atom), as podcast hosts write them."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.caption_tracks import FEED_TRACKS
from snakescribe.acquire.failures import TRANSIENT, Failure
from snakescribe.acquire.sources.feed_items import Episode, Feed, read_feed
from snakescribe.acquire.sources.listing import Found, Listing, Skipped, Web
from snakescribe.acquire.web import WebError
from snakescribe.config import sources as config

NO_SOUND = "no sound in it"
TWICE = "listed twice"


class RssSource:
    """Feeds; every item with sound is a recording."""

    def __init__(self, entry: config.RssSource) -> None:
        self.feeds = entry.feeds

    def listings(self) -> Iterator[Listing]:
        """One for each feed."""
        for feed in dict.fromkeys(self.feeds):
            yield Listing(f"rss:{feed}", partial(_list_feed, feed), remote=True)


def _list_feed(address: str, web: Web) -> Iterator[Found | Skipped]:
    raw, place = web.read_page(address)
    try:
        feed = read_feed(raw, place)
    except ValueError as error:
        raise WebError(address, Failure(TRANSIENT, "no_feed", str(error))) from error
    first = _first_of_guid(feed.episodes)
    seen: set[tuple[str, str]] = set()
    for episode in feed.episodes:
        if not episode.url:
            yield Skipped(episode.title or episode.guid, NO_SOUND)
        elif (episode.guid, episode.url) in seen:
            yield Skipped(episode.title or episode.guid, TWICE)
        else:
            seen.add((episode.guid, episode.url))
            alone = first[episode.guid] == episode.url
            mark = episode.guid if alone else f"{episode.guid} {episode.url}"
            yield _found(f"rss:{address} {mark}", feed, episode)


def _first_of_guid(episodes: list[Episode]) -> dict[str, str]:
    """Episodes -> for each guid the address of the oldest one that has it.

    Feeds give a guid to a second episode by mistake. The oldest one keeps it, so that it is the
    same recording when the next comes; of episodes without dates the last one is the oldest.
    """
    oldest: dict[str, Episode] = {}
    for episode in episodes:
        known = oldest.get(episode.guid)
        if episode.url and (known is None or episode.published_at <= known.published_at):
            oldest[episode.guid] = episode
    return {guid: episode.url for guid, episode in oldest.items()}


def _found(identity: str, feed: Feed, episode: Episode) -> Found:
    guid, stem = episode.guid, PurePosixPath(unquote(urlsplit(episode.url).path)).stem
    context: ContextFields = {
        "show": feed.title,
        "season": episode.season,
        "episode": episode.episode,
        "description": episode.description,
        "published": episode.published,
        "duration_seconds": episode.seconds,
        "keywords": ", ".join(episode.keywords),
        FEED_TRACKS: list(episode.transcripts),
    }
    return Found(
        identity=identity,
        id=guid if re.fullmatch(r"[\w.:-]{1,60}", guid) else stem or guid,
        exact=False,
        kind="url",
        locator=episode.url,
        title=episode.title,
        language=feed.language,
        context={name: value for name, value in context.items() if value or name == "show"},
        metadata=_metadata(feed, episode),
    )


def _metadata(feed: Feed, episode: Episode) -> ContextFields:
    """What a feed says of an episode, for the tables of metadata."""
    said: ContextFields = {
        "source": "feed",
        "site_id": episode.guid,
        "url": episode.page,
        "title": episode.title,
        "description": episode.description,
        "published_at": episode.published_at,
        "channel_title": feed.author or feed.title,
        "show": feed.title,
        "season": episode.season,
        "episode": episode.episode,
        "language": feed.language,
        "duration_seconds": episode.seconds,
        "tags": list(episode.keywords),
        "thumbnails": list(episode.pictures),
    }
    return {name: value for name, value in said.items() if value}
