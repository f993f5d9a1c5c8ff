"""The source `table`: a table with one recording a row, or a manifest of a corpus."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.acquire.sources.listing import Listing
from snakescribe.acquire.sources.manifests import open_manifest
from snakescribe.config import sources as config


class TableSource:
    """A table of recordings: `id`, `audio` (path or URL), references; the rest is context.

    Or a manifest: of NeMo, Common Voice, AudioFolder, Kaldi, Lhotse, LibriSpeech.
    """

    def __init__(self, entry: config.TableSource) -> None:
        self.path = Path(entry.path)

    def listings(self) -> Iterator[Listing]:
        """One listing: the table."""
        yield Listing(f"table:{self.path}", lambda _: open_manifest(self.path).read())
