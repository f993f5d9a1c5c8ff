"""Look up what a listing leaves out: title, description, date and duration of single recordings."""

import os
from dataclasses import replace

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sources.listing import Found, entry_details
from snakescribe.acquire.web import Web, WebError
from snakescribe.acquire.youtube_api import YouTubeApi, api_details
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

_PROBLEM = "problem"  # in what is kept, why there is nothing


class Lookup:
    """Asks once for each recording and keeps the answer; `open` counts those without one."""

    def __init__(self, web: Web, youtube_api_url: str = "") -> None:
        self.web = web
        self.api_url = youtube_api_url
        self.open = 0

    def complete(self, recordings: list[Found]) -> list[Found]:
        """Recordings -> the same with title, duration, date and description where they can be had.

        Videos are asked for 50 at a time where there is a key for the YouTube Data API.
        """
        by_api: dict[str, ContextFields] = {}
        videos = [
            recording.id for recording in recordings if recording.identity.startswith("youtube:")
        ]
        if videos and (key := os.environ.get("YOUTUBE_API_KEY")):
            api = YouTubeApi(self.web, key, self.api_url)
            by_api = {name: api_details(video) for name, video in api.videos(videos).items()}
        return [self._complete(recording, by_api.get(recording.id)) for recording in recordings]

    def _complete(self, recording: Found, details: ContextFields | None) -> Found:
        if details is None:
            details = self._ask(recording) if recording.kind == "url" else {}
        title = details.pop("title", "")
        return replace(
            recording, title=recording.title or title, context={**details, **recording.context}
        )

    def _ask(self, recording: Found) -> ContextFields:
        path = keyed_path(self.web.store / "lookups", digest(recording.locator), ".json")
        if path.exists():
            details = read_json(path)
            if not details or _PROBLEM in details:
                _notify(recording, details.pop(_PROBLEM, "the site has nothing about it"))
            return details
        try:
            info = self.web.describe(recording.locator)
            details = {"title": info.get("title") or "", **entry_details(info)}
        except WebError as error:
            _notify(recording, error.failure.reason)
            if error.failure.kind != PERMANENT:
                self.open += 1
                return {}
            write_json(path, {_PROBLEM: error.failure.reason})
            return {}
        write_json(path, details)
        return details


def _notify(recording: Found, problem: str) -> None:
    notify(Kind.LOOKUP_FAILED, f"cannot be looked up: {problem}", recording=recording.id)
