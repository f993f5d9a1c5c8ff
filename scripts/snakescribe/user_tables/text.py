"""The bytes of a text that a user gives -> its characters."""

import codecs
import gzip
import shlex
import zlib
from pathlib import Path

from snakescribe.errors import UserError

_PLAIN = "utf-8-sig"
_MARKS = {  # that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"": _PLAIN,
}
_NAMES = {_PLAIN: "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
_COMMON = "cp1252"  # which has all letters of Latin-1
_END_OF_DOS = "\x1a"  # Ctrl-Z, which old programs write behind a text
_AROUND = 12  # bytes before and after what cannot be read, to tell it by


def read_user_text(path: Path) -> str:
    """A text file -> its content, without a byte-order mark and with ``\\n`` line ends.

    UTF-8, or UTF-16 or UTF-32 with its mark, as spreadsheets write it; ``.gz`` is unpacked.

    Raises:
        UserError: it cannot be read, or is no such text (with the line number).
    """
    return decode_text(path, read_bytes(path))


def read_bytes(path: Path, most: int = -1) -> bytes:
    """A file -> its bytes, `most` of them, unpacked where it is ``.gz``.

    Raises:
        UserError: it cannot be read.
    """
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as unpacked:
                return unpacked.read(most)
        with path.open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path}: cannot read it: {reason}") from error


def decode_text(path: Path, raw: bytes) -> str:
    """The bytes of a text file, or of its beginning -> its characters.

    Raises:
        UserError: it is neither UTF-8 nor UTF-16 with a mark (with the line number).
    """
    codec = next(name for mark, name in _MARKS.items() if raw.startswith(mark))
    if codec == _PLAIN and (place := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, place) + 1
        raise UserError(
            f"{path}: line {line}: it holds zero bytes, as UTF-16 without its mark does; "
            "save the file as UTF-8"
        )
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        remedy = _remedy(path, raw, error.start) if codec == _PLAIN else "save the file as UTF-8"
        raise UserError(f"{path}: line {line}: not {_NAMES[codec]} text; {remedy}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix(_END_OF_DOS)


def _remedy(path: Path, raw: bytes, place: int) -> str:
    """Bytes that are no UTF-8, and where -> what to do: no encoding is guessed, one is shown."""
    start = max(raw.rfind(b"\n", 0, place) + 1, place - _AROUND)
    line = raw[start : place + _AROUND].split(b"\n")[0].decode(_COMMON, "replace").strip()
    return (
        f"save the file as UTF-8; as {_COMMON} (Windows, Latin-1) it reads '{line}': "
        f"where that is right, `iconv -f {_COMMON} -t UTF-8 {shlex.quote(path.name)}` gives it"
    )
