"""Context: tables and providers that add fields to recordings, for prompts and strata.

A provider of your own is a class like those here: docs/acquire.md, docs/plugins.md.
"""

from snakescribe.acquire.context.provider import Extract, Provider
from snakescribe.config.context import EspnContext, EventContext, OwnContext
from snakescribe.plugins import PluginKind, class_fault, function_fault

PROVIDERS: PluginKind[type[Provider]] = PluginKind(
    noun="provider",
    group="context",
    place="context.provider",
    built_in={
        "event": "snakescribe.acquire.context.event:EventProvider",
        "espn": "snakescribe.acquire.context.espn:EspnProvider",
    },
    fault=class_fault(Provider, "fields"),
)

EXTRACTORS: PluginKind[Extract] = PluginKind(
    noun="extractor",
    group="extractors",
    place="context.extractor",
    built_in={"": "snakescribe.acquire.context.event:extract_event"},
    fault=function_fault("from About and the order of dates to fields"),
)

__all__ = ["EXTRACTORS", "PROVIDERS", "Provider", "make_provider"]


def make_provider(entry: EventContext | EspnContext | OwnContext, place: str = "") -> Provider:
    """An entry of `context` with a provider -> the provider.

    Args:
        entry: as the config has it; a provider of the user's own gets a map of its keys.
        place: the key of the entry's `provider` in the config, for messages.

    Raises:
        UserError: no provider of that name, or it cannot be loaded or made.
    """
    options = entry.model_dump() if isinstance(entry, OwnContext) else entry
    provider: Provider = PROVIDERS.make(entry.provider, place, options)
    return provider
