"""What sites say about the recordings -> tables.

From the YouTube Data API, from the feed that lists an episode, else from yt-dlp.
"""

import logging
import os
import re
from pathlib import Path

from snakescribe.acquire.lock import read_lock
from snakescribe.acquire.metadata_rows import Tables, Told, add_said, add_told
from snakescribe.acquire.pages import Pages
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sources.earlier import info_beside
from snakescribe.acquire.web import Web
from snakescribe.acquire.youtube_answers import VideoResource
from snakescribe.acquire.youtube_api import (
    WATCH,
    YouTubeApi,
)
from snakescribe.config.acquire import Pace
from snakescribe.languages import base_language
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.store import read_json
from snakescribe.tables import RECORDINGS, Row, write_table
from snakescribe.tables.metadata import (
    DESCRIBED_FOLDER,
    METADATA_FOLDER,
    METADATA_TABLES,
    VIDEOS,
)

STEP_VERSION = 2
ROUND = "metadata"
DESCRIBE_ROUND = "describe"

_YOUTUBE = re.compile(rf"^{re.escape(WATCH)}([A-Za-z0-9_-]{{11}})$")

logger = logging.getLogger(__name__)


def collect_metadata(
    results: Results, pace: Pace, youtube_api_url: str, before_download: bool = False
) -> dict[str, int]:
    """A results folder -> its metadata tables; returns their row counts by name.

    The YouTube Data API is asked where ``YOUTUBE_API_KEY`` is set, once for each video; else what
    a download, a file beside an adopted one or an earlier look-up says. When the API's quota ends,
    the tables hold what there is and the next run goes on.

    Args:
        results: the folder.
        pace: how fast sites are asked.
        youtube_api_url: of the API; empty is Google's.
        before_download: nothing needs to be fetched: the pages of the other recordings are asked,
            once, and the tables lie in ``described/`` instead of ``metadata/``.
    """
    said = {
        entry.recording: entry.found.metadata
        for entry in read_lock(results.store)
        if entry.found.metadata
    }
    names = _youtube_names(results)
    web = Web(results.store, pace)
    resources: dict[str, VideoResource] = {}
    if names and (key := os.environ.get("YOUTUBE_API_KEY")):
        api = YouTubeApi(web, key, youtube_api_url)
        resources = api.videos(list(names.values()))
        if api.exhausted:
            open_round(results.store, DESCRIBE_ROUND if before_download else ROUND)
    downloads = {row["recording"]: row for row in results.rows(RECORDINGS, lacking=before_download)}
    pages = Pages(web)
    tables: Tables = {table.name: [] for table in METADATA_TABLES}
    for item in results.items():
        recording = item["recording"]
        name = names.get(recording, "")
        told = _from_api(name, resources.get(name))
        if told is None and recording in said:
            add_said(tables, recording, said[recording])
            continue
        told = told or _from_download(downloads.get(recording)) or _from_file(item)
        url = f"{WATCH}{name}" if name else item["locator"] if item["kind"] == "url" else ""
        if told is None and url:
            told = _from_page(pages, url, before_download, results.store)
        if told is None and resources.get(name) == {}:
            told = Told(name, is_missing=True)
        if told:
            add_told(tables, recording, told)
            if told.resource:
                _compare_languages(downloads.get(recording), tables[VIDEOS.name][-1])
    folder = results.folder / (DESCRIBED_FOLDER if before_download else METADATA_FOLDER)
    return {
        table.name: write_table(table, folder / table.file_name, tables[table.name])
        for table in METADATA_TABLES
    }


def _from_api(name: str, resource: VideoResource | None) -> Told | None:
    if not resource:
        return None
    return Told(name, resource=resource, retrieved_at=resource.get("retrieved_at"))


def _from_download(row: Row | None) -> Told | None:
    if not row or not row["info"]:
        return None
    return Told(info=read_json(Path(row["info"])), retrieved_at=row["retrieved_at"])


def _from_file(item: Row) -> Told | None:
    """What an earlier download of an adopted file has left beside it."""
    if item["kind"] != "file" or not (info := info_beside(Path(item["locator"]))):
        return None
    return Told(info=info)


def _from_page(pages: Pages, url: str, ask: bool, store: Path) -> Told | None:
    page = pages.ask(url) if ask else pages.kept(url)
    if page is None:
        return None
    if page.is_open:
        open_round(store, DESCRIBE_ROUND)
    if page.problem:
        if ask:
            notify(Kind.METADATA_MISSING, f"the page tells nothing: {page.problem}", source=url)
        return None
    return Told(info=page.info, retrieved_at=page.retrieved_at)


def _youtube_names(results: Results) -> dict[str, str]:
    """Video ids by recording: of downloads, and of files that an earlier download left."""
    names = {
        entry.recording: entry.found.identity.removeprefix("youtube:")
        for entry in read_lock(results.store)
        if entry.found.identity.startswith("youtube:")
    }
    for item in results.items():
        if match := _YOUTUBE.match(item["locator"]):
            names[item["recording"]] = match[1]
    return names


def _compare_languages(row: Row | None, video: Row) -> None:
    """Give notice where the sound that was taken is in another language than the API says."""
    spoken, taken = video["audio_language"], row and row["track_language"]
    if spoken and taken and base_language(spoken) != base_language(taken):
        text = f"its sound track is in '{taken}', the YouTube Data API says '{spoken}'"
        notify(Kind.TRACK_DOUBTFUL, text, recording=video["recording"])
