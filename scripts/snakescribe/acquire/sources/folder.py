"""The source `folder`: audio files that are there already."""

import re
from collections.abc import Iterator
from pathlib import Path

from snakescribe.acquire.sources.files import find_files
from snakescribe.acquire.sources.listing import Found, Listing, Skipped, Web
from snakescribe.config import sources as config
from snakescribe.errors import UserError

# Downloads of an earlier system carry the video's id: "2019-04-01 {yt-dQw4w9WgXcQ}.m4a".
_YOUTUBE_MARK = re.compile(r"\{yt-([A-Za-z0-9_-]{11})\}")


class FolderSource:
    """Files below a folder or that match a pattern; a file's name without its ending is the id."""

    def __init__(self, entry: config.FolderSource) -> None:
        self.path = entry.path
        self.language = entry.language

    def listings(self) -> Iterator[Listing]:
        """One listing: the pattern."""
        yield Listing(f"folder:{self.path}", self._find)

    def _find(self, _: Web) -> Iterator[Found | Skipped]:
        files = find_files(self.path)
        if not files.paths:
            raise UserError(
                f"recordings: no audio file matches '{self.path}'; "
                f"paths are relative to the working directory, {Path.cwd()}"
            )
        for name, reason in files.others.items():
            yield Skipped(name, reason)
        for path in files.paths:
            mark = _YOUTUBE_MARK.search(path.name)
            name = mark[1] if mark else path.stem
            yield Found(
                identity=f"youtube:{name}" if mark else f"file:{path}",
                id=name,
                exact=bool(mark),
                kind="file",
                locator=str(path),
                language=self.language,
            )
