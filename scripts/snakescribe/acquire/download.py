"""One URL -> a verified audio file with its metadata, published by one rename, or a failure.

Everything is made in a work folder beside the target: a killed job leaves only that, and the next
one goes on with its ``.part``. What lies in the target is whole.
"""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakescribe.acquire.answers import InfoDict
from snakescribe.acquire.failures import (
    BLOCKED,
    LATER,
    PERMANENT,
    TRANSIENT,
    Failure,
    explain_failure,
)
from snakescribe.acquire.params import FetchParams
from snakescribe.acquire.receipt import Receipt, read_receipt, receipt_path, write_receipt
from snakescribe.acquire.sites import SiteBlockedError, Sites, site_of
from snakescribe.acquire.sound_tracks import describe_track
from snakescribe.acquire.times import utc_now
from snakescribe.acquire.verify import UnfitMediaError, forget_seen, judge_unfit, verify_media
from snakescribe.acquire.ytdlp import open_ytdlp, sanitize_info
from snakescribe.config.acquire import Pace
from snakescribe.errors import UserError
from snakescribe.languages import base_language
from snakescribe.machine import describe_fault, fault_at
from snakescribe.notices import Kind, notify
from snakescribe.store import alone, write_json

logger = logging.getLogger(__name__)


class DownloadFailedError(Exception):
    """A download that did not work, after all its tries."""

    def __init__(self, failure: Failure, tries: int) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.tries = tries


@dataclass(frozen=True)
class Downloaded:
    """A published download: its receipt, and yt-dlp's info when it was made just now."""

    folder: Path
    receipt: Receipt
    info: InfoDict | None = None

    @property
    def audio(self) -> Path:
        """The audio file as it came."""
        return self.folder / self.receipt.audio

    @property
    def info_file(self) -> Path:
        """The sanitised metadata."""
        return self.folder / "info.json"


def target_of(store: Path, key: str) -> Path:
    """Where the download with this key is published."""
    return store / "downloads" / key[:2] / key


def find_download(target: Path) -> Downloaded | None:
    """A published download, or None: also where its receipt or its audio is not what it was."""
    receipt = read_receipt(target)
    if receipt is None:
        return None
    done = Downloaded(target, receipt)
    try:
        whole = done.audio.stat().st_size == receipt.bytes
    except FileNotFoundError:
        return None
    return done if whole else None


def work_of(target: Path) -> Path:
    """The folder in which the download for a target is made."""
    return target.with_name(target.name + ".work")


@dataclass(frozen=True)
class DownloadJob:
    """A URL and the folder `target` to publish it as.

    `hint` is a duration (s) that may be wrong, such as a feed's: what falls short of it by much is
    fetched once more and then taken, with a note in the receipt. `language` is what the recording
    is known to be in, which tells between sound tracks that the site does not tell apart. `watch`
    is told of bytes as they come.
    """

    url: str
    target: Path
    settings: FetchParams
    pace: Pace
    sites: Sites
    hint: float | None = None
    language: str | None = None
    watch: Callable[[dict[str, Any]], None] | None = None

    @property
    def work(self) -> Path:
        """The folder in which the download is made."""
        return work_of(self.target)

    def find(self) -> Downloaded | None:
        """The download if it is published, and its sound is still the one to take.

        Of sound tracks that only the recording's language tells apart another one may be wanted
        now.
        """
        done = find_download(self.target)
        if done and (guessed := done.receipt.track.guessed):
            wanted = base_language(self.language)
            if wanted in guessed and wanted != base_language(done.receipt.track.language):
                return None
        return done


def download(job: DownloadJob) -> Downloaded:
    """Download a URL, verified and at once.

    Raises:
        DownloadFailedError: with the failure's class, status and reason.
        UserError: the disk is full or cannot be written to; that is no recording's fault.
    """
    try:
        job.work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise describe_fault(error, job.work) from error
    with alone(job.work):  # a killed Snakemake may leave a job that is still writing
        if done := job.find():  # another job has just finished it
            shutil.rmtree(job.work, ignore_errors=True)
            return done
        return _try_repeatedly(job)


