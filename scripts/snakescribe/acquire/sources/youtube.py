"""The source `youtube`: videos, playlists and channels, named in the config or in files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.sources.id_files import read_id_file
from snakescribe.acquire.sources.listing import Find, Found, Listing, Web, entry_details
from snakescribe.config import sources as config
from snakescribe.errors import UserError
from snakescribe.user_tables import UserRow

_SITE = "https://www.youtube.com"
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_PLAYLIST = re.compile(r"(PL|UU|OL|FL|LL|RD|EC|UL|SP)[A-Za-z0-9_-]{10,}")
_HANDLE = re.compile(r"@[\w.·-]{3,30}")
_USER = re.compile(r"[A-Za-z0-9._-]{2,40}")


class YouTubeSource:
    """Ids or URLs of videos, of playlists, and of channels (also handles and user names).

    A channel stands for the lists of it that `channel_lists` names: its `playlists` (and the
    videos in them), its `videos`, `streams` or `shorts`.
    """

    def __init__(self, entry: config.YouTubeSource) -> None:
        self.wanted: dict[tuple[str, str], UserRow | None] = {}
        lists = {"video": entry.videos, "playlist": entry.playlists, "channel": entry.channels}
        for kind, names in lists.items():
            for text in names:
                self.wanted[_read_name(text, kind)] = None
        for path in entry.files:
            for row in read_id_file(Path(path)):
                try:
                    self.wanted[_read_name(row.first("id"), "")] = row
                except UserError as error:
                    raise row.fail(str(error)) from error
        self.channel_lists = entry.channel_lists

    def listings(self) -> Iterator[Listing]:
        """One for each video, playlist and list of a channel."""
        for (kind, name), row in self.wanted.items():
            if kind == "video":
                yield Listing(f"youtube:{name}", _one_video(name, row))
            elif kind == "playlist":
                yield Listing(f"youtube:{name}", _playlist(name, {}), remote=True)
            else:
                for tab in self.channel_lists:
                    yield Listing(f"youtube:{name}/{tab}", _channel(name, tab), remote=True)


def _one_video(name: str, row: UserRow | None) -> Find:
    extra = dict(row.cells) if row else {}
    extra.pop("id", None)
    fields = {
        key: str(extra.pop(key, "") or "")
        for key in ("title", "language", "speaker", "reference", "reference_file")
    }
    return lambda _: [_found(name, context=extra, **fields)]


def _playlist(name: str, context: ContextFields) -> Find:
    def find(web: Web) -> Iterator[Found]:
        info = web.list_entries(f"{_SITE}/playlist?list={name}")
        about = {**context, "playlist": name, "playlist_title": info.get("title") or ""}
        for entry in info.get("entries", []):
            if _VIDEO.fullmatch(str(entry.get("id"))):
                details = {**about, **entry_details(entry)}
                yield _found(entry["id"], title=entry.get("title") or "", context=details)

    return find


def _channel(name: str, tab: str) -> Find:
    place = name if name.startswith("@") else f"channel/{name}"
    if not name.startswith("@") and not _CHANNEL.fullmatch(name):
        place = f"user/{name}"

    def find(web: Web) -> Iterator[Found]:
        info = web.list_entries(f"{_SITE}/{place}/{tab}")
        about = {"channel": name, "channel_title": info.get("channel") or info.get("title") or ""}
        for entry in info.get("entries", []):
            inner = str(entry.get("id"))
            if _VIDEO.fullmatch(inner) and tab != "playlists":
                details = {**about, **entry_details(entry)}
                yield _found(inner, title=entry.get("title") or "", context=details)
            elif tab == "playlists":
                yield from _playlist(inner, about)(web)

    return find


def _found(name: str, **fields: Any) -> Found:
    url = f"{_SITE}/watch?v={name}"
    return Found(identity=f"youtube:{name}", id=name, kind="url", locator=url, **fields)


def _read_name(text: str, kind: str) -> tuple[str, str]:
    """An id, handle or URL -> (`video`, `playlist` or `channel`; the bare id)."""
    text = text.strip()
    if "/" in text or "youtube." in text:
        text, kind = _from_url(text), ""
    patterns = {"video": [_VIDEO], "playlist": [_PLAYLIST], "channel": [_CHANNEL, _HANDLE]}
    for name, accepted in patterns.items():
        if kind in ("", name) and any(pattern.fullmatch(text) for pattern in accepted):
            return name, text
    if kind == "channel" and _USER.fullmatch(text):
        return kind, text
    what = kind or "video, playlist or channel"
    hint = (
        "an id, a handle such as @name, or a URL" if kind != "video" else "11 letters, digits, - _"
    )
    raise UserError(f"'{text}' is no YouTube {what} ({hint})")


def _from_url(text: str) -> str:
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
    except ValueError:  # brackets that are not those of an IPv6 address
        return text
    query = parse_qs(parts.query)
    steps = [step for step in parts.path.split("/") if step]
    if "v" in query:
        return query["v"][0]
    if "list" in query:
        return query["list"][0]
    if steps and (steps[0].startswith("@") or parts.hostname == "youtu.be"):
        return steps[0]
    return steps[1] if len(steps) > 1 else text
