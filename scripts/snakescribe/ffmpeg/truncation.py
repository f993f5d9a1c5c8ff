"""A media file -> what shows that its end is missing, if anything.

Decoders are content with what there is of an Ogg, a WebM or an MP3 file that was cut. But each of
these says, outside of the sound, how much there should be: the length of a box, the mark of a last
page, the size of a frame.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

_OGG_PAGE = 65_307  # bytes at most (RFC 3533, section 6)
_OGG_LAST = 4
_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067
_RIFF_UNKNOWN = 0x7FFF0000  # what is written to a pipe says 0 or about 2 or 4 GB
_FORMATS = {b"OggS": "ogg", b"\x1a\x45\xdf\xa3": "matroska", b"RIFF": "wav", b"FORM": "aiff",
            b".snd": "au"}  # fmt: skip
# kbit/s of layer III by version (MPEG-1, else 2 and 2.5), and samples/s (ISO 11172-3, 13818-3).
_MP3_RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000),
                     0: (11_025, 12_000, 8_000)}  # fmt: skip


def missing_end(path: Path, format_name: str, last_packet: bytes) -> str:
    """A media file, ffmpeg's name of its format and its last packet -> words, or "" if it is whole.

    Formats that tell nothing count as whole.
    """
    size = path.stat().st_size
    names = set(format_name.split(","))
    with path.open("rb") as stream:
        if "ogg" in names:
            return _ogg(stream, size)
        if "mp3" in names:
            return "its last frame is cut" if _mp3_frame(last_packet) > len(last_packet) else ""
        if "flac" in names:
            return "its last frame is cut" if _flac_crc(last_packet) else ""
        if "matroska" in names:
            wanted = _matroska(stream)
        elif "mp4" in names:
            wanted = max(_boxes(stream, size), default=0)
        else:
            wanted = _chunk(stream)
    return f"{wanted - size} bytes of it are missing" if wanted > size else ""


def looks_cut(path: Path) -> str:
    """A media file -> what shows that its end is missing, in words, without reading all of it.

    Not seen are formats that only tell by their packets.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    name = "mp4" if head[4:] == b"ftyp" else _FORMATS.get(head[:4])
    return missing_end(path, name, b"") if name else ""


def stated_bytes(path: Path) -> int:
    """A WAV file -> the bytes that its header says it has; 0 where it does not say."""
    with path.open("rb") as stream:
        return _chunk(stream)


def _ogg(stream: IO[bytes], size: int) -> str:
    start = max(0, size - 2 * _OGG_PAGE)
    stream.seek(start)
    tail = stream.read()
    page = tail.rfind(b"OggS\0")
    if page < 0 or len(tail) < page + 27:
        return "its last page is cut"
    lengths = tail[page + 27 : page + 27 + tail[page + 26]]
    if len(tail) < page + 27 + tail[page + 26] + sum(lengths):
        return "its last page is cut"
    return "" if tail[page + 5] & _OGG_LAST else "its last page is not marked as the last"


def _mp3_frame(header: bytes) -> int:
    """The header of an MPEG audio frame -> its bytes; 0 if it is no layer III."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, sampling = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or sampling == 3:
        return 0
    bits = _MP3_RATES[version == 3][rate] * 1000 * (144 if version == 3 else 72)
    return bits // _MP3_SAMPLE_RATES[version][sampling] + (header[2] >> 1 & 1)


def _flac_crc(frame: bytes) -> int:
    """A frame of FLAC -> the CRC-16 of all of it, which is 0 where it is whole (RFC 9639, 9.3)."""
    crc = 0
    for byte in frame:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _matroska(stream: IO[bytes]) -> int:
    """Where the segment ends; 0 where that is not known (RFC 8794, RFC 9559)."""
    for wanted in (_EBML, _SEGMENT):
        name = _number(stream, keep_marker=True)
        length = _number(stream, keep_marker=False)
        if name != wanted or length is None:
            return 0
        if wanted == _SEGMENT:
            return stream.tell() + length
        stream.seek(length, 1)
    return 0


def _number(stream: IO[bytes], keep_marker: bool) -> int | None:
    """The next EBML number; None where it is of unknown size, or there is none."""
    first = stream.read(1)
    if not first or not first[0]:
        return None
    width = 9 - first[0].bit_length()
    data = first + stream.read(width - 1)
    value = int.from_bytes(data, "big")
    if keep_marker:
        return value
    value &= (1 << 7 * width) - 1
    return None if value == (1 << 7 * width) - 1 else value


def _boxes(stream: IO[bytes], size: int) -> Iterator[int]:
    """The ends of the boxes of an MP4 file, as they say themselves (ISO 14496-12, 4.2)."""
    start = 0
    while start + 8 <= size:
        stream.seek(start)
        header = stream.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length < 8:  # 0: up to the end of the file
            return
        start += length
        yield start


def _chunk(stream: IO[bytes]) -> int:
    """Where the sound of a WAV, AIFF or AU file ends; 0 where that is not known."""
    header = stream.read(12)
    if header[:4] == b"RIFF" and (length := int.from_bytes(header[4:8], "little")):
        return 0 if length >= _RIFF_UNKNOWN else length + 8
    if header[:4] == b"FORM":
        return int.from_bytes(header[4:8], "big") + 8
    if header[:4] == b".snd" and (length := int.from_bytes(header[8:12], "big")) != 0xFFFFFFFF:
        return int.from_bytes(header[4:8], "big") + length
    return 0
