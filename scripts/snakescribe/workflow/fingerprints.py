"""Fingerprints of what rules depend on and cannot declare: files of users, items, weights."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from snakescribe.acquire.references import read_beside
from snakescribe.acquire.sources import Found, find_audio, make_source
from snakescribe.acquire.sources.manifests import manifest_files
from snakescribe.config.root import Config
from snakescribe.config.sources import BESIDE, FolderSource, Source, TableSource
from snakescribe.config.transcribe import FILES, Model
from snakescribe.errors import UserError
from snakescribe.paths import team_table
from snakescribe.process.wishes import wish_fields
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.engines import engine_class


def weights_state(model: Model) -> str:
    """Changes when a model changes under the same name: a program's files, an endpoint."""
    return engine_class(model.engine).model_state(model)


def context_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a field changes that prompts may use."""
    return digest([[row["recording"], row["title"], row["context"]] for row in items])


def wishes_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a column changes that says what of a recording is heard."""
    return digest([[row["recording"], *wish_fields(row)] for row in items])


def listing_fingerprint(config: Config) -> str:
    """Changes when the files that local sources name change: new files, edited tables."""
    parts: list[Any] = []
    for entry in config.recordings:
        if isinstance(entry, FolderSource):
            parts.append([str(path) for path in find_audio(entry.path)])
        elif isinstance(entry, TableSource):
            files = manifest_files(Path(entry.path))
            parts.append(_stamp(files[0]) if len(files) == 1 else list(map(_stamp, files)))
        options = entry.model_dump()
        parts += [_stamp(Path(path)) for path in options.get("files", [])]
        if options.get("references"):
            parts.append(_reference_stamp(entry, options["references"]))
        if options.get("query", "").endswith(".sql"):
            parts.append(_stamp(Path(options["query"])))
    for provider in config.context:
        options = provider.model_dump()
        parts += [_stamp(Path(options["table"]))] if options.get("table") else []
        parts += [_stamp(team_table(options["teams"]))] if options.get("teams") else []
    return digest(parts)


def _reference_stamp(entry: Source, place: str) -> Any:
    """Changes when there are other reference files; those of tables, when the table changes."""
    if place != BESIDE:
        path = Path(place)
        return sorted(map(str, path.rglob("*"))) if path.is_dir() else _stamp(path)
    if not isinstance(entry, FolderSource | TableSource):
        return place
    web: Any = None  # these sources ask for nothing
    try:
        listings = make_source(entry).listings()
        listed = [found for listing in listings for found in listing.find(web)]
        files = [found for found in listed if isinstance(found, Found)]
    except UserError:  # the job that lists them says it
        return place
    return [reference.file for reference in read_beside(files)]


def shard_fingerprint(items: Iterable[Row]) -> str:
    """Changes when what there is to fetch changes: the items, or local files behind them."""
    parts = [
        [row["recording"], row["locator"], _stamp(Path(row["locator"])), *_part(row)]
        if row["kind"] == "file"
        else [
            *(row["recording"], row["locator"]),
            *row["context"].get("feed_transcripts", []),
            *_part(row),
        ]
        for row in items
    ]
    return digest(parts)


def _part(item: Row) -> list[float]:
    """Where in its file an item begins and ends, if it is a part of it."""
    return [] if item["start"] is None else [item["start"], item["end"]]


def references_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a reference file changes."""
    return digest([_stamp(Path(row["reference_file"])) for row in items if row["reference_file"]])


def references_of_guide(model: Model, items: Iterable[Row]) -> str:
    """Changes when a reference does by which transcripts that exist already may be cut."""
    return references_fingerprint(items) if model.engine == FILES else ""


def _stamp(path: Path) -> list[Any]:
    """A path -> something that changes when the file does, without reading it."""
    if path.is_dir():
        return [str(path), sorted(child.name for child in path.iterdir())]
    try:
        stat = path.stat()
    except OSError:
        return [str(path), None]
    return [str(path), stat.st_size, stat.st_mtime_ns]
