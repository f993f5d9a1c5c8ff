"""Fetch the recordings of a shard: local files are adopted, URLs are downloaded."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakescribe.acquire.caption_tracks import captions_folder, fetch_captions, find_captions
from snakescribe.acquire.download import (
    Downloaded,
    DownloadFailedError,
    download,
    find_download,
    target_of,
)
from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.local_files import Adoption, empty_row
from snakescribe.acquire.outcomes import (
    FetchSettings,
    forget_failure,
    is_buried,
    keep_failure,
    read_outcome,
)
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sites import Pace, Sites
from snakescribe.acquire.ytdlp import open_ytdlp
from snakescribe.store import digest
from snakescribe.tables import ITEMS, RECORDINGS, Row, read_table, write_table

STEP_VERSION = 1

log = logging.getLogger(__name__)


def fetch_recordings(
    items: Path, shard: str, settings: FetchSettings, pace: Pace, store: Path, output: Path
) -> int:
    """The items of a shard -> its recordings table, one row an item; returns how many.

    What is in the store is not fetched again. A recording that cannot be had is a row with a
    status; where a later run may have more luck, the shard's next round is opened.

    Raises:
        UserError: the store cannot be written to.
    """
    wanted = [row for row in read_table(ITEMS, items) if row["shard"] == shard]
    with Adoption(store / "adopted" / f"{shard}.jsonl") as adoption:
        rows = [adoption.adopt(item) for item in wanted if item["kind"] == "file"]
    urls = [item for item in wanted if item["kind"] == "url"]
    if urls:
        fetcher = Fetcher(settings, pace, store)
        fetched = fetcher.fetch_all(urls)
        rows += [row for row, _ in fetched]
        if any(is_open for _, is_open in fetched):
            open_round(store, shard)
    return write_table(RECORDINGS, output, sorted(rows, key=lambda row: row["recording"]))


@dataclass
class Fetcher:
    """Fetches items of kind `url`."""

    settings: FetchSettings
    pace: Pace
    store: Path

    def __post_init__(self) -> None:
        self.sites = Sites(self.store, self.pace)

    def fetch_all(self, urls: list[Row]) -> list[tuple[Row, bool]]:
        """Items -> their rows, in order, and whether something is open for a later run."""
        with ThreadPoolExecutor(self.pace.concurrent_downloads) as pool:
            futures = [pool.submit(self._fetch, item) for item in urls]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _fetch(self, item: Row) -> tuple[Row, bool]:
        url = item["locator"]
        key = self.settings.key(url)
        target = target_of(self.store, key)
        done = find_download(target)
        if done is None:
            outcome = read_outcome(self.store, key)
            if outcome and is_buried(outcome):
                return empty_row(item, outcome.status, outcome.reason), False
            try:
                done = download(url, target, self.settings, self.pace, self.sites)
            except DownloadFailedError as error:
                failure = error.failure
                log.warning("%s: %s: %s", item["recording"], failure.status, failure.reason)
                keep_failure(self.store, key, item, failure, error.tries)
                return empty_row(item, failure.status, failure.reason), failure.kind != PERMANENT
        forget_failure(self.store, key)
        captions, is_open = self._captions(item, done)
        row = empty_row(item, "ok", None)
        row |= {name: done.receipt[name] for name in ("sha256", "bytes", "seconds")}
        row |= {"audio": str(done.audio), "info": str(done.info_file), "captions": captions}
        return row, is_open

    def _captions(self, item: Row, done: Downloaded) -> tuple[list[dict[str, str]], bool]:
        """A download's captions, in the recording's language where one is known."""
        languages = (item["language"],) if item["language"] else self.settings.caption_languages
        if not self.settings.caption_languages:
            return [], False
        url = item["locator"]
        folder = captions_folder(self.store, digest("captions", url, list(languages)))
        found = find_captions(folder)
        if found is not None:
            return found, False
        try:
            with open_ytdlp(self.sites, self.pace) as ytdlp:
                info: dict[str, Any] = done.info or ytdlp.extract_info(url, download=False)
                captions, settled = fetch_captions(ytdlp, info, languages, folder)
        except Exception as error:  # whatever it is, it must not cost the audio
            log.warning("%s: no captions: %s", item["recording"], error)
            return [], True
        return captions, not settled
