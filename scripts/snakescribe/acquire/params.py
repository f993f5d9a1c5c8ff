"""What listing and fetching depend on."""

from snakescribe.config.acquire import Fetch, Sharding
from snakescribe.config.context import Context
from snakescribe.config.sources import Source
from snakescribe.store import digest


class ResolveParams(Sharding):
    """Where recordings and their context come from, and how many go into a shard.

    An empty `youtube_api_url` is never asked.
    """

    recordings: list[Source]
    context: list[Context]
    youtube_api_url: str


class FetchParams(Fetch):
    """What the outcome of a download depends on: which format, the languages of captions."""

    def key(self, url: str) -> str:
        """The key of a download in the store."""
        return digest("download", url, self.format, self.format_sort)
