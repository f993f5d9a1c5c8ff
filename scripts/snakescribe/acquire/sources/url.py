"""The source `url`: anything that yt-dlp takes, single recordings and lists of them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sources.files import AUDIO_SUFFIXES
from snakescribe.acquire.sources.id_files import read_id_file
from snakescribe.acquire.sources.listing import Find, Found, Listing, Web, entry_details
from snakescribe.acquire.web import WebError
from snakescribe.config import sources as config
from snakescribe.errors import UserError
from snakescribe.paths import is_web_url


class UrlSource:
    """URLs of media files, of pages with a recording, or of pages that list several."""

    def __init__(self, entry: config.UrlSource) -> None:
        self.asked = dict.fromkeys(map(_check, entry.urls), "url:urls")
        for path in entry.files:
            for row, _ in read_id_file(Path(path)):
                try:
                    self.asked.setdefault(_check(row.first("id")), f"url:{path}")
                except UserError as error:
                    raise row.fail(str(error)) from error

    def listings(self) -> Iterator[Listing]:
        """One for each URL; media files need no asking."""
        for url, asked in self.asked.items():
            if Path(urlsplit(url).path).suffix.lower() in AUDIO_SUFFIXES:
                yield Listing(f"url:{url}", _single(url), asked=asked)
            else:
                yield Listing(f"url:{url}", _page(url), remote=True)


def _single(url: str) -> Find:
    return lambda _: [found_at(url)]


def _page(url: str) -> Find:
    def find(web: Web) -> Iterator[Found]:
        try:
            info = web.list_entries(url)
        except WebError as error:
            if error.failure.kind != PERMANENT:
                raise
            yield found_at(url)  # it stays a recording, with a status that says what is wrong
            return
        if "entries" not in info:
            yield found_at(url, info.get("title") or "", entry_details(info))
        for entry in info.get("entries", []):
            place = entry.get("webpage_url") or entry.get("url")
            if place == url or not str(place).startswith("http"):
                place = entry.get("url")
            if place:
                details = {**entry_details(entry), "playlist_title": info.get("title") or ""}
                yield found_at(str(place), entry.get("title") or "", details)

    return find


def found_at(url: str, title: str = "", context: ContextFields | None = None) -> Found:
    """A URL -> the recording there; the last part of its path is the id that it would like."""
    parts = urlsplit(url)
    name = Path(unquote(parts.path)).stem or parts.netloc
    return Found(
        identity=f"url:{url}",
        id=f"{name}-{parts.query}" if parts.query else name,
        exact=False,
        kind="url",
        locator=url,
        title=title,
        context=context or {},
    )


def _check(url: str) -> str:
    if not is_web_url(url):
        raise UserError(f"'{url}' is no http(s) URL")
    return url
