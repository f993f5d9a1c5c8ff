"""What sites say about the recordings -> tables.

From the YouTube Data API, from the feed that lists an episode, else from yt-dlp.
"""

import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.lock import read_lock
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sound_tracks import base_language
from snakescribe.acquire.web import Web
from snakescribe.acquire.youtube_answers import VideoResource
from snakescribe.acquire.youtube_api import YouTubeApi, iso_seconds
from snakescribe.config.acquire import Pace
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.store import read_json
from snakescribe.tables import RECORDINGS, Row, write_table
from snakescribe.tables.metadata import (
    LOCALIZATIONS,
    METADATA_TABLES,
    TAGS,
    THUMBNAILS,
    TOPICS,
    VIDEOS,
)

STEP_VERSION = 2
ROUND = "metadata"

_WATCH = "https://www.youtube.com/watch?v="
_YOUTUBE = re.compile(rf"^{re.escape(_WATCH)}([A-Za-z0-9_-]{{11}})$")

Tables = dict[str, list[Row]]

logger = logging.getLogger(__name__)


def collect_metadata(results: Results, pace: Pace, youtube_api_url: str) -> dict[str, int]:
    """A results folder -> its metadata tables; returns their row counts by name.

    The API is asked where ``YOUTUBE_API_KEY`` is set, once for each video. When its quota ends,
    the tables hold what there is and the next run goes on.
    """
    fetched = {row["recording"]: row for row in results.rows(RECORDINGS) if row["info"]}
    names = _youtube_names(results)
    said = {
        entry.recording: entry.found.metadata
        for entry in read_lock(results.store)
        if entry.found.metadata
    }
    items = [
        item
        for item in results.items()
        if item["kind"] == "url" or item["recording"] in {*names, *said}
    ]
    resources: dict[str, VideoResource] = {}
    if names and (key := os.environ.get("YOUTUBE_API_KEY")):
        api = YouTubeApi(Web(results.store, pace), key, youtube_api_url)
        resources = api.videos(list(names.values()))
        if api.exhausted:
            open_round(results.store, ROUND)
    tables: Tables = {table.name: [] for table in METADATA_TABLES}
    for item in items:
        recording = item["recording"]
        resource = resources.get(names.get(recording, ""))
        if resource:
            _add_resource(tables, recording, names[recording], resource)
            _compare_languages(fetched.get(recording), tables[VIDEOS.name][-1])
        elif recording in said:
            _add_said(tables, recording, said[recording])
        elif recording in fetched:
            info = read_json(Path(fetched[recording]["info"]))
            _add_info(tables, recording, info)
        elif resource is not None:
            page = f"{_WATCH}{names[recording]}"
            tables[VIDEOS.name].append(_video(recording, "missing", url=page))
    return {
        table.name: write_table(table, results.path(table), tables[table.name])
        for table in METADATA_TABLES
    }


def _youtube_names(results: Results) -> dict[str, str]:
    """Video ids by recording: of downloads, and of files that an earlier download left."""
    names = {
        entry.recording: entry.found.identity.removeprefix("youtube:")
        for entry in read_lock(results.store)
        if entry.found.identity.startswith("youtube:")
    }
    for item in results.items():
        if match := _YOUTUBE.match(item["locator"]):
            names[item["recording"]] = match[1]
    return names


def _video(recording: str, source: str, **fields: Any) -> Row:
    row: Row = dict.fromkeys(column.name for column in VIDEOS.columns)
    return {**row, "recording": recording, "source": source, **fields}