def _try_repeatedly(job: DownloadJob) -> Downloaded:
    pace, sites, site = job.pace, job.sites, site_of(job.url)
    tries = 0
    while True:
        tries += 1
        try:
            done = _try_once(job, last=tries == pace.tries)
            sites.note_success(site)
            return done
        except SiteBlockedError as error:
            failure = Failure(BLOCKED, "postponed", str(error))
            raise DownloadFailedError(failure, tries - 1) from error
        except UnfitMediaError as error:
            failure = judge_unfit(job.work, error)
        except UserError:
            raise
        except Exception as error:  # an extractor's own bug too is the failure of one recording
            failure = explain_failure(error)
        _after_failure(failure, job.work, site, sites)
        again = failure.kind == TRANSIENT or failure.status == "forbidden"
        # A signed URL may have expired: it is asked for anew, once.
        limit = 2 if failure.status == "forbidden" else pace.tries
        wait = failure.retry_after
        if not again or tries >= limit or (wait or 0) > pace.patience_seconds:
            if failure.status == "rate_limited":
                sites.block(site, failure.reason, wait)
            raise DownloadFailedError(failure, tries)
        if wait is None:
            wait = min(pace.backoff_seconds * 2 ** (tries - 1), pace.patience_seconds)
        logger.info("%s: %s; next try in %.0f s", job.url, failure.reason, wait)
        if failure.status == "rate_limited":
            sites.block(site, failure.reason, wait)  # the other downloads wait as well
        time.sleep(wait)


def _after_failure(failure: Failure, work: Path, site: str, sites: Sites) -> None:
    if failure.ours:
        raise fault_at(failure.place or work, failure.reason)
    if failure.status == "stale_part":
        shutil.rmtree(work / "tmp", ignore_errors=True)
    if failure.kind in (PERMANENT, LATER):
        shutil.rmtree(work, ignore_errors=True)
    if failure.kind == BLOCKED and failure.stops_site:
        sites.block(site, failure.reason, failure.retry_after)
    elif failure.kind == BLOCKED:
        sites.note_refusal(site, failure.reason)


def _try_once(job: DownloadJob, last: bool) -> Downloaded:
    work = job.work
    options = {
        "format": job.settings.format,
        "format_sort": job.settings.format_sort,
        "progress_hooks": [job.watch] if job.watch else [],
        "paths": {"home": str(work / "home"), "temp": str(work / "tmp")},
        # A .part is resumed only by the format that began it.
        "outtmpl": {"default": "audio.%(format_id).80s.%(ext)s"},  # a name that no site makes long
        "overwrites": False,  # what a killed job had whole is only verified
        "playlist_items": "1:2",  # enough to see that it is a list
    }
    job.sites.wait_turn(site_of(job.url), asks=False)  # extractors may ask hosts of another name
    with open_ytdlp(job.sites, job.pace, job.language, **options) as ytdlp:
        info = ytdlp.process_ie_result(_find_one(ytdlp, job.url), download=True)
    parts = info.get("requested_downloads") or []
    came = Path(parts[0].get("filepath") or "") if parts else Path()
    if not came.is_file():
        raise UnfitMediaError("nothing was downloaded")
    verified = verify_media(came, work, info.get("duration"), job.hint, last)
    receipt = Receipt(
        audio=f"audio{came.suffix}",
        sha256=verified.sha256,
        bytes=came.stat().st_size,
        seconds=verified.probe.seconds,
        codec=verified.probe.codec,
        bit_rate=verified.probe.bit_rate,
        url=job.url,
        track=describe_track(info, [job.language or "", info.get("audio_language") or ""]),
        retrieved_at=utc_now(),
        note=verified.note,
    )
    write_json(work / "info.json", sanitize_info(info))
    write_receipt(work, receipt)
    came.replace(work / receipt.audio)
    for name in ("home", "tmp"):
        shutil.rmtree(work / name, ignore_errors=True)
    forget_seen(work)
    if job.target.exists():  # without a receipt that counts: not ours, or not the one to take
        if receipt_path(job.target).exists() and find_download(job.target) is None:
            text = "the receipt of its download cannot be read; it was downloaded again"
            notify(Kind.STORE_DAMAGED, text, source=job.url)
        shutil.rmtree(job.target)
    work.rename(job.target)
    return Downloaded(job.target, receipt, info)


def _find_one(ytdlp: Any, url: str) -> InfoDict:
    """What yt-dlp finds at a URL: one recording, and not a list of them."""
    # Not at the top, as everywhere: yt-dlp takes 0.4 s (`ytdlp`).
    from yt_dlp.utils import ExtractorError, UnsupportedError

    info: InfoDict = ytdlp.extract_info(url, download=False)
    if info.get("_type") == "playlist":
        entries = [entry for entry in info.get("entries") or () if entry]
        if len(entries) != 1:
            raise UnsupportedError(f"{url} (a list of recordings; give it to the source `url`)")
        info = entries[0]
    if info.get("live_status") == "is_live":  # it would be followed until it ends
        raise ExtractorError(f"{url} is still live; its recording comes later", expected=True)
    return info
