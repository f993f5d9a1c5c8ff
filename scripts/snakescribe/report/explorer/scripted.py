"""Values -> files that a page opened from disk can read.

A browser refuses to `fetch` files for a page that was opened from disk, but runs scripts that lie
beside it. So each file is a script with one call, whose text is data and never code: JSON,
compressed and in Base64, which browsers unpack themselves.
"""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

_CALL = 'snakescribe("%s","%s");\n'


class DataFolder:
    """Writes the data files of an explorer; counts their `files` and `bytes`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made."""
        self._folder = folder
        self.files = 0
        self.bytes = 0

    def write(self, name: str, value: Any) -> None:
        """A name of letters, digits, `-` and `/`, and what JSON can hold -> its file."""
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        # A lone surrogate, from a damaged title, is nothing that a file could hold.
        self.write_bytes(name, gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0))

    def write_bytes(self, name: str, data: bytes) -> None:
        """A name and bytes as they are, such as a sound -> its file."""
        path = self._folder / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (_CALL % (name, base64.b64encode(data).decode())).encode()
        path.write_bytes(content)
        self.files += 1
        self.bytes += len(content)
