"""What sites say about the recordings -> tables.

From the YouTube Data API, from the feed that lists an episode, else from yt-dlp.
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.lock import read_lock
from snakescribe.acquire.pages import Pages
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sound_tracks import base_language
from snakescribe.acquire.sources.earlier import info_beside
from snakescribe.acquire.web import Web
from snakescribe.acquire.youtube_answers import VideoResource
from snakescribe.acquire.youtube_api import (
    WATCH,
    YouTubeApi,
    category_name,
    iso_seconds,
)
from snakescribe.config.acquire import Pace
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.store import read_json
from snakescribe.tables import RECORDINGS, Row, write_table
from snakescribe.tables.metadata import (
    DESCRIBED_FOLDER,
    LOCALIZATIONS,
    METADATA_FOLDER,
    METADATA_TABLES,
    TAGS,
    THUMBNAILS,
    TOPICS,
    VIDEOS,
)

STEP_VERSION = 2
ROUND = "metadata"
DESCRIBE_ROUND = "describe"

_YOUTUBE = re.compile(rf"^{re.escape(WATCH)}([A-Za-z0-9_-]{{11}})$")

Tables = dict[str, list[Row]]

logger = logging.getLogger(__name__)


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


def collect_metadata(
    results: Results, pace: Pace, youtube_api_url: str, before_download: bool = False
) -> dict[str, int]:
    """A results folder -> its metadata tables; returns their row counts by name.

    The YouTube Data API is asked where ``YOUTUBE_API_KEY`` is set, once for each video; else what
    a download, a file beside an adopted one or an earlier look-up says. When the API's quota ends,
    the tables hold what there is and the next run goes on.

    Args:
        results: the folder.
        pace: how fast sites are asked.
        youtube_api_url: of the API; empty is Google's.
        before_download: nothing needs to be fetched: the pages of the other recordings are asked,
            once, and the tables lie in ``described/`` instead of ``metadata/``.
    """
    said = {
        entry.recording: entry.found.metadata
        for entry in read_lock(results.store)
        if entry.found.metadata
    }
    names = _youtube_names(results)
    web = Web(results.store, pace)
    resources: dict[str, VideoResource] = {}
    if names and (key := os.environ.get("YOUTUBE_API_KEY")):
        api = YouTubeApi(web, key, youtube_api_url)
        resources = api.videos(list(names.values()))
        if api.exhausted:
            open_round(results.store, DESCRIBE_ROUND if before_download else ROUND)
    downloads = {row["recording"]: row for row in results.rows(RECORDINGS, lacking=before_download)}
    pages = Pages(web)
    tables: Tables = {table.name: [] for table in METADATA_TABLES}
    for item in results.items():
        recording = item["recording"]
        name = names.get(recording, "")
        told = _from_api(name, resources.get(name))
        if told is None and recording in said:
            _add_said(tables, recording, said[recording])
            continue
        told = told or _from_download(downloads.get(recording)) or _from_file(item)
        url = f"{WATCH}{name}" if name else item["locator"] if item["kind"] == "url" else ""
        if told is None and url:
            told = _from_page(pages, url, before_download, results.store)
        if told is None and resources.get(name) == {}:
            told = Told(name, is_missing=True)
        if told:
            _add(tables, recording, told)
            if told.resource:
                _compare_languages(downloads.get(recording), tables[VIDEOS.name][-1])
    folder = results.folder / (DESCRIBED_FOLDER if before_download else METADATA_FOLDER)
    return {
        table.name: write_table(table, folder / table.file_name, tables[table.name])
        for table in METADATA_TABLES
    }


def _from_api(name: str, resource: VideoResource | None) -> Told | None:
    if not resource:
        return None
    return Told(name, resource=resource, retrieved_at=resource.get("retrieved_at"))


def _from_download(row: Row | None) -> Told | None:
    if not row or not row["info"]:
        return None
    return Told(info=read_json(Path(row["info"])), retrieved_at=row["retrieved_at"])


def _from_file(item: Row) -> Told | None:
    """What an earlier download of an adopted file has left beside it."""
    if item["kind"] != "file" or not (info := info_beside(Path(item["locator"]))):
        return None
    return Told(info=info)


def _from_page(pages: Pages, url: str, ask: bool, store: Path) -> Told | None:
    page = pages.ask(url) if ask else pages.kept(url)
    if page is None:
        return None
    if page.is_open:
        open_round(store, DESCRIBE_ROUND)
    if page.problem:
        if ask:
            notify(Kind.METADATA_MISSING, f"the page tells nothing: {page.problem}", source=url)
        return None
    return Told(info=page.info, retrieved_at=page.retrieved_at)


def _add(tables: Tables, recording: str, told: Told) -> None:
    if told.resource:
        _add_resource(tables, recording, told)
    elif told.info is not None:
        _add_info(tables, recording, told)
    else:
        tables[VIDEOS.name].append(_video(recording, "missing", url=f"{WATCH}{told.name}"))


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


def _compare_languages(row: Row | None, video: Row) -> None:
    """Give notice where the sound that was taken is in another language than the API says."""
    spoken, taken = video["audio_language"], row and row["track_language"]
    if spoken and taken and base_language(spoken) != base_language(taken):
        text = f"its sound track is in '{taken}', the YouTube Data API says '{spoken}'"
        notify(Kind.TRACK_DOUBTFUL, text, recording=video["recording"])


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
