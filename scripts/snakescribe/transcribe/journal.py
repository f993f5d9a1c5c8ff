"""The store of decoded rows: an append-only file, read back by key after a kill at any moment."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Journal:
    """Decoded rows of one pass and shard by key; a line is written whole or is not there."""

    def __init__(self, path: Path) -> None:
        """Open the journal; a last line that a kill left torn is cut off."""
        self.path = path
        self.rows: dict[str, Entry] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = 0
        if path.exists():
            with path.open("rb") as stream:
                for line in stream:
                    if not line.endswith(b"\n"):
                        break
                    entry = json.loads(line)
                    self.rows[entry["key"]] = entry["row"]
                    whole += len(line)
            if whole < path.stat().st_size:
                os.truncate(path, whole)

    def __contains__(self, key: str) -> bool:
        return key in self.rows

    def add(self, entries: Iterable[tuple[str, Entry]]) -> None:
        """Append rows and have them on disk before returning."""
        with self.path.open("a", encoding="utf-8") as stream:
            for key, row in entries:
                self.rows[key] = row
                stream.write(json.dumps({"key": key, "row": row}, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
