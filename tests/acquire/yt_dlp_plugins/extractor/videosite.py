"""A video site for tests: extractors that stand in for YouTube's and ask a server on the loopback.

Plugins come before yt-dlp's own extractors, so that the URLs we build, flat listings, format
selection, captions and errors run through the real yt-dlp. Without VIDEOSITE in the environment
they take no URL at all.
"""

import os
from collections.abc import Iterator
from typing import Any

from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import ExtractorError

_HOST = r"https?://(?:www\.)?youtube\.com"
_ERRORS = {
    "private": "Private video. Sign in if you've been granted access to this video",
    "removed": "Video unavailable. This video has been removed by the uploader",
    "members": "Join this channel to get access to members-only content like this video",
    "bot": "Sign in to confirm you’re not a bot",
}


class _VideoSite(InfoExtractor):
    @classmethod
    def suitable(cls, url: str) -> bool:
        return "VIDEOSITE" in os.environ and super().suitable(url)

    def _ask(self, path: str, name: str) -> Any:
        return self._download_json(f"{os.environ['VIDEOSITE']}/api/{path}", name)

    def _flat(self, video: dict[str, Any]) -> Any:
        url = f"https://www.youtube.com/watch?v={video['id']}"
        return self.url_result(url, "VideoSite", video["id"], video.get("title"),
                               duration=video.get("duration"))  # fmt: skip


class VideoSiteIE(_VideoSite):
    IE_NAME = "videosite"
    _VALID_URL = _HOST + r"/watch\?v=(?P<id>[\w-]{11})"

    def _real_extract(self, url: str) -> dict[str, Any]:
        name = self._match_id(url)
        video = self._ask(f"video/{name}", name)
        status = video.pop("status", "ok")
        if status in _ERRORS:
            raise ExtractorError(_ERRORS[status], expected=True)
        if status == "geo":
            self.raise_geo_restricted(countries=["CA"])
        if status == "upcoming":
            return {"id": name, "title": "Soon", "live_status": "is_upcoming"}
        return {"id": name, "webpage_url": url, **video}


class VideoSitePlaylistIE(_VideoSite):
    IE_NAME = "videosite:playlist"
    _VALID_URL = _HOST + r"/playlist\?list=(?P<id>[\w-]+)"

    def _real_extract(self, url: str) -> dict[str, Any]:
        name = self._match_id(url)

        def entries() -> Iterator[Any]:
            page: dict[str, Any] | None = first
            while page:
                yield from map(self._flat, page["videos"])
                page = self._ask(page["next"], name) if page.get("next") else None

        first = self._ask(f"playlist/{name}", name)
        return self.playlist_result(entries(), name, first["title"])


class VideoSiteChannelIE(_VideoSite):
    IE_NAME = "videosite:channel"
    _VALID_URL = (
        _HOST
        + r"/(?P<id>(?:(?:channel|user|c)/)?@?[\w-]+)(?:/(?P<tab>playlists|videos|streams))?/?$"
    )

    def _real_extract(self, url: str) -> dict[str, Any]:
        name, tab = self._match_valid_url(url).group("id", "tab")
        channel = self._ask(name if "/" in name else f"channel/{name}", name)
        if tab not in ("playlists", None) and tab not in channel:
            raise ExtractorError(f"This channel does not have a {tab} tab", expected=True)
        if tab != "playlists":
            tabs = [
                self._tab(channel, part, url)
                for part in ([tab] if tab else ["videos", "streams"])
                if part in channel
            ]
            return tabs[0] if len(tabs) == 1 else self.playlist_result(tabs, name, channel["title"])
        lists = [
            self.url_result(f"https://www.youtube.com/playlist?list={one}", video_id=one)
            for one in channel["playlists"]
        ]
        return self.playlist_result(lists, name, channel["title"])

    def _tab(self, channel: dict[str, Any], part: str, url: str) -> dict[str, Any]:
        """A tab of a channel, as the real extractor gives it when it is asked for several."""
        tab: dict[str, Any] = self.playlist_result(
            map(self._flat, channel[part]), part, channel["title"], extractor=self.IE_NAME,
            extractor_key=self.ie_key(), webpage_url=f"{url}/{part}",
        )  # fmt: skip
        return tab
