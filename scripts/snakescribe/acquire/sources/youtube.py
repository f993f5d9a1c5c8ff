"""The source `youtube`: videos, playlists and channels, named in the config or in files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import ContextFields, InfoDict
from snakescribe.acquire.sources.id_files import read_id_file
from snakescribe.acquire.sources.listing import (
    LIST,
    Find,
    Found,
    Listing,
    Skipped,
    Web,
    entry_details,
)
from snakescribe.acquire.sources.youtube_names import SITE, VIDEO, channel_address, read_name
from snakescribe.acquire.web import WebError
from snakescribe.config import sources as config
from snakescribe.errors import UserError
from snakescribe.user_tables import UserRow

_NO_VIDEO = "no video"
_KINDS = {"any": "", "videos": "video", "playlists": "playlist", "channels": "channel"}


class YouTubeSource:
    """Ids or URLs of videos, of playlists, and of channels (also handles and user names).

    A channel stands for the lists of it that `channel_lists` names: its `uploads`, which are its
    `videos`, `streams` and `shorts`, or some of these; and its `playlists`, with their videos.
    """

    def __init__(self, entry: config.YouTubeSource) -> None:
        self.wanted: dict[tuple[str, str], UserRow | None] = {}
        lists = {"video": entry.videos, "playlist": entry.playlists, "channel": entry.channels}
        for kind, names in lists.items():
            for text in names:
                self.wanted[read_name(text, kind)] = None
        for path in entry.files:
            for row, kind in read_id_file(Path(path)):
                try:
                    named = read_name(row.first("id"), kind or _KINDS[entry.files_hold])
                except UserError as error:
                    raise row.fail(str(error)) from error
                self.wanted[named] = row
        self.channel_lists = entry.channel_lists

    def listings(self) -> Iterator[Listing]:
        """One for each video, playlist and list of a channel."""
        for (kind, name), row in self.wanted.items():
            if kind == "video":
                asked = f"youtube:{row.path if row else 'videos'}"
                yield Listing(f"youtube:{name}", _one_video(name, row), asked=asked)
            elif kind == "playlist":
                yield Listing(f"youtube:{name}", _playlist(name, {}), remote=True)
            else:
                for tab in self.channel_lists:
                    label = f"youtube:{name}/{tab}"
                    yield Listing(label, _channel(name, tab), True, open=partial(_open, label))


def _one_video(name: str, row: UserRow | None) -> Find:
    columns = ("title", "language", "speaker", "reference", "reference_file")
    fields = {column: row.first(column) if row else "" for column in columns}
    context = row.without("id", *columns) if row else {}
    return lambda _: [_found(name, context=context, **fields)]


def _playlist(name: str, context: ContextFields) -> Find:
    def find(web: Web) -> Iterator[Found | Skipped]:
        info = web.list_entries(f"{SITE}/playlist?list={name}")
        about = {**context, "playlist": name, "playlist_title": info.get("title") or ""}
        yield from _videos(info, about)

    return find


def _channel(name: str, tab: str) -> Find:
    def find(web: Web) -> Iterator[Found | Skipped]:
        try:
            info = web.list_entries(channel_address(name, "" if tab == "uploads" else tab))
        except WebError as error:
            if "does not have a" in error.failure.reason:  # "... streams tab": it has none of these
                return
            raise
        about = {"channel": name, "channel_title": info.get("channel") or info.get("title") or ""}
        if tab != "playlists":
            yield from _videos(info, about)
            return
        for entry in info.get("entries", []):
            inner, title = str(entry.get("id")), str(entry.get("title") or "")
            address = f"{SITE}/playlist?list={inner}"
            yield Found(f"list:{inner}", inner, LIST, address, title=title, context=about)

    return find


def _open(label: str, playlist: Found) -> Listing:
    """A playlist of a channel -> its listing."""
    return Listing(f"{label}/{playlist.id}", _playlist(playlist.id, playlist.context), remote=True)


def _videos(info: InfoDict, about: ContextFields) -> Iterator[Found | Skipped]:
    """A list, the lists in it too (tabs of a channel) -> its videos."""
    for entry in info.get("entries") or []:
        name, title = str(entry.get("id")), str(entry.get("title") or "")
        if entry.get("entries"):
            yield from _videos(entry, about)
        elif VIDEO.fullmatch(name):
            yield _found(name, title=title, context={**about, **entry_details(entry)})
        else:
            yield Skipped(title or name, _NO_VIDEO)


def _found(name: str, **fields: Any) -> Found:
    url = f"{SITE}/watch?v={name}"
    return Found(identity=f"youtube:{name}", id=name, kind="url", locator=url, **fields)
