"""The source `table`: a CSV, TSV or JSONL file with one recording a row."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.acquire.sources.listing import Listing
from snakescribe.acquire.sources.rows import found_in_rows
from snakescribe.config import sources as config
from snakescribe.user_tables import read_rows


class TableSource:
    """A table of recordings: `id`, `audio` (path or URL), references; the rest is context."""

    def __init__(self, entry: config.TableSource) -> None:
        self.path = Path(entry.path)

    def listings(self) -> Iterator[Listing]:
        """One listing: the table."""
        yield Listing(f"table:{self.path}", lambda _: found_in_rows(read_rows(self.path)))