def _add_resource(tables: Tables, recording: str, name: str, video: VideoResource) -> None:
    """Add a video resource of the YouTube Data API."""
    snippet = video.get("snippet", {})
    content = video.get("contentDetails", {})
    status = video.get("status", {})
    statistics = video.get("statistics", {})
    counts = {
        column: _integer(statistics.get(name))
        for column, name in (
            ("view_count", "viewCount"), ("like_count", "likeCount"),
            ("favorite_count", "favoriteCount"), ("comment_count", "commentCount"),
        )
    }  # fmt: skip
    row = _video(
        recording,
        "youtube-api",
        site_id=video.get("id"),
        url=f"{_WATCH}{name}",
        kind=video.get("kind"),
        etag=video.get("etag"),
        title=snippet.get("title"),
        description=snippet.get("description"),
        published_at=snippet.get("publishedAt"),
        channel_id=snippet.get("channelId"),
        channel_title=snippet.get("channelTitle"),
        category=snippet.get("categoryId"),
        live_status=snippet.get("liveBroadcastContent"),
        language=snippet.get("defaultLanguage"),
        audio_language=snippet.get("defaultAudioLanguage"),
        duration_seconds=iso_seconds(content.get("duration", "")),
        dimension=content.get("dimension"),
        definition=content.get("definition"),
        caption=None if content.get("caption") is None else content["caption"] == "true",
        licensed_content=content.get("licensedContent"),
        projection=content.get("projection"),
        upload_status=status.get("uploadStatus"),
        privacy_status=status.get("privacyStatus"),
        license=status.get("license"),
        embeddable=status.get("embeddable"),
        public_stats_viewable=status.get("publicStatsViewable"),
        made_for_kids=status.get("madeForKids"),
        **counts,
    )
    tables[VIDEOS.name].append(row)
    tables[TAGS.name] += _tags(recording, snippet.get("tags", []))
    pictures = [{"id": name, **picture} for name, picture in snippet.get("thumbnails", {}).items()]
    tables[THUMBNAILS.name] += _thumbnails(recording, pictures)
    for language, text in sorted(video.get("localizations", {}).items()):
        tables[LOCALIZATIONS.name].append(
            {"recording": recording, "language": language, "title": text.get("title", ""),
             "description": text.get("description", "")}
        )  # fmt: skip
    for topic in dict.fromkeys(video.get("topicDetails", {}).get("topicCategories", [])):
        tables[TOPICS.name].append({"recording": recording, "topic": topic})


def _compare_languages(row: Row | None, video: Row) -> None:
    """Give notice where the sound that was taken is in another language than the API says."""
    spoken, taken = video["audio_language"], row and row["track_language"]
    if spoken and taken and base_language(spoken) != base_language(taken):
        text = f"its sound track is in '{taken}', the YouTube Data API says '{spoken}'"
        notify(Kind.TRACK_DOUBTFUL, text, recording=video["recording"])


def _add_info(tables: Tables, recording: str, info: InfoDict) -> None:
    """Add what yt-dlp found."""
    row = _video(
        recording,
        "yt-dlp",
        site_id=info.get("id"),
        url=info.get("webpage_url"),
        kind=info.get("extractor_key"),
        title=info.get("title"),
        description=info.get("description"),
        published_at=_iso_time(info),
        channel_id=info.get("channel_id") or info.get("uploader_id"),
        channel_title=info.get("channel") or info.get("uploader"),
        category=next(iter(info.get("categories") or []), None),
        live_status=info.get("live_status"),
        audio_language=info.get("audio_language"),
        duration_seconds=info.get("duration"),
        privacy_status=info.get("availability"),
        license=info.get("license"),
        embeddable=info.get("playable_in_embed"),
        view_count=_integer(info.get("view_count")),
        like_count=_integer(info.get("like_count")),
        comment_count=_integer(info.get("comment_count")),
    )
    tables[VIDEOS.name].append(row)
    tables[TAGS.name] += _tags(recording, info.get("tags") or [])
    tables[THUMBNAILS.name] += _thumbnails(recording, info.get("thumbnails") or [])


def _add_said(tables: Tables, recording: str, said: ContextFields) -> None:
    """Add what a feed says; a bare file's name and time, as its site has them, do not count."""
    columns = {name: value for name, value in said.items() if name not in ("tags", "thumbnails")}
    tables[VIDEOS.name].append(_video(recording, columns.pop("source"), **columns))
    tables[TAGS.name] += _tags(recording, said.get("tags", []))
    pictures = [{"url": url} for url in said.get("thumbnails", [])]
    tables[THUMBNAILS.name] += _thumbnails(recording, pictures)


def _tags(recording: str, tags: list[str]) -> Iterator[Row]:
    for position, tag in enumerate(tags):
        yield {"recording": recording, "position": position, "tag": str(tag)}


def _thumbnails(recording: str, pictures: list[InfoDict]) -> Iterator[Row]:
    named = {str(picture.get("id", number)): picture for number, picture in enumerate(pictures)}
    for name, picture in named.items():
        if picture.get("url"):
            yield {
                "recording": recording,
                "name": name,
                "url": picture["url"],
                "width": _integer(picture.get("width")),
                "height": _integer(picture.get("height")),
            }


def _integer(value: Any) -> int | None:
    return None if value is None else int(value)


def _iso_time(info: InfoDict) -> str | None:
    if info.get("timestamp"):
        return datetime.fromtimestamp(info["timestamp"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    date = info.get("upload_date")
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if date else None
