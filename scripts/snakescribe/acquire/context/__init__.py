"""Context: tables and providers that add fields to recordings, for prompts and strata.

A provider of your own is a class like those here: docs/acquire.md, docs/plugins.md.
"""

from typing import Any

from snakescribe.acquire.context.provider import Extract, Provider
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


def make_provider(entry: dict[str, Any], place: str = "") -> Provider:
    """An entry of `context` with a provider -> the provider.

    Args:
        entry: as the config has it.
        place: the key of the entry's `provider` in the config, for messages.

    Raises:
        UserError: no provider of that name, or it cannot be loaded or made.
    """
    provider: Provider = PROVIDERS.make(entry["provider"], place, entry)
    return provider
