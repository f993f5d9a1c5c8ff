"""The source `folder`: audio files that are there already."""

from collections.abc import Iterator

from snakescribe.acquire.sources.earlier import found_in_file
from snakescribe.acquire.sources.files import find_files
from snakescribe.acquire.sources.listing import Found, Listing, Skipped, Web
from snakescribe.config import sources as config
from snakescribe.errors import UserError
from snakescribe.paths import path_hint


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
                f"recordings: no audio file matches '{self.path}'; {path_hint(self.path)}"
            )
        for name, reason in files.others.items():
            yield Skipped(name, reason)
        for path in files.paths:
            yield found_in_file(path, self.language)
