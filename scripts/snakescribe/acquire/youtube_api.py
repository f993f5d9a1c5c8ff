"""The YouTube Data API v3, method `videos.list`: 50 videos a call, within the day's quota.

Source: the method's reference in Google's documentation (parts, fields, errors). A call costs one
unit of quota; when it is used up we stop, and a later run goes on with what is missing.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.times import utc_now
from snakescribe.acquire.web import Web, WebError
from snakescribe.acquire.youtube_answers import VideoResource
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

DEFAULT_URL = "https://www.googleapis.com/youtube/v3"
WATCH = "https://www.youtube.com/watch?v="
VIDEOS_PER_CALL = 50
PARTS = "snippet,contentDetails,status,statistics,topicDetails,localizations"
# What `videoCategories.list` answers; the numbers are the same in all regions.
_CATEGORIES = {
    "1": "Film & Animation", "2": "Autos & Vehicles", "10": "Music", "15": "Pets & Animals",
    "17": "Sports", "18": "Short Movies", "19": "Travel & Events", "20": "Gaming",
    "21": "Videoblogging", "22": "People & Blogs", "23": "Comedy", "24": "Entertainment",
    "25": "News & Politics", "26": "Howto & Style", "27": "Education",
    "28": "Science & Technology", "29": "Nonprofits & Activism", "30": "Movies",
    "31": "Anime/Animation", "32": "Action/Adventure", "33": "Classics", "34": "Comedy",
    "35": "Documentary", "36": "Drama", "37": "Family", "38": "Foreign", "39": "Horror",
    "40": "Sci-Fi/Fantasy", "41": "Thriller", "42": "Shorts", "43": "Shows", "44": "Trailers",
}  # fmt: skip
_QUOTA = {"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"}


class YouTubeApi:
    """Answers are kept in the store, one file a video; a missing video is kept as missing.

    `exhausted` tells that the quota ended before all was asked.
    """

    def __init__(self, web: Web, key: str, url: str = "") -> None:
        self.web = web
        self.key = key
        self.url = (url or DEFAULT_URL).rstrip("/")
        self.exhausted = False

    def videos(self, names: list[str]) -> dict[str, VideoResource]:
        """Video ids -> the API's video resources; ``{}`` for those it does not have (any more).

        Ids that could not be asked for now are left out.
        """
        known = {name: stored_video(self.web.store, name) for name in dict.fromkeys(names)}
        missing = [name for name, video in known.items() if video is None]
        for batch in _batches(missing):
            if self.exhausted:
                break
            known.update(self._ask(batch))
        for name, video in known.items():
            if video == {}:
                notify(Kind.METADATA_MISSING, "the YouTube Data API has no such video", source=name)
        return {name: video for name, video in known.items() if video is not None}

    def _ask(self, batch: list[str]) -> dict[str, VideoResource]:
        query = {"part": PARTS, "id": ",".join(batch), "maxResults": "50", "key": self.key}
        try:
            answer = self.web.read_json(f"{self.url}/videos", query)
        except WebError as error:
            reason = _reason(error.body)
            self.exhausted = True  # ask no more now, whatever it was
            if reason in _QUOTA:
                _notify("the quota is used up")
            else:
                _notify(f"no answer: {error} {reason}".rstrip())
            return {}
        videos = {video["id"]: video for video in answer.get("items", [])}
        now = {"retrieved_at": utc_now()}
        told = {name: videos[name] | now if name in videos else {} for name in batch}
        for name, video in told.items():
            write_json(_path(self.web.store, name), video)
        return told


def _notify(text: str) -> None:
    notify(Kind.METADATA_UNANSWERED, text, source="the YouTube Data API")


def stored_video(store: Path, name: str) -> VideoResource | None:
    """A video's resource from the store; ``{}`` where there is no such video, None if not asked."""
    try:
        video: Any = read_json(_path(store, name))
    except FileNotFoundError:
        return None
    resource: VideoResource = video
    return resource


def api_details(video: VideoResource) -> ContextFields:
    """A video resource -> title, description, date and duration, as listings give them."""
    snippet = video.get("snippet", {})
    details = {
        "title": snippet.get("title", ""),
        "published": snippet.get("publishedAt", "")[:10],
        "duration_seconds": iso_seconds(video.get("contentDetails", {}).get("duration", "")),
        "description": snippet.get("description", ""),
        "channel": snippet.get("channelTitle", ""),
        "tags": ", ".join(snippet.get("tags", [])),
        "category": category_name(video) or "",
    }
    return {key: value for key, value in details.items() if value or key == "title"}


def category_name(video: VideoResource) -> str | None:
    """A video resource -> its category's name, or the number where it has no name."""
    number: str | None = video.get("snippet", {}).get("categoryId")
    return None if number is None else _CATEGORIES.get(number, number)


def iso_seconds(text: str) -> int | None:
    """An ISO 8601 duration such as ``P1DT2H3M4S`` -> seconds."""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if not match or text in {"", "P"}:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _batches(names: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(names), VIDEOS_PER_CALL):
        yield names[at : at + VIDEOS_PER_CALL]


def _reason(body: bytes) -> str:
    """The body of an error -> its first `reason`, such as ``quotaExceeded``."""
    try:
        return str(json.loads(body)["error"]["errors"][0]["reason"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _path(store: Path, name: str) -> Path:
    return keyed_path(store / "youtube", digest(name), ".json")
