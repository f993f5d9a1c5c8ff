"""The sections `recordings` and `context` of a config -> what is wrong with them."""

from collections.abc import Iterator
from typing import Any

from snakescribe.acquire.context import provider_names
from snakescribe.acquire.filters import check_filters
from snakescribe.acquire.sources import make_source, source_names
from snakescribe.config.schema import schema_problems
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import check_exists

Config = dict[str, Any]


def source_problems(entry: Config, place: str, schema: Config) -> Iterator[str]:
    """An entry of `recordings` and its place -> what the schema of its source forbids."""
    name = entry["source"]
    known = schema["$defs"]["sources"]
    if name in known:
        yield from schema_problems(entry, known[name], schema, place)
    elif ":" not in name and name not in (others := source_names()):
        yield f"{place}.source: unknown source '{name}'; {did_you_mean(name, others)}"


def context_problems(entry: Config, place: str, schema: Config) -> Iterator[str]:
    """An entry of `context` and its place -> what the schema of its provider forbids."""
    name = entry.get("provider", "table")
    known = schema["$defs"]["contexts"]
    if name in known:
        yield from schema_problems(entry, known[name], schema, place)
    elif ":" not in name and name not in (others := provider_names()):
        yield f"{place}.provider: unknown provider '{name}'; {did_you_mean(name, others)}"


def find_acquire_problems(config: Config) -> Iterator[str]:
    """A config with its defaults -> one line for each problem of its sources and contexts."""
    for index, entry in enumerate(config["context"]):
        for key in ("table", "teams"):
            if entry.get(key):
                yield from check_exists(entry[key], f"context.{index}.{key}")
    for index, entry in enumerate(config["recordings"]):
        yield from _check_source(entry, f"recordings.{index}")


def _check_source(entry: Config, place: str) -> Iterator[str]:
    name = entry["source"]
    if name == "table":
        yield from check_exists(entry["path"], f"{place}.path")
    if entry.get("references"):
        yield from check_exists(entry["references"], f"{place}.references")
    if name == "database" and entry["query"].endswith(".sql"):
        yield from check_exists(entry["query"], f"{place}.query")
    if name in ("youtube", "url"):
        missing = [line for path in entry["files"] for line in check_exists(path, f"{place}.files")]
        yield from missing
        keys = ("videos", "playlists", "channels", "urls", "files")
        if not any(entry.get(key) for key in keys):
            known = ", ".join(key for key in keys if key in entry)
            yield f"{place}: the source names no recording; fill one of {known}"
        elif not missing:
            try:
                make_source(entry)
            except UserError as error:
                yield f"{place}: {error}"
    yield from check_filters(entry.get("match_filters", {}), f"{place}.match_filters")
