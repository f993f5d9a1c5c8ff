"""What fetching depends on."""

from snakescribe.config.acquire import Fetch
from snakescribe.store import digest


class FetchParams(Fetch):
    """What the outcome of a download depends on: a format selector, the languages of captions."""

    def key(self, url: str) -> str:
        """The key of a download in the store."""
        return digest("download", url, self.format)
