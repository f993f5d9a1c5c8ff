"""Recordings that are parts of files: each becomes a file of its own, kept in the store."""

from pathlib import Path

from snakescribe.acquire.local_files import empty_row
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.parts import cut_part
from snakescribe.ffmpeg.whole import probe_audio
from snakescribe.store import digest, file_sha256, keyed_path
from snakescribe.tables import Row

# What a part may be shorter than its manifest says: spans are rounded, and frames have a length.
_SLACK_SECONDS = 0.1


def take_part(store: Path, item: Row, row: Row) -> Row:
    """An item, and the row of its whole file -> the row of the part that the item is.

    An item that is a whole file, and one whose file cannot be had, keep their row. Codec and bit
    rate stay those of the whole file; captions would be of the whole, and a part has none.

    Raises:
        OSError: this machine is at fault, such as with a full disk.
    """
    start, end = item["start"], item["end"]
    if start is None or row["status"] != "ok":
        return row
    if start == 0 and row["seconds"] is not None and end >= row["seconds"] - _SLACK_SECONDS:
        return {**row, "captions": []}  # all of the file
    span = f"the part from {start:g} to {end:g} s of {row['audio']}"
    part = keyed_path(store / "parts", digest("part", row["sha256"], start, end), ".flac")
    if not part.exists():
        if row["seconds"] is not None and start >= row["seconds"]:
            text = f"{span} lies behind its end, at {row['seconds']:g} s"
            return empty_row(item, "corrupt", text)
        try:
            cut_part(Path(row["audio"]), start, end, part)
        except FFmpegError as error:
            return empty_row(item, "corrupt", f"{span} cannot be read: {error}")
    probe = probe_audio(part)
    if probe.status != "ok" or probe.seconds is None:
        return empty_row(item, probe.status, f"{span}: {probe.reason}")
    reason = row["reason"]
    if end - start - probe.seconds > _SLACK_SECONDS:
        reason = f"{span} is only {probe.seconds:g} s long"
    return {
        **row,
        "reason": reason,
        "audio": str(part),
        "sha256": file_sha256(part),
        "bytes": part.stat().st_size,
        "seconds": probe.seconds,
        "captions": [],
    }
