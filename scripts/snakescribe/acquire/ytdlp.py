"""yt-dlp, set up as this project needs it: polite, quiet, and never reporting half a file.

Nothing here is imported before it is needed: yt-dlp takes 0.4 s.
"""

import io
import logging
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.sites import Sites, site_of
from snakescribe.acquire.sound_tracks import TrackSelector, prepare_formats
from snakescribe.config.acquire import Pace
from snakescribe.errors import UserError
from snakescribe.user_tables import read_user_text

logger = logging.getLogger(__name__)

# What changes from one request to the next, or may hold secrets, has no place in an info.json.
_VOLATILE = frozenset(
    {
        "automatic_captions", "cookies", "epoch", "filepath", "filename", "formats", "fragments",
        "fragment_base_url", "heatmap", "http_headers", "manifest_url", "original_url",
        "requested_downloads", "requested_formats", "requested_subtitles", "subtitles", "url",
        "_version",
    }
)  # fmt: skip
_PROXIES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class _Log:
    """Where yt-dlp talks to: errors come as exceptions, the rest goes to our log."""

    def debug(self, message: str) -> None:
        logger.debug("%s", message)

    info = warning = error = debug


def load_ytdlp() -> None:
    """Import yt-dlp before threads ask for it: its modules import each other, and of several
    threads that begin at once some would see half of it.
    """
    import yt_dlp.extractor  # noqa: F401


def open_ytdlp(sites: Sites, pace: Pace, spoken: str | None = None, **options: Any) -> Any:
    """A YoutubeDL that takes its turn at each site before each request.

    The fragments of one download count as one request. Cookies come from the file that
    ``SNAKESCRIBE_COOKIES`` names (it is never written to), a proxy from ``SNAKESCRIBE_PROXY``.
    Where it chooses a format, the right sound comes first; `spoken` is the language that the
    recording is known to be in.

    Raises:
        UserError: the cookies file, the proxy or `format` is no good. The message repeats neither
            of the first two.
    """
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor import gen_extractor_classes
    from yt_dlp.extractor.common import UnsupportedURLIE

    class PoliteYoutubeDL(YoutubeDL):  # type: ignore[misc]  # yt-dlp has no types
        """Asks `sites` before each request, and once before each download."""

        downloading = False

        def add_default_info_extractors(self) -> None:
            """As yt-dlp does, which compares each of its 1,800 extractors with all others."""
            by_name = {kind.IE_NAME.lower(): kind for kind in gen_extractor_classes()}
            for kind in by_name.values():
                if kind._ENABLED:
                    self.add_info_extractor(kind)
            self.add_info_extractor(UnsupportedURLIE())

        def urlopen(self, req: Any) -> Any:
            if not self.downloading:
                sites.wait_turn(site_of(req if isinstance(req, str) else req.url))
            return super().urlopen(req)

        def dl(self, name: str, info: InfoDict, *args: Any, **kwargs: Any) -> Any:
            sites.wait_turn(site_of(info.get("webpage_url") or info["url"]))
            self.downloading = True
            try:
                return super().dl(name, info, *args, **kwargs)
            finally:
                self.downloading = False

        def process_video_result(self, info: dict[str, Any], download: bool = True) -> Any:
            prepare_formats(info)
            if isinstance(self.format_selector, TrackSelector):
                self.format_selector.spoken = [spoken or "", info["audio_language"] or ""]
            return super().process_video_result(info, download)

    try:
        ytdlp = PoliteYoutubeDL({**_options(pace), **options})
    except SyntaxError as error:  # of the format selector: nothing else is parsed there
        what = " ".join(str(error.msg).split("\n")[0].split())
        raise UserError(f"acquire.format: {what} ({options['format']})") from error
    if ytdlp.format_selector is not None:
        ytdlp.format_selector = TrackSelector(ytdlp.format_selector)
    return ytdlp


def _options(pace: Pace) -> dict[str, Any]:
    options: dict[str, Any] = {
        "logger": _Log(),
        "quiet": True,
        "noprogress": True,
        "cachedir": False,
        "noplaylist": True,
        "ignoreerrors": False,
        "updatetime": False,
        "fixup": "never",  # no ffmpeg here: the stage `process` converts
        "geo_bypass": False,  # a faked address asks everything twice
        "skip_unavailable_fragments": False,  # else a hole in the sound counts as success
        "js_runtimes": {"deno": {}, "node": {}, "bun": {}, "quickjs": {}},
        "socket_timeout": pace.timeout_seconds,
        # Within one download; whole attempts are ours, which also obey Retry-After.
        "retries": 2,
        "fragment_retries": 5,
        "extractor_retries": 1,
        "file_access_retries": 3,
        "retry_sleep_functions": {
            kind: lambda n: min(pace.backoff_seconds * 2**n, pace.patience_seconds)
            for kind in ("http", "fragment", "extractor", "file_access")
        },
    }
    if proxy := os.environ.get("SNAKESCRIBE_PROXY"):
        _check_proxy(proxy)
        options["proxy"] = proxy
    if cookies := os.environ.get("SNAKESCRIBE_COOKIES"):
        options["cookiefile"] = io.StringIO(_read_cookies(Path(cookies)))
    return options


def _check_proxy(proxy: str) -> None:
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in _PROXIES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # the port
        good = False
    if not good:
        raise UserError(
            "SNAKESCRIBE_PROXY: this is not the URL of a proxy, such as "
            f"http://user:password@host:port; it starts with one of {', '.join(_PROXIES)}"
        )


def _read_cookies(path: Path) -> str:
    """A cookies.txt -> its text. yt-dlp would print a line that it does not understand."""
    text = read_user_text(path)
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.removeprefix("#HttpOnly_")
        fields = bare.split("\t")
        if number == 1 and not re.match("#( Netscape)? HTTP Cookie File", line):
            problem = "the first line is not '# Netscape HTTP Cookie File'"
        elif not bare.strip() or bare.startswith("#"):
            continue
        elif len(fields) != 7:
            problem = f"{len(fields)} fields between tabs where a cookie has 7"
        elif not re.fullmatch(r"(\d+(\.\d+)?)?", fields[4]):
            problem = "the fifth field is not when the cookie expires, in seconds since 1970"
        else:
            continue
        raise UserError(f"{path}: line {number}: {problem} (SNAKESCRIBE_COOKIES)")
    return text


def sanitize_info(info: InfoDict) -> InfoDict:
    """yt-dlp's info -> plain JSON without what is volatile or secret."""
    from yt_dlp import YoutubeDL

    plain = YoutubeDL.sanitize_info(dict(info), remove_private_keys=True)
    return {key: value for key, value in plain.items() if key not in _VOLATILE}
