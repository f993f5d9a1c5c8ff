"""A user's references (a folder of files, or a table) -> which belongs to which recording."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.sources.listing import Found
from snakescribe.acquire.sources.rows import LOCATOR_COLUMNS, find_file
from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, write_text
from snakescribe.tables import Row
from snakescribe.user_tables import read_rows, read_user_text


@dataclass
class References:
    """References by the recording's id, file name or path: (text, file), one of them empty.

    `place` is where they are from.
    """

    by_name: dict[str, tuple[str, str]] = field(default_factory=dict)
    place: str = ""

    def add_to(self, recording: Found) -> Found:
        """A recording -> the same with its reference, unless it has one of its own."""
        if recording.reference or recording.reference_file:
            return recording
        for key in _names(recording):
            if key in self.by_name:
                text, file = self.by_name[key]
                return replace(recording, reference=text, reference_file=file)
        return recording

    def notify_of_strangers(self, listed: Iterable[Found]) -> None:
        """Give notice of references that belong to none of the recordings that were listed."""
        names = {name for recording in listed for name in _names(recording)}
        if strangers := [name for name in self.by_name if name not in names]:
            notify(
                Kind.REFERENCE_UNMATCHED,
                f"{len(strangers)} of {len(self.by_name)} references match no recording: "
                f"{_first(strangers)}",
                source=self.place,
            )


def _names(recording: Found) -> tuple[str, ...]:
    """By what a reference may name a recording, the best first."""
    if recording.part:  # its file's name is that of others, too
        return recording.id, safe_id(recording.id)
    locator = recording.locator
    path = Path(urlsplit(locator).path if recording.kind == "url" else locator)
    return recording.id, locator, path.name, path.stem, safe_id(recording.id)


def _first(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")


def read_references(path: Path, store: Path) -> References:
    """A folder of reference files named by id, a table, or one STM or CTM file for all.

    Where a folder has several files of one id, the one with the best times is taken
    (see `REFERENCE_SUFFIXES`). A table has `id` and `reference` (or `reference_file`). A scoring
    file is split into one for each recording, which lie in the store.

    Raises:
        UserError: the table names no recording or no reference, or a file is missing.
    """
    if not path.exists():
        raise UserError(f"references: no such file or folder: {path}")
    if path.is_dir():
        return _from_folder(path)
    if path.suffix.lower() in {".stm", ".ctm"}:
        return _split_scoring_file(path, store)
    references = References(place=str(path))
    for row in read_rows(path):
        name = row.first("id", *LOCATOR_COLUMNS)
        text, file = row.first("reference", "text"), row.first("reference_file")
        if not name or not (text or file):
            raise row.fail("a reference needs `id` and `reference` or `reference_file`")
        if file and not (place := find_file(file, path)).is_file():
            raise row.fail(f"reference_file: no such file: {file}")
        references.by_name[name] = (text, "") if text else ("", str(place))
    return references


def notify_of_reference_files(items: Iterable[Row]) -> None:
    """Give notice of items whose reference file is gone, or of a kind that cannot be read."""
    for item in items:
        file = item["reference_file"]
        if not file:
            continue
        if not Path(file).is_file():
            text = "the reference file does not exist; not scored"
        elif Path(file).suffix.lower() not in REFERENCE_SUFFIXES:
            endings = ", ".join(REFERENCE_SUFFIXES)
            text = f"the reference file does not end in {endings}; not scored"
        else:
            continue
        notify(Kind.REFERENCE_MISSING, text, recording=item["recording"], source=file)


def _from_folder(path: Path) -> References:
    ranked: dict[str, tuple[int, Path]] = {}
    for file in sorted(path.rglob("*")):
        suffix = file.suffix.lower()
        if suffix in REFERENCE_SUFFIXES and file.is_file():
            candidate = (REFERENCE_SUFFIXES.index(suffix), file)
            ranked[file.stem] = min(candidate, ranked.get(file.stem, candidate))
    if not ranked:
        raise UserError(
            f"{path}: no reference in this folder; "
            f"references are files named by id that end in {', '.join(REFERENCE_SUFFIXES)}"
        )
    by_name = {name: ("", str(file)) for name, (_, file) in ranked.items()}
    return References(by_name, str(path))


def _split_scoring_file(path: Path, store: Path) -> References:
    lines: dict[str, list[str]] = {}
    for _, line in content_lines(read_user_text(path)):
        lines.setdefault(line.split(None, 1)[0], []).append(line)
    references = References(place=str(path))
    for name, own in lines.items():
        part = keyed_path(store / "references", digest(str(path), name), path.suffix.lower())
        write_text(part, "\n".join(own) + "\n")
        references.by_name[name] = ("", str(part))
    return references
