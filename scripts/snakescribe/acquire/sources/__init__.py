"""Sources of recordings behind one protocol, found by name.

A source of your own is a class like those here; name it in the config as ``module:Class``, or
give it a short name by an entry point in the group ``snakescribe.sources``.
"""

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from snakescribe.acquire.sources.files import find_audio
from snakescribe.acquire.sources.listing import Found, Listing, Source
from snakescribe.errors import UserError, did_you_mean

SOURCES = {
    "folder": "snakescribe.acquire.sources.folder:FolderSource",
    "table": "snakescribe.acquire.sources.table:TableSource",
    "youtube": "snakescribe.acquire.sources.youtube:YouTubeSource",
    "url": "snakescribe.acquire.sources.url:UrlSource",
    "rss": "snakescribe.acquire.sources.rss:RssSource",
    "database": "snakescribe.acquire.sources.database:DatabaseSource",
}

__all__ = ["SOURCES", "Found", "Listing", "Source", "find_audio", "make_source", "source_names"]


def source_names() -> dict[str, str]:
    """The sources known by a short name -> ``module:Class``: ours and those of entry points."""
    others = {point.name: point.value for point in entry_points(group="snakescribe.sources")}
    return {**others, **SOURCES}


def make_source(entry: dict[str, Any]) -> Source:
    """An entry of `recordings` -> its source.

    Raises:
        UserError: no source of that name, or it cannot be imported.
    """
    name = entry["source"]
    target = name if ":" in name else source_names().get(name)
    if target is None:
        raise UserError(f"unknown source '{name}'; {did_you_mean(name, source_names())}")
    module, _, attribute = target.partition(":")
    try:
        factory = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UserError(f"source '{name}': cannot import it: {error}") from error
    return factory(entry)
