"""A user's references (files in a folder or beside the recordings, a table) -> whose they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from snakescribe.acquire.nearest import name_with_nearest
from snakescribe.acquire.reference_match import Entry, match_references, normal
from snakescribe.acquire.sources.listing import Found
from snakescribe.acquire.sources.rows import LOCATOR_COLUMNS, find_file
from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.config.sources import BESIDE
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, write_text
from snakescribe.tables import Row
from snakescribe.user_tables import read_rows, read_user_text

# What lies beside recordings and is never a reference: metadata of downloads.
_NO_REFERENCES = (".info.json", ".live_chat.json")
_ENDINGS = ", ".join(REFERENCE_SUFFIXES)
# Texts that may be references and that nothing here reads.
_UNREAD = frozenset(
    {
        ".ass", ".cha", ".csv", ".doc", ".docx", ".htm", ".html", ".lab", ".lrc", ".md", ".odt",
        ".pdf", ".rtf", ".smi", ".ssa", ".sub", ".trs", ".tsv", ".xml",
    }
)  # fmt: skip


@dataclass
class References:
    """The references of a source, and to which of its recordings they belong.

    Attributes:
        place: where they are from.
        entries: all of them.
        chosen: by identity of a recording, its reference.
        used: the references that belong to any recording.
        names: by what the recordings may be named, for hints.
    """

    place: str = ""
    entries: list[Entry] = field(default_factory=list)
    chosen: dict[str, Entry] = field(default_factory=dict)
    used: set[Entry] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add_to(self, recording: Found) -> Found:
        """A recording -> the same with its reference, unless it has one of its own."""
        entry = self.chosen.get(recording.identity)
        if entry is None or recording.reference or recording.reference_file:
            return recording
        return replace(recording, reference=entry.text, reference_file=entry.file)

    def join(self, other: "References") -> None:
        """Add what another source uses of references from the same place."""
        self.entries = list(dict.fromkeys([*self.entries, *other.entries]))
        self.used |= other.used
        self.names |= other.names

    def notify_of_strangers(self) -> None:
        """Give notice of references that belong to none of the recordings."""
        strangers = dict.fromkeys(entry.name for entry in self.entries if entry not in self.used)
        for name in {entry.name for entry in self.used}:
            strangers.pop(name, None)  # another kind of file for the same recording
        if strangers:
            count = len({entry.name for entry in self.entries})
            notify(
                Kind.REFERENCE_UNMATCHED,
                f"{len(strangers)} of {count} references match no recording: "
                f"{name_with_nearest(list(strangers), self.names)}",
                source=self.place,
            )


def read_references(place: str, listed: Sequence[Found], store: Path | None) -> References:
    """Where a source's references are, and all that it lists -> which belongs to which.

    They are in a folder of files, named as the recordings below theirs; in a table with `id` and
    `reference` (or `reference_file`); in one STM or CTM file for all, which is split into one for
    each recording, which lie in the store; or `beside` the recordings, named like them. Where a
    recording has several files, the one with the best times is taken (see `REFERENCE_SUFFIXES`).

    Args:
        place: as the config has it.
        listed: the recordings.
        store: the store; without one only names are told, and no file is split.

    Raises:
        UserError: the table names no recording or no reference, a file is missing, or it cannot be
            told which recording a reference belongs to.
    """
    entries = read_beside(listed) if place == BESIDE else _read_entries(Path(place), store)
    chosen, used = match_references(entries, listed, by_path_only=place == BESIDE)
    if place != BESIDE and Path(place).is_dir():
        _notify_of_unread(Path(place), [one for one in listed if one.identity not in chosen])
    names = {name for recording in listed for name in (recording.id, Path(recording.locator).stem)}
    return References(place, entries, chosen, used, names)


def _read_entries(path: Path, store: Path | None) -> list[Entry]:
    if not path.exists():
        raise UserError(f"references: no such file or folder: {path}")
    if path.is_dir():
        return _from_folder(path)
    if path.suffix.lower() in {".stm", ".ctm"}:
        return _split_scoring_file(path, store)
    return _from_table(path)


def _from_table(path: Path) -> list[Entry]:
    """A table with `id` and `reference` or `reference_file`; rows without one are a notice."""
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    empty: list[str] = []
    for row in read_rows(path):
        name = row.first("id", *LOCATOR_COLUMNS)
        text, file = row.first("reference", "text"), row.first("reference_file")
        known = any(map(row.has, ("reference", "text", "reference_file")))
        if not (name and known):
            raise row.fail("a reference needs `id` and `reference` or `reference_file`")
        if not (text or file):
            empty.append(name)
            continue
        if name in entries:
            raise row.fail(f"the reference of '{name}' stands in line {lines[name]} already")
        if file and not (place := find_file(file, path)).is_file():
            raise row.fail(f"reference_file: no such file: {file}")
        entries[name] = Entry(name, text, "" if text else str(place))
        lines[name] = row.line
    if empty:
        count = len(empty) + len(entries)
        notify(
            Kind.REFERENCE_MISSING,
            f"{len(empty)} of {count} rows have no reference: {', '.join(empty[:5])}"
            + (" …" if len(empty) > 5 else ""),
            source=str(path),
        )
    return list(entries.values())


def read_beside(listed: Iterable[Found]) -> list[Entry]:
    """Recordings -> the reference files in the folders of those that are files."""
    folders = {Path(recording.locator).parent for recording in listed if recording.kind == "file"}
    own = {recording.locator for recording in listed}
    return [
        entry
        for folder in sorted(folders)
        if folder.is_dir()
        for entry in _list_files(folder.iterdir())
        if entry.file not in own
    ]


def notify_of_reference_files(items: Iterable[Row]) -> None:
    """Give notice of items whose reference file is gone, or of a kind that cannot be read."""
    for item in items:
        file = item["reference_file"]
        if not file:
            continue
        if not Path(file).is_file():
            text = "the reference file does not exist; not scored"
        elif Path(file).suffix.lower() not in REFERENCE_SUFFIXES:
            text = f"the reference file does not end in {_ENDINGS}; not scored"
        else:
            continue
        notify(Kind.REFERENCE_MISSING, text, recording=item["recording"], source=file)


def _notify_of_unread(folder: Path, recordings: Iterable[Found]) -> None:
    """Give notice of recordings whose reference may be a file of a kind that cannot be read."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in _UNREAD]
    by_name = {normal(file.stem): file for file in reversed(files)}
    for recording in recordings:
        own = [normal(name) for name in (recording.id, Path(recording.locator).stem)]
        file = next((by_name[name] for name in own if name in by_name), None)
        if file and not (recording.reference or recording.reference_file):
            text = f"{file.name} may be its reference, and does not end in {_ENDINGS}; not scored"
            notify(Kind.REFERENCE_MISSING, text, recording=recording.id, source=str(file))


