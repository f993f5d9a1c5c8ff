"""Fetch the recordings of a shard: local files are adopted, URLs are downloaded."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.caption_tracks import (
    FEED_TRACKS,
    add_feed_tracks,
    captions_folder,
    fetch_captions,
    find_captions,
)
from snakescribe.acquire.download import (
    Downloaded,
    DownloadFailedError,
    DownloadJob,
    download,
    find_download,
    storage_error,
    target_of,
)
from snakescribe.acquire.failures import PERMANENT, explain_failure
from snakescribe.acquire.local_files import Adoption, empty_row
from snakescribe.acquire.outcomes import (
    forget_failure,
    is_buried,
    keep_failure,
    outcome_path,
    read_outcome,
)
from snakescribe.acquire.params import FetchParams
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sites import SiteBlockedError, Sites, site_of
from snakescribe.acquire.ytdlp import open_ytdlp
from snakescribe.config.acquire import Pace
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, remove_leftovers
from snakescribe.tables import ITEMS, RECORDINGS, Row, read_table, write_table

STEP_VERSION = 2

logger = logging.getLogger(__name__)


def fetch_recordings(
    items: Path, shard: str, settings: FetchParams, pace: Pace, store: Path, output: Path
) -> int:
    """The items of a shard -> its recordings table, one row an item; returns how many.

    What is in the store is not fetched again. A recording that cannot be had is a row with a
    status; where a later run may have more luck, the shard's next round is opened.

    Raises:
        UserError: the store cannot be written to.
    """
    wanted = list(read_table(ITEMS, items, shard=shard))
    with Adoption(store / "adopted" / f"{shard}.jsonl") as adoption:
        rows = [adoption.adopt(item) for item in wanted if item["kind"] == "file"]
    urls = [item for item in wanted if item["kind"] == "url"]
    folders = {output.parent, store / "rounds"}
    if urls:
        fetcher = Fetcher(settings, pace, store)
        folders |= {folder for item in urls for folder in fetcher.leftover_folders(item)}
        fetched = fetcher.fetch_all(urls)
        rows += [row for row, _ in fetched]
        if any(is_open for _, is_open in fetched):
            open_round(store, shard)
    for folder in folders:
        remove_leftovers(folder)
    notify_of_recordings(rows)
    return write_table(RECORDINGS, output, sorted(rows, key=lambda row: row["recording"]))


def notify_of_recordings(rows: list[Row]) -> None:
    """Give notice of the recordings without audio, and of those with a doubt about it.

    All of them, those too that an earlier run found: the notices say what the table holds.
    """
    for row in rows:
        recording, reason = row["recording"], row["reason"]
        if row["status"] != "ok":
            notify(Kind.RECORDING_FAILED, f"{row['status']}: {reason}", recording=recording)
        elif reason:
            notify(Kind.RECORDING_DOUBTFUL, reason, recording=recording)


def _hint(item: Row) -> float | None:
    """The duration (s) that a listing gives: feeds are often wrong."""
    seconds = item["context"].get("duration_seconds")
    return seconds if isinstance(seconds, int | float) and seconds > 0 else None


@dataclass
class Fetcher:
    """Fetches items of kind `url`."""

    settings: FetchParams
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
            except BaseException as error:
                pool.shutdown(cancel_futures=True)
                if isinstance(error, OSError):
                    raise storage_error(self.store, str(error)) from error
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
                done = download(
                    DownloadJob(url, target, self.settings, self.pace, self.sites, _hint(item))
                )
            except DownloadFailedError as error:
                failure = error.failure
                logger.info("%s: %s: %s", item["recording"], failure.status, failure.reason)
                keep_failure(self.store, key, item, failure, error.tries)
                return empty_row(item, failure.status, failure.reason), failure.kind != PERMANENT
        forget_failure(self.store, key)
        captions, is_open = self._captions(item, done)
        row = empty_row(item, "ok", done.receipt.get("note"))
        row |= {name: done.receipt[name] for name in ("sha256", "bytes", "seconds")}
        row |= {"audio": str(done.audio), "info": str(done.info_file), "captions": captions}
        row["retrieved_at"] = done.receipt.get("retrieved_at")
        return row, is_open

    def leftover_folders(self, item: Row) -> Iterator[Path]:
        """Where a killed job may have left a file that it was writing for an item."""
        yield outcome_path(self.store, self.settings.key(item["locator"])).parent
        yield self._captions_folder(item, self._languages(item))

    def _languages(self, item: Row) -> list[str]:
        """The languages of the captions to fetch: the recording's own, where it is known."""
        wanted = self.settings.caption_languages
        return [item["language"]] if wanted and item["language"] else wanted

    def _captions_folder(self, item: Row, languages: list[str]) -> Path:
        parts = ["captions", item["locator"], languages]
        if tracks := item["context"].get(FEED_TRACKS):
            parts.append(tracks)
        return captions_folder(self.store, digest(*parts))

    def _captions(self, item: Row, done: Downloaded) -> tuple[list[dict[str, str]], bool]:
        """A download's captions, and whether some of them are open for a later run."""
        languages = self._languages(item)
        if not languages:
            return [], False
        url = item["locator"]
        folder = self._captions_folder(item, languages)
        captions = find_captions(folder, item["recording"])
        if captions is not None:
            return captions, False
        try:
            with open_ytdlp(self.sites, self.pace) as ytdlp:
                info: InfoDict = done.info or ytdlp.extract_info(url, download=False)
                info = add_feed_tracks(info, item["context"], languages[0])
                captions, settled = fetch_captions(
                    ytdlp, info, languages, folder, self.sites, item["recording"]
                )
        except SiteBlockedError as error:
            notify(Kind.CAPTIONS_FAILED, f"no captions: {error}", recording=item["recording"])
            return [], True
        except Exception as error:  # whatever it is, it must not cost the audio
            failure = explain_failure(error)
            if failure.stops_site:
                self.sites.block(site_of(url), failure.reason, failure.retry_after)
            notify(
                Kind.CAPTIONS_FAILED, f"no captions: {failure.reason}", recording=item["recording"]
            )
            return [], True
        return captions, not settled
