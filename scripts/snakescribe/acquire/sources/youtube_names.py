"""Names of YouTube videos, playlists and channels, as people write them: ids, handles, URLs."""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from snakescribe.errors import UserError

SITE = "https://www.youtube.com"
VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_PLAYLIST = re.compile(r"(PL|UU|OL|FL|LL|RD|EC|UL|SP)[A-Za-z0-9_-]{10,}")
_HANDLE = re.compile(r"@[\w.·-]{3,30}")
_USER = re.compile(r"[\w.·-]{2,60}")
_PATTERNS = {"video": (VIDEO,), "playlist": (_PLAYLIST,), "channel": (_CHANNEL, _HANDLE)}
_VIDEO_STEPS = frozenset({"shorts", "live", "embed", "v", "e", "watch"})
# First steps of addresses that are none of a channel's; yt-dlp knows the same and some fewer.
_OTHER_STEPS = frozenset(
    {
        "about", "account", "attribution_link", "browse", "clip", "explore", "feed", "feeds",
        "gaming", "get_video_info", "hashtag", "iframe_api", "index", "logout", "m", "movies",
        "music", "oembed", "oops", "playlist", "post", "premium", "redirect", "results", "s",
        "search", "shared", "signin", "source", "storefront", "t", "trending", "upload", "w",
        "watch_popup", "watch_videos",
    }
)  # fmt: skip
# Under which an address of these holds the one that it leads to.
_LONGEST = 2000  # of an address that is looked into
_LEADS_TO = ("u", "url", "continue", "next", "q")
_HOSTS = ("youtube.com", "youtu.be", "youtube-nocookie.com")


def read_name(text: str, kind: str) -> tuple[str, str]:
    """An id, handle, user name or address -> (`video`, `playlist` or `channel`; its name).

    Channels are named by id, handle, user name, `c/NAME`, or `/NAME` for a bare address.

    Args:
        text: as it was written.
        kind: what is asked for, where that is known: then a name of eleven letters under
            `channel` is a user's, and no video. An address says itself what it is.

    Raises:
        UserError: it is none of these.
    """
    text = text.strip()
    if "/" in text or "youtube." in text:
        if named := _from_address(text):
            return named
    else:
        for name, accepted in _PATTERNS.items():
            if kind in ("", name) and any(pattern.fullmatch(text) for pattern in accepted):
                return name, text
        if kind == "channel" and _USER.fullmatch(text):
            return kind, text
    what = kind or "video, playlist or channel"
    hint = (
        "an id, a handle such as @name, or a URL" if kind != "video" else "11 letters, digits, - _"
    )
    more = "" if kind else "; of user names say `files_hold: channels`, or in a column `channel`"
    raise UserError(f"'{text}' is no YouTube {what} ({hint}{more})")


def channel_address(name: str, tab: str) -> str:
    """A channel's name and a tab of it -> the address; without a tab that of all its uploads."""
    if name.startswith(("@", "c/")):
        place = name
    elif name.startswith("/"):
        place = name[1:]
    else:
        place = f"channel/{name}" if _CHANNEL.fullmatch(name) else f"user/{name}"
    return f"{SITE}/{place}/{tab}".rstrip("/")


def _from_address(text: str) -> tuple[str, str] | None:
    parts = _split(text)
    if parts is None:
        return None
    query = parse_qs(parts.query)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if steps and steps[0] in _OTHER_STEPS and len(text) < _LONGEST:
        for inner in (query[key][0] for key in _LEADS_TO if key in query):
            if inner.startswith("/") or _split(inner):
                return _from_address(f"{SITE}{inner}" if inner.startswith("/") else inner)
    if (parts.hostname or "").endswith("youtu.be") and steps:
        kind, name = "video", steps[0]
    elif "v" in query:
        kind, name = "video", query["v"][0]
    elif "list" in query:
        kind, name = "playlist", query["list"][0]
    elif len(steps) > 1 and steps[0] in _VIDEO_STEPS:
        kind, name = "video", steps[1]
    else:
        return _from_steps(steps)
    return (kind, name) if any(pattern.fullmatch(name) for pattern in _PATTERNS[kind]) else None


def _from_steps(steps: list[str]) -> tuple[str, str] | None:
    """The steps of the path of a channel's address, a tab perhaps behind them -> its name."""
    first, second = (*steps, "", "")[:2]
    if _HANDLE.fullmatch(first):
        return "channel", first
    if first == "channel":
        return ("channel", second) if _CHANNEL.fullmatch(second) else None
    if first in ("user", "c"):
        named = second if first == "user" else f"c/{second}"
        return ("channel", named) if _USER.fullmatch(second) else None
    if first in _VIDEO_STEPS | _OTHER_STEPS or not _USER.fullmatch(first):
        return None
    return "channel", f"/{first}"


def _split(text: str) -> SplitResult | None:
    """An address, or the part of it behind the site's name -> its parts; None: another site's."""
    if re.match(r"/?(user|c|channel)/", text):
        text = f"{SITE}/{text.lstrip('/')}"
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
    except ValueError:  # brackets that are not those of an IPv6 address
        return None
    host = parts.hostname or ""
    ours = any(host == known or host.endswith(f".{known}") for known in _HOSTS)
    return parts if ours and parts.scheme in ("http", "https") else None
