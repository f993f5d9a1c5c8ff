"""What the pages of single recordings say: asked once, and kept with the time."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.sites import site_of
from snakescribe.acquire.times import utc_now
from snakescribe.acquire.web import Web, WebError
from snakescribe.acquire.ytdlp import sanitize_info
from snakescribe.store import digest, keyed_path, read_json, write_json

PATIENCE = 5  # pages


@dataclass(frozen=True)
class Page:
    """yt-dlp's info of a page, sanitised, or why there is none.

    `is_open`: the next run may have more luck; `retrieved_at`: when the page was asked (UTC).
    """

    info: InfoDict
    problem: str = ""
    retrieved_at: str = ""
    is_open: bool = False


class Pages:
    """Asks for pages; what they say, and that they are gone, is kept in the store.

    A site that has not answered several times in a row is left to the next run: without a network
    a list of a thousand would be tried for hours.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        self._silent: Counter[str] = Counter()

    def ask(self, url: str) -> Page:
        """The address of a recording -> what its page says."""
        if kept := self.kept(url):
            return kept
        site = site_of(url)
        if self._silent[site] >= PATIENCE:
            return Page({}, f"{site} has not answered {PATIENCE} times in a row", is_open=True)
        try:
            page = Page(sanitize_info(self.web.describe(url)), retrieved_at=utc_now())
        except WebError as error:
            is_open = error.failure.kind != PERMANENT
            page = Page({}, error.failure.reason, utc_now(), is_open)
            if is_open:
                self._silent[site] += 1
                return page
        self._silent[site] = 0
        kept_part = {"info": page.info, "problem": page.problem, "retrieved_at": page.retrieved_at}
        write_json(self._path(url), kept_part)
        return page

    def kept(self, url: str) -> Page | None:
        """What the page said when it was asked; None where it was not."""
        try:
            return Page(**read_json(self._path(url)))
        except FileNotFoundError:
            return None

    def _path(self, url: str) -> Path:
        return keyed_path(self.web.store / "pages", digest(url), ".json")
