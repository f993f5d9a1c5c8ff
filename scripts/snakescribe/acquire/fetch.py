"""Fetch the recordings of a shard: local files are adopted, URLs are downloaded."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.caption_tracks import (
    FEED_TRACKS,
    add_feed_tracks,
    captions_folder,
    fetch_captions,
    find_captions,
    has_tracks,
)
from snakescribe.acquire.download import (
    Downloaded,
    DownloadFailedError,
    DownloadJob,
    download,
    target_of,
)
from snakescribe.acquire.failures import PERMANENT, explain_failure
from snakescribe.acquire.local_files import Adoption, adopted_path, empty_row
from snakescribe.acquire.outcomes import (
    forget_failure,
    is_buried,
    keep_failure,
    outcome_path,
    read_outcome,
)
from snakescribe.acquire.params import FetchParams
from snakescribe.acquire.parts import take_part
from snakescribe.acquire.progress import Progress
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sites import SiteBlockedError, Sites, site_of
from snakescribe.acquire.sound_tracks import track_doubts
from snakescribe.acquire.ytdlp import load_ytdlp, open_ytdlp
from snakescribe.config.acquire import Pace
from snakescribe.machine import MachineError, describe_fault
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
        MachineError: this machine is at fault, such as with a full disk.
        OSError: the same.
    """
    wanted = list(read_table(ITEMS, items, shard=shard))
    progress = Progress(shard, len(wanted))
    rows = []
    with Adoption(adopted_path(store, shard)) as adoption:
        for item in wanted:
            if item["kind"] == "file":
                here_before = adoption.has(item)
                rows.append(take_part(store, item, adoption.adopt(item)))
                progress.finish_file(rows[-1], here_before)
        progress.end_files()
    urls = [item for item in wanted if item["kind"] == "url"]
    folders = {output.parent, store / "rounds"}
    if urls:
        fetcher = Fetcher(settings, pace, store, progress)
        folders |= {folder for item in urls for folder in fetcher.leftover_folders(item)}
        with progress:
            fetched = fetcher.fetch_all(urls)
        pairs = zip(urls, fetched, strict=True)
        rows += [take_part(store, item, row) for item, (row, _) in pairs]
        if any(is_open for _, is_open in fetched):
            open_round(store, shard)
    for folder in folders:
        remove_leftovers(folder)
    notify_of_recordings(rows)
    return write_table(RECORDINGS, output, sorted(rows, key=lambda row: row["recording"]))


def notify_of_recordings(rows: list[Row]) -> None:
    """Give notice of the recordings without audio.

    All of them, those too that an earlier run found: the notices say what the table holds.
    """
    for row in rows:
        recording, reason = row["recording"], row["reason"]
        if row["status"] != "ok":
            notify(Kind.RECORDING_FAILED, f"{row['status']}: {reason}", recording=recording)


def _row_of(item: Row, done: Downloaded) -> Row:
    """A download -> its row; what is doubtful about it is noticed, and is its reason."""
    receipt = done.receipt
    doubts = track_doubts(receipt.track, item["language"])
    for doubt in doubts:
        notify(Kind.TRACK_DOUBTFUL, doubt, recording=item["recording"])
    if receipt.note:
        notify(Kind.RECORDING_DOUBTFUL, receipt.note, recording=item["recording"])
    row = empty_row(item, "ok", "; ".join(filter(None, [receipt.note, *doubts])) or None)
    row |= receipt.model_dump(include={"sha256", "bytes", "seconds", "codec", "bit_rate"})
    row |= {"format": receipt.track.format, "track_language": receipt.track.language}
    row["retrieved_at"] = receipt.retrieved_at
    return row | {"audio": str(done.audio), "info": str(done.info_file)}


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
    progress: Progress

    def __post_init__(self) -> None:
        self.sites = Sites(self.store, self.pace)

    def fetch_all(self, urls: list[Row]) -> list[tuple[Row, bool]]:
        """Items -> their rows, in order, and whether something is open for a later run."""
        if urls:
            load_ytdlp()
        with ThreadPoolExecutor(self.pace.concurrent_downloads) as pool:
            futures = [pool.submit(self._fetch, item) for item in urls]
            try:
                return [future.result() for future in futures]
            except BaseException as error:
                pool.shutdown(cancel_futures=True)
                if isinstance(error, OSError | MemoryError):
                    raise describe_fault(error, self.store) from error
                raise

    def _fetch(self, item: Row) -> tuple[Row, bool]:
        key = self.settings.key(item["locator"])
        job = DownloadJob(
            item["locator"],
            target_of(self.store, key),
            self.settings,
            self.pace,
            self.sites,
            _hint(item),
            item["language"],
        )
        done = job.find()
        here_before = done is not None
        if done is None:
            outcome = read_outcome(self.store, key)
            if outcome and is_buried(outcome):
                row = empty_row(item, outcome.status, outcome.reason)
                self.progress.finish(row, here_before=True)
                return row, False
            try:
                with self.progress.start(item["recording"]) as running:
                    done = download(replace(job, watch=running.watch))
            except DownloadFailedError as error:
                failure = error.failure
                keep_failure(self.store, key, item, failure, error.tries)
                row = empty_row(item, failure.status, failure.reason)
                self.progress.finish(row)
                return row, failure.kind != PERMANENT
        forget_failure(self.store, key)
        row = _row_of(item, done)
        self.progress.finish(row, here_before)
        captions, is_open = self._captions(item, done)
        if not captions and not is_open:
            self._notify_of_lack(item)
        return {**row, "captions": captions}, is_open

    def _notify_of_lack(self, item: Row) -> None:
        """Give notice where captions were asked as the reference and there are none."""
        languages = self._languages(item)
        if not languages or has_tracks(self._captions_folder(item, languages)):
            return  # what went wrong with those that the site has is noticed by itself
        if not (item["reference"] or item["reference_file"]):
            text = f"no captions in {', '.join(languages)}"
            notify(Kind.CAPTIONS_MISSING, text, recording=item["recording"])

    def leftover_folders(self, item: Row) -> Iterator[Path]:
        """Where a killed job may have left a file that it was writing for an item."""
        yield outcome_path(self.store, self.settings.key(item["locator"])).parent
        yield self._captions_folder(item, self._languages(item))

    def _languages(self, item: Row) -> list[str]:
        """The languages of the captions to fetch: the recording's own, where it is known.

        A part of a file has none: captions are those of the whole.
        """
        if item["start"] is not None:
            return []
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
            # yt-dlp's fields to sort by are of the process, not of the object: the same ones as in
            # the downloads beside this.
            sort = self.settings.format_sort
            with open_ytdlp(self.sites, self.pace, format_sort=sort) as ytdlp:
                info: InfoDict = done.info or ytdlp.extract_info(url, download=False)
                info = add_feed_tracks(info, item["context"], languages[0])
                captions, settled = fetch_captions(
                    ytdlp, info, languages, folder, self.sites, item["recording"]
                )
        except SiteBlockedError as error:
            notify(Kind.CAPTIONS_FAILED, f"no captions: {error}", recording=item["recording"])
            return [], True
        except MachineError:
            raise
        except Exception as error:  # whatever it is, it must not cost the audio
            failure = explain_failure(error)
            if failure.ours:
                raise describe_fault(error, failure.place or folder) from error
            if failure.stops_site:
                self.sites.block(site_of(url), failure.reason, failure.retry_after)
            notify(
                Kind.CAPTIONS_FAILED, f"no captions: {failure.reason}", recording=item["recording"]
            )
            return [], True
        return captions, not settled
