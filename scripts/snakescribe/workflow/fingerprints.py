"""Fingerprints of what rules depend on and cannot declare: files of users, items, weights."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from snakescribe.acquire.sources import find_audio
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.engines import engine_class

Config = dict[str, Any]


def weights_state(config: Config, model: str) -> str:
    """Changes when a model changes under the same name: a program's files, an endpoint."""
    settings = config["models"][model]
    return engine_class(settings["engine"]).weights_state(settings["weights"])


def context_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a field changes that prompts may use."""
    return digest([[row["recording"], row["title"], row["context"]] for row in items])


def listing_fingerprint(config: Config) -> str:
    """Changes when the files that local sources name change: new files, edited tables."""
    parts: list[Any] = []
    for entry in config["recordings"]:
        if entry["source"] == "folder":
            parts.append([str(path) for path in find_audio(entry["path"])])
        elif entry["source"] == "table":
            parts.append(_stamp(Path(entry["path"])))
        parts += [_stamp(Path(path)) for path in entry.get("files", [])]
        if entry.get("references"):
            parts.append(_stamp(Path(entry["references"])))
        if entry.get("query", "").endswith(".sql"):
            parts.append(_stamp(Path(entry["query"])))
    for entry in config["context"]:
        parts += [_stamp(Path(entry[key])) for key in ("table", "teams") if entry.get(key)]
    return digest(parts)


def shard_fingerprint(items: Iterable[Row]) -> str:
    """Changes when what there is to fetch changes: the items, or local files behind them."""
    parts = [
        [row["recording"], row["locator"], _stamp(Path(row["locator"]))]
        if row["kind"] == "file"
        else [row["recording"], row["locator"], *row["context"].get("feed_transcripts", [])]
        for row in items
    ]
    return digest(parts)


def references_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a reference file changes."""
    return digest([_stamp(Path(row["reference_file"])) for row in items if row["reference_file"]])


def _stamp(path: Path) -> list[Any]:
    """A path -> something that changes when the file does, without reading it."""
    if path.is_dir():
        return [str(path), sorted(child.name for child in path.iterdir())]
    try:
        stat = path.stat()
    except OSError:
        return [str(path), None]
    return [str(path), stat.st_size, stat.st_mtime_ns]
