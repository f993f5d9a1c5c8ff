"""What is known about a recording -> its rows in the tables of metadata."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.youtube_answers import VideoResource
from snakescribe.acquire.youtube_api import WATCH, category_name, iso_seconds
from snakescribe.tables import Row
from snakescribe.tables.metadata import LOCALIZATIONS, TAGS, THUMBNAILS, TOPICS, VIDEOS

Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Told:
    """What is known about a recording, the first that there is: the API's resource, yt-dlp's info.

    `name` is its id at YouTube, where it has one, `url` its page, `retrieved_at` when that was
    asked. Of a video that the API does not have (any more), `is_missing`.
    """

    name: str = ""
    url: str = ""
    resource: VideoResource | None = None
    info: InfoDict | None = None
    retrieved_at: str | None = None
    is_missing: bool = False


def add_told(tables: Tables, recording: str, told: Told) -> None:
    """Add what a site tells, whichever part of it there is."""
    if told.resource:
        _add_resource(tables, recording, told)
    elif told.info is not None:
        _add_info(tables, recording, told)
    else:
        tables[VIDEOS.name].append(_video(recording, "missing", url=f"{WATCH}{told.name}"))


def _video(recording: str, source: str, **fields: Any) -> Row:
    row: Row = dict.fromkeys(column.name for column in VIDEOS.columns)
    return {**row, "recording": recording, "source": source, **fields}


def _add_resource(tables: Tables, recording: str, told: Told) -> None:
    """Add a video resource of the YouTube Data API."""
    video: VideoResource = told.resource or {}
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
        url=f"{WATCH}{told.name}",
        kind=video.get("kind"),
        etag=video.get("etag"),
        title=snippet.get("title"),
        description=snippet.get("description"),
        published_at=snippet.get("publishedAt"),
        channel_id=snippet.get("channelId"),
        channel_title=snippet.get("channelTitle"),
        category=category_name(video),
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
        retrieved_at=told.retrieved_at,
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


def _add_info(tables: Tables, recording: str, told: Told) -> None:
    """Add what yt-dlp found."""
    info: InfoDict = told.info or {}
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
        retrieved_at=told.retrieved_at or _epoch(info),
    )
    tables[VIDEOS.name].append(row)
    tables[TAGS.name] += _tags(recording, info.get("tags") or [])
    tables[THUMBNAILS.name] += _thumbnails(recording, info.get("thumbnails") or [])


def add_said(tables: Tables, recording: str, said: ContextFields) -> None:
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


def _epoch(info: InfoDict) -> str | None:
    """When yt-dlp asked, where the info.json of an earlier download says so."""
    epoch = info.get("epoch")
    if not isinstance(epoch, int):
        return None
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso_time(info: InfoDict) -> str | None:
    if info.get("timestamp"):
        return datetime.fromtimestamp(info["timestamp"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    date = info.get("upload_date")
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if date else None
