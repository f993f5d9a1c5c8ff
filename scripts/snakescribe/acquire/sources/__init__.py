"""Sources of recordings behind one protocol, found by name.

A source of your own is a class like those here: docs/acquire.md, docs/plugins.md.
"""

from snakescribe.acquire.sources.files import find_audio
from snakescribe.acquire.sources.listing import Found, Listing, Skipped, Source
from snakescribe.config.sources import OwnSource
from snakescribe.config.sources import Source as SourceEntry
from snakescribe.plugins import PluginKind, class_fault

SOURCES: PluginKind[type[Source]] = PluginKind(
    noun="source",
    group="sources",
    place="recordings.source",
    built_in={
        "folder": "snakescribe.acquire.sources.folder:FolderSource",
        "table": "snakescribe.acquire.sources.table:TableSource",
        "youtube": "snakescribe.acquire.sources.youtube:YouTubeSource",
        "url": "snakescribe.acquire.sources.url:UrlSource",
        "rss": "snakescribe.acquire.sources.rss:RssSource",
        "database": "snakescribe.acquire.sources.database:DatabaseSource",
    },
    fault=class_fault(Source, "listings"),
)

__all__ = ["SOURCES", "Found", "Listing", "Skipped", "Source", "find_audio", "make_source"]


def make_source(entry: SourceEntry, place: str = "") -> Source:
    """An entry of `recordings` -> its source.

    Args:
        entry: as the config has it; a source of the user's own gets a map of its keys.
        place: the key of the entry's `source` in the config, for messages.

    Raises:
        UserError: no source of that name, or it cannot be loaded or made.
    """
    options = entry.model_dump() if isinstance(entry, OwnSource) else entry
    source: Source = SOURCES.make(entry.source, place, options)
    return source
