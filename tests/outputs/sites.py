"""What the study asks for outside of this machine, on the loopback: sites, feeds, APIs, speech.

Both servers are proxies: a request names a host such as ``media.example`` whatever the port, which
the system chooses. So no port gets into an output or into a key of the store.
"""

import json
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

sys.path.append(str(Path(__file__).parents[1] / "acquire"))

from fault_server import FaultServer

TALK, LISTED, PRIVATE = "A" * 11, "B" * 11, "C" * 11

_FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
     xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>Voices from the Vault</title><language>en-GB</language>
<item><title>The clockmaker</title><guid>episode-1</guid>
<pubDate>Mon, 01 Apr 2019 09:00:00 GMT</pubDate><itunes:duration>0:08</itunes:duration>
<description>About a &lt;b&gt;clock&lt;/b&gt;.</description>
<podcast:transcript url="/episode-1.vtt" type="text/vtt" language="en"/>
<enclosure url="http://media.example/episode-1.mp3" type="audio/mpeg" length="1"/></item>
<item><title>Too early</title><guid>episode-0</guid>
<pubDate>Fri, 01 Mar 2019 09:00:00 GMT</pubDate>
<enclosure url="http://media.example/episode-0.mp3" type="audio/mpeg" length="1"/></item>
</channel></rss>
"""
_VTT = (
    "WEBVTT\n\n00:00.500 --> 00:04.000\nIn the museum of Ostrey stands a clock.\n\n"
    "00:04.000 --> 00:08.000\nIt was made by hand.\n"
)
_AUTOMATIC = {
    "events": [{"tStartMs": 500, "dDurationMs": 7000, "segs": [{"utf8": "welcome to the vault"}]}]
}


def _video(name: str, title: str, **fields: Any) -> dict[str, Any]:
    sound = {
        "url": f"http://media.example/{name}.m4a", "format_id": "140", "ext": "m4a",
        "acodec": "mp4a", "vcodec": "none", "abr": 48,
    }  # fmt: skip
    return {
        "title": title, "duration": 8, "upload_date": "20190402", "formats": [sound], **fields,
    }  # fmt: skip


def _track(name: str, kind: str) -> list[dict[str, str]]:
    return [{"url": f"http://media.example/{name}.{kind}", "ext": kind}]


_VIDEO_SITE: dict[str, Any] = {
    f"video/{TALK}": _video(
        TALK, "Herons @ Kites 4/1/2019", description="A game.", tags=["baseball", "demo"],
        view_count=7, channel="Talks", channel_id="UCtalks", categories=["Sports"], language="en",
        thumbnail="http://media.example/1.jpg", subtitles={"en": _track("manual", "vtt")},
        automatic_captions={"en-orig": _track("automatic", "json3")},
    ),
    f"video/{LISTED}": _video(
        LISTED, "The lock keepers", automatic_captions={"en-orig": _track("automatic", "json3")}
    ),
    f"video/{PRIVATE}": {"status": "private"},
    "playlist/PLtalks": {
        "title": "All talks",
        "videos": [
            {"id": LISTED, "title": "The lock keepers", "duration": 8},
            {"id": PRIVATE, "title": "[Private video]"},
        ],
    },
    "channel/@talks": {"title": "Talks", "playlists": ["PLtalks"]},
}  # fmt: skip

_RESOURCE = {
    "kind": "youtube#video", "etag": "e", "id": TALK,
    "snippet": {
        "publishedAt": "2019-04-02T10:00:00Z", "channelId": "UCtalks", "description": "A game.",
        "title": "Herons @ Kites 4/1/2019", "channelTitle": "Talks", "categoryId": "17",
        "tags": ["baseball", "demo"], "liveBroadcastContent": "none", "defaultLanguage": "en",
        "thumbnails": {"default": {"url": "http://media.example/1", "width": 120, "height": 90}},
    },
    "contentDetails": {"duration": "PT8S", "dimension": "2d", "definition": "hd",
                       "caption": "true", "licensedContent": False},
    "status": {"uploadStatus": "processed", "privacyStatus": "public", "license": "youtube"},
    "statistics": {"viewCount": "7", "likeCount": "2"},
    "localizations": {"de": {"title": "Reiher bei Milanen", "description": ""}},
    "topicDetails": {"topicCategories": ["https://en.wikipedia.org/wiki/Baseball"]},
}  # fmt: skip


def _side(side: str, place: str, nick: str, short: str) -> dict[str, Any]:
    team = {"id": short, "location": place, "name": nick, "abbreviation": short,
            "displayName": f"{place} {nick}", "shortDisplayName": nick}  # fmt: skip
    return {"homeAway": side, "team": team, "score": "3"}


_GAME = {
    "id": "1", "name": "Herons at Kites", "date": "2019-04-01T23:00Z",
    "competitions": [{
        "venue": {"fullName": "The Park"},
        "competitors": [_side("home", "Kessock", "Kites", "KES"),
                        _side("away", "Pendry", "Herons", "PEN")],
    }],
}  # fmt: skip
_SUMMARY = {
    "rosters": [{"homeAway": "home", "roster": [
        {"athlete": {"displayName": "Kenta Tsukamoto", "position": {"abbreviation": "SS"}}}]}],
}  # fmt: skip

Answer = tuple[int, str, bytes]


def _json(value: Any) -> Answer:
    return 200, "application/json", json.dumps(value).encode()


def _video_site(path: str, _: str) -> Answer:
    page = _VIDEO_SITE.get(path.removeprefix("/api/"))
    return _json(page) if page else (404, "text/html", b"<html>no such page</html>")


def _youtube_api(_: str, query: str) -> Answer:
    asked = parse_qs(query)["id"][0].split(",")
    return _json({"items": [_RESOURCE] if TALK in asked else []})


def _espn(_: str, query: str) -> Answer:
    given = parse_qs(query)
    if "dates" not in given:
        return _json(_SUMMARY)
    return _json({"events": [_GAME] if given["dates"] == ["20190401"] else []})


class _Speech(BaseHTTPRequestHandler):
    """OpenAI's transcription API: says how long the audio was and what the prompt began with."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts: Any = BytesParser().parsebytes(kind + body).get_payload()
        fields = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in parts
        }
        with wave.open(BytesIO(fields["file"])) as file:
            seconds = file.getnframes() / file.getframerate()
        prompt = fields.get("prompt", b"nothing").decode().split()[0]
        text = f" About {seconds:.2f} seconds, after {prompt}"
        segment = {
            "id": 0, "start": 0.0, "end": seconds, "text": text, "tokens": [1, 2, 3],
            "avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 0.9,
            "temperature": 0.0,
        }  # fmt: skip
        step = seconds / len(text.split())
        words = [
            {"word": word, "start": number * step, "end": (number + 1) * step}
            for number, word in enumerate(text.split())
        ]
        answer = json.dumps(
            {"text": text, "language": "english", "segments": [segment], "words": words}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def serve_sites(sounds: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Serve everything; yield the environment that lets the workflow reach it.

    Args:
        sounds: path on ``media.example`` -> the file that is served there.
    """
    speech = ThreadingHTTPServer(("127.0.0.1", 0), _Speech)
    Thread(target=speech.serve_forever, args=(0.01,), daemon=True).start()
    with FaultServer() as sites:
        for path, sound in sounds.items():
            sites.serve(path, sound.read_bytes())
        sites.serve("/feed.xml", _FEED)
        sites.serve("/episode-1.vtt", _VTT)
        sites.serve("/manual.vtt", _VTT)
        sites.serve("/automatic.json3", json.dumps(_AUTOMATIC))
        sites.answers["/api/"] = _video_site
        sites.answers["/youtube/v3/"] = _youtube_api
        sites.answers["/sports/"] = _espn
        yield {
            "SNAKESCRIBE_PROXY": sites.base,
            "VIDEOSITE": "http://videos.example",
            "YOUTUBE_API_KEY": "a-key",
            "OPENAI_BASE_URL": "http://speech.example/v1",
            "OPENAI_API_KEY": "a-key",
            "http_proxy": f"http://127.0.0.1:{speech.server_port}",
            "no_proxy": "",
        }
    speech.shutdown()
    speech.server_close()
