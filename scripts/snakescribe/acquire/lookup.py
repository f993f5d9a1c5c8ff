"""Look up what a listing leaves out: title, description, date and duration of single recordings."""

import os
from collections.abc import Container
from dataclasses import replace

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.pages import Pages
from snakescribe.acquire.sources.listing import Found, entry_details
from snakescribe.acquire.web import Web
from snakescribe.acquire.youtube_api import WATCH, YouTubeApi, api_details
from snakescribe.notices import Kind, notify


class Lookup:
    """Asks once for each recording; `open` counts those without an answer for now."""

    def __init__(self, web: Web, youtube_api_url: str = "") -> None:
        self.web = web
        self.api_url = youtube_api_url
        self.open = 0
        self._pages = Pages(web)

    def complete(
        self, recordings: list[Found], spared: Container[str] = frozenset()
    ) -> list[Found]:
        """Recordings -> the same with title, duration, date and description where they can be had.

        Videos are asked for 50 at a time where there is a key for the YouTube Data API; else pages,
        one by one, but for those whose identities are `spared`.
        """
        by_api: dict[str, ContextFields] = {}
        videos = [
            recording.id for recording in recordings if recording.identity.startswith("youtube:")
        ]
        if videos and (key := os.environ.get("YOUTUBE_API_KEY")):
            api = YouTubeApi(self.web, key, self.api_url)
            by_api = {name: api_details(video) for name, video in api.videos(videos).items()}
        for recording in recordings:
            if recording.identity in spared:
                by_api.setdefault(recording.id, {})
        return [self._complete(recording, by_api.get(recording.id)) for recording in recordings]

    def _complete(self, recording: Found, details: ContextFields | None) -> Found:
        if details is None:
            url = page_of(recording)
            details = self._ask(recording, url) if url else {}
        title = details.pop("title", "")
        return replace(
            recording, title=recording.title or title, context={**details, **recording.context}
        )

    def _ask(self, recording: Found, url: str) -> ContextFields:
        page = self._pages.ask(url)
        self.open += page.is_open
        details: ContextFields = {"title": page.info.get("title") or "", **entry_details(page.info)}
        if not any(details.values()):
            _notify(recording, page.problem or "the site has nothing about it")
        return details


def page_of(recording: Found) -> str:
    """The page that tells about a recording; empty for a file of which no site knows."""
    if recording.kind == "url":
        return recording.locator
    site, _, name = recording.identity.partition(":")
    return f"{WATCH}{name}" if site == "youtube" else ""


def _notify(recording: Found, problem: str) -> None:
    notify(Kind.LOOKUP_FAILED, f"cannot be looked up: {problem}", recording=recording.id)
