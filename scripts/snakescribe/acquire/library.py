"""A library that people can browse: the recordings under readable names, as links or copies."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from snakescribe.acquire.readable_names import readable_name
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.store import digest, read_json, replacing, write_json
from snakescribe.tables import LIBRARY, RECORDINGS, Row, read_table, write_table
from snakescribe.tables.metadata import VIDEOS

STEP_VERSION = 1
UNDATED = "undated"
_CHANNEL_FIELDS = ("channel_title", "show", "channel", "playlist_title")
_DAY_FIELDS = ("event_date", "published")


@dataclass(frozen=True)
class Shelf:
    """Where a recording stands: the folders, and the name without an ending."""

    folder: Path
    name: str


def lay_library(results: Results, copies: bool, output: Path) -> int:
    """Acquired recordings -> a folder beside `output`, which lists it; returns how many they are.

    ``SOURCE/CHANNEL/YEAR/DAY - TITLE [ID].ext``, with captions and yt-dlp's info beside the audio.
    What an earlier call has laid and is no more is removed; other files stay.

    Args:
        results: the results folder.
        copies: lay copies; else links, which point into the results folder or to local files.
        output: the table to write, in the library's folder.

    Raises:
        UserError: the folder cannot be written to.
    """
    library = output.parent
    kept = results.store / "library.json"
    before = set(read_json(kept)["paths"]) if kept.exists() else set()
    rows = [row for row in _rows(results) if _is_there(row)]
    paths = {str(row["path"]) for row in rows}
    try:
        write_json(kept, {"paths": sorted(before | paths)})  # a killed call is known to the next
        for path in sorted(before - paths):
            _take_away(library, library / path)
        for row in rows:
            target, path = Path(row["target"]), library / row["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            if copies:
                _copy(target, path)
            else:
                _link(target, path, results.folder)
        write_json(kept, {"paths": sorted(paths)})
    except OSError as error:
        raise UserError(
            f"{library}: cannot lay the library: {error.strerror} ({error.filename}); make room or "
            "mend the folder's permissions and run again"
        ) from error
    write_table(LIBRARY, output, rows)
    return len({row["recording"] for row in rows})


def _rows(results: Results) -> Iterator[Row]:
    """The files of all recordings that have audio -> rows of `LIBRARY`."""
    videos = {row["recording"]: row for row in read_table(VIDEOS, results.path(VIDEOS))}
    items = {item["recording"]: item for item in results.items()}
    taken: set[str] = set()
    for row in results.rows(RECORDINGS):
        if row["status"] != "ok":
            continue
        item = items[row["recording"]]
        shelf = find_shelf(item, videos.get(row["recording"], {}))
        for what, ending, target in _files(row):
            path = str(shelf.folder / f"{shelf.name}{ending}")
            if path.casefold() in taken:  # ids may differ in capitals only, disks may not
                path = str(shelf.folder / f"{shelf.name} {digest(row['recording'])[:8]}{ending}")
            taken.add(path.casefold())
            yield {"recording": row["recording"], "what": what, "path": path, "target": target}


def find_shelf(item: Row, video: Row) -> Shelf:
    """A row of `items.tsv` and what its site says -> where it stands in the library."""
    context = item["context"]
    source, _, listing = item["source"].partition(":")
    channels = chain([video.get("channel_title")], (context.get(name) for name in _CHANNEL_FIELDS))
    channel = next(filter(None, channels), None) or Path(listing).stem or "-"
    published = str(video.get("published_at") or "")[:10]
    days = chain((str(context.get(name) or "") for name in _DAY_FIELDS), [published])
    day = next((day[:10] for day in days if _is_day(day[:10])), "")
    title = str(item["title"] or video.get("title") or "")
    parts = [day, title if title != item["recording"] else ""]
    name = readable_name(" - ".join(filter(None, parts)), 120)
    mark = f"[{item['recording']}]"
    return Shelf(
        Path(readable_name(source, 40) or "-")
        / (readable_name(str(channel), 80) or "-")
        / (day[:4] or UNDATED),
        f"{name} {mark}" if name else mark,
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _files(row: Row) -> Iterator[tuple[str, str, str]]:
    """What lies where of a recording: what it is, the ending of its name, the file."""
    yield "audio", Path(row["audio"]).suffix.lower(), row["audio"]
    for caption in row["captions"]:
        path = Path(caption["path"])
        middle = "" if caption["tier"] == "manual_caption" else f".{caption['tier']}"
        ending = f"{middle}.{readable_name(caption['language'], 20)}{path.suffix.lower()}"
        yield "captions", ending, caption["path"]
    if row["info"]:
        yield "info", ".info.json", row["info"]


def _is_there(row: Row) -> bool:
    if Path(row["target"]).is_file():
        return True
    text = f"its {row['what']} is no more where it was acquired; not in the library"
    notify(Kind.FILE_GONE, text, recording=row["recording"], source=row["target"])
    return False


def _copy(target: Path, path: Path) -> None:
    if path.is_file() and not path.is_symlink():
        ours, theirs = path.stat(), target.stat()
        if (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns):
            return
    if path.is_symlink():
        path.unlink()  # else the file that it leads to would be replaced
    with replacing(path) as part:
        shutil.copy2(target, part)


def _link(target: Path, path: Path, folder: Path) -> None:
    """Link to a file: relative inside the results folder, which may be moved as a whole."""
    root, whole = folder.resolve(), target.resolve()
    link = target.absolute()
    if whole.is_relative_to(root):
        up = ".." + "/.." * (len(path.parent.resolve().relative_to(root).parts) - 1)
        link = Path(up) / whole.relative_to(root)
    if path.is_symlink() and path.readlink() == link:
        return
    path.unlink(missing_ok=True)
    path.symlink_to(link)


def _take_away(library: Path, path: Path) -> None:
    """Remove what was laid, and the folders that are empty then."""
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if library not in folder.parents:
            return
        try:
            folder.rmdir()
        except OSError:  # something else lies there
            return
