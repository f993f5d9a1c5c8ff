"""The store of decoded rows: an append-only file, read back by key after a kill at any moment."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast
from zlib import crc32

from snakescribe.notices import Kind, notify
from snakescribe.store import alone
from snakescribe.transcribe.engines.protocol import Provenance, Segment, Word

_SEAL = re.compile(rb'\{"crc32": "([0-9a-f]{8})", ')


class DecodedRow(TypedDict):
    """What is kept of a decoded chunk; times on the chunk's clock, durations in seconds.

    `run` says which job decoded it, `memory` what that job had used at most by then: MB, and
    what `effort` tells; `faults` counts the values of the answer that could not be, by what
    they were.
    """

    text: str
    language: str
    segments: list[Segment]
    words: list[Word]
    flags: list[str]
    tries: int
    feature_seconds: float
    encode_seconds: float
    decode_seconds: float
    run: Provenance
    memory: dict[str, int | float | None]
    faults: NotRequired[dict[str, int]]


class LanguageVote(TypedDict):
    """What is kept of the chunks of a recording that voted for its language."""

    language: str


@contextmanager
def open_journal(path: Path) -> Iterator["Journal"]:
    """Yield a journal that no other job writes meanwhile: a dead run's may still be at work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    with alone(path):
        yield Journal(path)


class Journal:
    """Rows of one pass and shard by key; a line is written whole or is not there.

    Not every row is a decoded chunk: `decoded` and `language` say what a key is expected to hold.
    """

    def __init__(self, path: Path) -> None:
        """Open the journal.

        A last line that a kill left torn is cut off; a damaged one between others is left out, and
        what it held is made again.
        """
        self.path = path
        self._rows: dict[str, Any] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = 0
        if path.exists():
            with path.open("rb") as stream:
                for number, line in enumerate(stream, 1):
                    if not line.endswith(b"\n"):
                        break
                    self._read(line, number)
                    whole += len(line)
            if whole < path.stat().st_size:
                os.truncate(path, whole)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def keys(self) -> Iterable[str]:
        """The keys of all rows, in the order in which they were kept."""
        return self._rows.keys()

    def decoded(self, key: str) -> DecodedRow:
        """The row of a decoded chunk."""
        return cast(DecodedRow, self._rows[key])

    def language(self, key: str) -> str:
        """The language that a recording's chunks voted for."""
        return cast(LanguageVote, self._rows[key])["language"]

    def adopt(self, rows: Mapping[str, str]) -> None:
        """Keep rows under new keys too: a mapping from these to former ones, which need not be."""
        self.add(
            (key, self._rows[former])
            for key, former in rows.items()
            if former in self._rows and key not in self._rows
        )

    def add(self, rows: Iterable[tuple[str, DecodedRow | LanguageVote]]) -> None:
        """Append rows and have them on disk before returning; a key that is there keeps its row.

        A batch is decoded whole where one of its rows lacks, so that some come a second time.
        """
        with self.path.open("a", encoding="utf-8") as stream:
            for key, row in rows:
                if key in self._rows:
                    continue
                self._rows[key] = row
                line = json.dumps({"key": key, "row": row}, ensure_ascii=False, allow_nan=False)
                stream.write(_seal(line))
            stream.flush()
            os.fsync(stream.fileno())

    def _read(self, line: bytes, number: int) -> None:
        try:
            entry = json.loads(_unseal(line))
            self._rows[entry["key"]] = entry["row"]
        except (ValueError, TypeError, KeyError):
            text = f"line {number} is damaged; its row is made again"
            notify(Kind.STORE_DAMAGED, text, source=str(self.path))


def _seal(text: str) -> str:
    """A JSON object -> a line that says the checksum of the rest: `{"crc32": "0f...", ...}`."""
    return f'{{"crc32": "{crc32(text[1:].encode()):08x}", {text[1:]}\n'


def _unseal(line: bytes) -> bytes:
    """A line -> what it holds; lines of earlier versions have no checksum.

    Raises:
        ValueError: it is not what was written.
    """
    sealed = _SEAL.match(line)
    if not sealed:
        return line
    rest = line[sealed.end() : -1]
    if crc32(rest) != int(sealed[1], 16):
        raise ValueError("it is not what was written")
    return b"{" + rest
