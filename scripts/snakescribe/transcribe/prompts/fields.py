"""What a prompt may say about a recording: its own columns, its context and its metadata."""

from collections.abc import Iterable
from pathlib import Path

from snakescribe.store import read_json
from snakescribe.tables import Row

METADATA = ("title", "description", "channel", "uploader", "series", "episode")


def recording_fields(item: Row, info: Path | None) -> dict[str, str]:
    """An item of the lock file and its info.json -> the fields a template may name, as text.

    Later ones win: downloaded metadata, the item's own columns, the context tables.
    """
    fields: dict[str, str] = {}
    if info and info.exists():
        metadata = read_json(info)
        fields |= {key: str(metadata[key]) for key in METADATA if metadata.get(key)}
    fields["recording"] = item["recording"]
    fields |= {key: item[key] for key in ("title", "language", "speaker") if item[key]}
    fields |= {key: _as_text(value) for key, value in item["context"].items() if value is not None}
    return fields


def fields_by_recording(
    items: Iterable[Row], recordings: Iterable[Row]
) -> dict[str, dict[str, str]]:
    """Items of the lock file -> for each recording the fields that a template may name.

    Args:
        recordings: rows of the recordings table, as far as they are there: without one, a
            recording has no metadata of its site.
    """
    infos = {row["recording"]: Path(row["info"]) for row in recordings if row["info"]}
    return {
        item["recording"]: recording_fields(item, infos.get(item["recording"])) for item in items
    }


def known_fields(items: Iterable[Row]) -> set[str]:
    """The items of the whole corpus -> the fields that a template may name.

    A recording or a shard that lacks one of them gets an empty text for it.
    """
    contexts = {key for item in items for key in item["context"]}
    return {"recording", "title", "language", "speaker", *METADATA, *contexts}


def _as_text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
