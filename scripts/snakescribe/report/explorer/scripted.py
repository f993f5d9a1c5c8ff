"""Values -> files that a page opened from disk can read.

A browser refuses to `fetch` files for a page that was opened from disk, but runs scripts that lie
beside it. So each file is a script with one call, whose text is data and never code: JSON,
compressed and in Base64, which browsers unpack themselves.
"""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CALL = b'snakescribe("%b","%b");\n'


class DataFolder:
    """Writes the data files of an explorer; counts their `files` and `bytes`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made."""
        self._folder = folder
        self.files = 0
        self.bytes = 0

    def write(self, name: str, value: Any) -> None:
        """A name of letters, digits, `-` and `/`, and what JSON can hold -> its file."""
        self.write_bytes(name, _pack(_as_json(value)))

    def write_bytes(self, name: str, data: bytes) -> None:
        """A name and bytes as they are, such as a sound -> its file."""
        path = self._folder / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = _CALL % (name.encode(), base64.b64encode(data))
        path.write_bytes(content)
        self.files += 1
        self.bytes += len(content)


def change_data(content: bytes, change: Callable[[str], str]) -> bytes:
    """The content of a file that `DataFolder.write` wrote -> the same with its JSON changed."""
    _, name, _, data, _ = content.split(b'"')
    text = gzip.decompress(base64.b64decode(data)).decode()
    return _CALL % (name, base64.b64encode(_pack(change(text))))


def set_value(text: str, key: str, value: str) -> str:
    """The JSON of an object -> the same with one value set."""
    return _as_json({**json.loads(text), key: value})


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _pack(text: str) -> bytes:
    # A lone surrogate, from a damaged title, is nothing that a file could hold.
    return gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)