def _from_folder(path: Path) -> list[Entry]:
    entries = _list_files(path.rglob("*"), path)
    if not entries:
        raise UserError(
            f"{path}: no reference in this folder; "
            f"references are files named by id that end in {_ENDINGS}"
        )
    return entries


def _list_files(files: Iterable[Path], folder: Path | None = None) -> list[Entry]:
    """Files -> those that may be references, by their path, below a folder if one is given."""
    return [
        Entry(
            (file.relative_to(folder) if folder else file).with_suffix("").as_posix(),
            file=str(file),
            rank=REFERENCE_SUFFIXES.index(file.suffix.lower()),
        )
        for file in sorted(files)
        if file.suffix.lower() in REFERENCE_SUFFIXES
        and not file.name.lower().endswith(_NO_REFERENCES)
        and file.is_file()
    ]


def _split_scoring_file(path: Path, store: Path | None) -> list[Entry]:
    lines: dict[str, list[str]] = {}
    for _, line in content_lines(read_user_text(path)):
        lines.setdefault(line.split(None, 1)[0], []).append(line)
    if store is None:
        return [Entry(name) for name in lines]
    entries: list[Entry] = []
    for name, own in lines.items():
        part = keyed_path(store / "references", digest(str(path), name), path.suffix.lower())
        write_text(part, "\n".join(own) + "\n")
        entries.append(Entry(name, file=str(part)))
    return entries
