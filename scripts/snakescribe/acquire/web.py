"""Ask the web politely: pages, JSON answers and listings, at the pace of each site."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.failures import BLOCKED, TRANSIENT, Failure, explain_failure
from snakescribe.acquire.sites import SiteBlockedError, Sites, site_of
from snakescribe.acquire.ytdlp import open_ytdlp
from snakescribe.config.acquire import Pace
from snakescribe.errors import UserError
from snakescribe.machine import describe_fault

MAX_PAGE_BYTES = 64 * 2**20

T = TypeVar("T")

logger = logging.getLogger(__name__)


class WebError(Exception):
    """No answer, after all tries; `failure` says why, `body` is what came with an HTTP error."""

    def __init__(self, url: str, failure: Failure, body: bytes = b"") -> None:
        super().__init__(f"{url}: {failure.reason}")
        self.failure = failure
        self.body = body


class Web:
    """What sources and providers ask with; its methods raise WebError where there is no answer."""

    def __init__(self, store: Path, pace: Pace) -> None:
        self.store = store
        self.pace = pace
        self.sites = Sites(store, pace)

    def read(self, url: str, query: dict[str, str] | None = None) -> bytes:
        """A URL and its query -> the answer's body; the query stays out of logs and messages."""
        return self.read_page(url, query)[0]

    def read_page(self, url: str, query: dict[str, str] | None = None) -> tuple[bytes, str]:
        """A URL and its query -> the answer's body, and the address that gave it in the end."""
        full = f"{url}?{urlencode(query)}" if query else url

        def fetch(ytdlp: Any) -> tuple[bytes, str]:
            # Not at the top, as everywhere: yt-dlp takes 0.4 s (`ytdlp`).
            from yt_dlp.networking.exceptions import HTTPError

            try:
                answer = ytdlp.urlopen(full)
                return answer.read(MAX_PAGE_BYTES), answer.url
            except HTTPError as error:
                error.body = error.response.read(MAX_PAGE_BYTES)  # gone once yt-dlp is closed
                raise

        return self._ask(url, fetch)

    def read_json(self, url: str, query: dict[str, str] | None = None) -> Any:
        """A URL and its query -> the JSON that it answers with."""
        body = self.read(url, query)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            failure = Failure(TRANSIENT, "no_json", f"the answer is not JSON: {error}")
            raise WebError(url, failure) from error

    def list_entries(self, url: str) -> InfoDict:
        """A page -> yt-dlp's info of it; a list has its `entries`, not looked into any further."""
        options = {"extract_flat": "in_playlist", "skip_download": True}

        def extract(ytdlp: Any) -> InfoDict:
            info: InfoDict = ytdlp.extract_info(url, download=False)
            if "entries" in info:
                info["entries"] = [entry for entry in info["entries"] if entry]
            return info

        return self._ask(url, extract, **options)

    def describe(self, url: str) -> InfoDict:
        """The page of one recording -> yt-dlp's info of it."""
        return self._ask(url, lambda ytdlp: ytdlp.extract_info(url, download=False))

    def _ask(self, url: str, ask: Callable[[Any], T], **options: Any) -> T:
        for number in range(self.pace.tries):
            try:
                with open_ytdlp(self.sites, self.pace, **options) as ytdlp:
                    return ask(ytdlp)
            except UserError:
                raise
            except SiteBlockedError as error:
                raise WebError(url, Failure(BLOCKED, "postponed", str(error))) from error
            except Exception as error:  # an extractor's own bug too is no reason to stop
                failure = explain_failure(error)
                if failure.ours:
                    raise describe_fault(error, failure.place or self.store) from error
                body = getattr(error, "body", b"")
            wait = failure.retry_after
            if wait is None:
                wait = min(self.pace.backoff_seconds * 2**number, self.pace.patience_seconds)
            if failure.stops_site:
                self.sites.block(site_of(url), failure.reason, failure.retry_after)
            last = number + 1 == self.pace.tries
            if failure.kind != TRANSIENT or last or wait > self.pace.patience_seconds:
                raise WebError(url, failure, body)
            logger.info("%s: %s; next try in %.0f s", url, failure.reason, wait)
            time.sleep(wait)
        raise AssertionError("at least one try")
