"""The YouTube Data API, as its documentation has it, on the tests' server."""

import json
from typing import Any
from urllib.parse import parse_qs

from fault_server import FaultServer


def resource(name: str, **snippet: Any) -> dict[str, Any]:
    """A video resource as the documentation of `videos.list` shows it."""
    return {
        "kind": "youtube#video", "etag": "e", "id": name,
        "snippet": {
            "publishedAt": "2024-05-01T10:00:00Z", "channelId": "UCx", "title": f"Title {name}",
            "description": "About\n\"it\"", "channelTitle": "Talks", "categoryId": "17",
            "tags": ["one", "two"], "liveBroadcastContent": "none", "defaultLanguage": "en",
            "defaultAudioLanguage": "en-US",
            "thumbnails": {"default": {"url": "https://i.example/1", "width": 120, "height": 90}},
            **snippet,
        },
        "contentDetails": {"duration": "PT1H2M3S", "dimension": "2d", "definition": "hd",
                           "caption": "true", "licensedContent": False,
                           "projection": "rectangular"},
        "status": {"uploadStatus": "processed", "privacyStatus": "public", "license": "youtube",
                   "embeddable": True, "publicStatsViewable": True, "madeForKids": False},
        "statistics": {"viewCount": "12345678901", "likeCount": "5", "favoriteCount": "0",
                       "commentCount": "3"},
        "topicDetails": {"topicCategories": ["https://en.wikipedia.org/wiki/Baseball"]},
        "localizations": {"nl": {"title": "Titel", "description": ""}},
    }  # fmt: skip


class Api:
    """The YouTube Data API on a local server, with a quota; `resources` by id, else like all."""

    def __init__(self, server: FaultServer, quota: int) -> None:
        self.calls: list[list[str]] = []
        self.quota = quota
        self.unknown: set[str] = set()
        self.resources: dict[str, dict[str, Any]] = {}
        server.answers["/youtube/v3/videos"] = self.answer
        self.url = f"{server.base}/youtube/v3"

    def answer(self, _: str, query: str) -> tuple[int, str, bytes]:
        asked = parse_qs(query)
        if asked.get("key") != ["secret"]:
            return 403, "application/json", b"{}"
        if len(self.calls) >= self.quota:
            error = {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}
            return 403, "application/json", json.dumps(error).encode()
        names = asked["id"][0].split(",")
        self.calls.append(names)
        known = [name for name in names if name not in self.unknown]
        items = [self.resources.get(name) or resource(name) for name in known]
        body = {"kind": "youtube#videoListResponse", "items": items}
        return 200, "application/json", json.dumps(body).encode()
