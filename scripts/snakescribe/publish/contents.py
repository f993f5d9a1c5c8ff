"""The files of an archive on their way: masked, by name, and the zip that they become."""

import base64
import gzip
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from snakescribe.publish.masks import Masks
from snakescribe.publish.parquet import mask_parquet
from snakescribe.store import file_sha256, replacing
from snakescribe.tables import Row, Table, write_table

SUMS = "SHA256SUMS"
# What is written as it is: no text, or packed.
SOUNDS = frozenset({".flac", ".wav", ".mp3", ".opus", ".ogg", ".m4a", ".aac", ".webm", ".mp4"})
_AS_IT_IS = SOUNDS | {".png", ".jpg", ".jpeg", ".webp", ".gif", ".woff2", ".gz"}
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows: equal content, equal file
# A script of an explorer with data in it (`report.explorer.scripted`).
_SCRIPTED = re.compile(rb'(snakescribe\("[^"]*",")([A-Za-z0-9+/=]*)("\);\n)')
_GZIP = b"\x1f\x8b"
_TEXT_IN_PAGE = re.compile(r"(data:text/[a-z]+;(?:charset=utf-8;)?base64,)([A-Za-z0-9+/=]+)")


class Contents:
    """Files by the names that they will have; what is masked or made lies in a scratch folder."""

    def __init__(self, folder: Path, masks: Masks) -> None:
        """Take an empty folder to write to."""
        self._folder = folder
        self.masks = masks
        self.files: dict[str, Path] = {}

    def add_text(self, name: str, text: str) -> None:
        """Add a text, masked; texts within a page that are to be saved from it, too."""
        if name.endswith(".html"):
            text = _TEXT_IN_PAGE.sub(lambda match: self._mask_saved(match, name), text)
        # Bytes that are no UTF-8 come back as they were.
        data = self.masks.text(text, name).encode("utf-8", "surrogateescape")
        self._place(name).write_bytes(data)

    def add_table(self, name: str, table: Table, rows: Iterable[Row]) -> None:
        """Add rows as a file of a table, masked."""
        write_table(table, self._place(name), (self.masks.value(row, name) for row in rows))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file: text and Parquet are masked, sounds and pictures are what they are."""
        suffix = path.suffix.lower()
        if suffix in _AS_IT_IS:
            self.files[name] = path
        elif suffix == ".parquet":
            self.files[name] = mask_parquet(path, self._place(name), self.masks, name)
        elif suffix == ".js" and (scripted := _SCRIPTED.fullmatch(path.read_bytes())):
            self._add_scripted(name, path, scripted)
        else:
            self.add_text(name, path.read_bytes().decode("utf-8", "surrogateescape"))

    def add_made(self, name: str) -> Path:
        """A name -> where to write a file that has nothing to mask."""
        return self._place(name)

    def pack(self, output: Path) -> None:
        """Write all as one zip, with digests in `SHA256SUMS`, as `sha256sum -c` reads them."""
        sums = [f"{file_sha256(path)}  {name}\n" for name, path in sorted(self.files.items())]
        self._place(SUMS).write_text("".join(sums), encoding="utf-8")
        with replacing(output) as part, ZipFile(part, "w", ZIP_DEFLATED) as archive:
            for name, path in sorted(self.files.items()):
                entry = ZipInfo(name, _BEGINNING)
                entry.compress_type = ZIP_STORED if path.suffix in SOUNDS else ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as target:
                    while block := source.read(1 << 20):
                        target.write(block)

    def _place(self, name: str) -> Path:
        path = self._folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files[name] = path
        return path

    def _add_scripted(self, name: str, path: Path, scripted: re.Match[bytes]) -> None:
        """Add a script with data: JSON, packed, is masked; sound is what it is."""
        data = base64.b64decode(scripted[2])
        text = gzip.decompress(data).decode("utf-8") if data.startswith(_GZIP) else ""
        masked = self.masks.text(text, name)
        if masked == text:
            self.files[name] = path
            return
        packed = base64.b64encode(gzip.compress(masked.encode("utf-8"), 6, mtime=0))
        self._place(name).write_bytes(scripted[1] + packed + scripted[3])

    def _mask_saved(self, match: re.Match[str], name: str) -> str:
        text = base64.b64decode(match[2]).decode("utf-8", "surrogateescape")
        masked = self.masks.text(text, name).encode("utf-8", "surrogateescape")
        return match[1] + base64.b64encode(masked).decode()
