"""A path that the source `table` is given -> what it is, and the recordings that it names.

A plain table, or a manifest as people have it: NeMo, Common Voice, Hugging Face's AudioFolder,
Kaldi, Lhotse, LibriSpeech. Which one is told by names of files and columns; see docs/acquire.md.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from snakescribe.acquire.sources.kaldi import check_kaldi, read_kaldi
from snakescribe.acquire.sources.layouts import Layout, layout_of
from snakescribe.acquire.sources.lhotse import (
    is_cut,
    is_recording,
    is_supervision,
    read_cuts,
    read_supervisions,
)
from snakescribe.acquire.sources.librispeech import ENDING, read_librispeech
from snakescribe.acquire.sources.listing import Found, Skipped
from snakescribe.acquire.sources.rows import found_in_rows, reference_file_in
from snakescribe.errors import UserError
from snakescribe.user_tables import TableHead, is_json, read_head, read_user_table

COMMENT = "taken for a comment"
_JSON_ENDINGS = ("jsonl", "jsonl.gz", "json", "json.gz")
_COMMON_VOICE = ("validated.tsv", "train.tsv", "dev.tsv", "test.tsv", "other.tsv")


@dataclass(frozen=True)
class Manifest:
    """What a path is.

    Attributes:
        name: in words.
        path: the file or folder that is read in the end.
        read: gives its recordings.
        check: raises UserError for a mistake at its beginning.
        layout: which columns say what, where it is a table.
        head: its first rows, where it is a table.
    """

    name: str
    path: Path
    read: Callable[[], Iterator[Found | Skipped]]
    check: Callable[[], None]
    layout: Layout | None = None
    head: TableHead | None = None


def open_manifest(path: Path) -> Manifest:
    """A file or a folder -> what it is; only heads of files are read.

    Raises:
        UserError: it cannot be read, or a folder has nothing that is known in it.
    """
    if path.is_dir():
        return _open_folder(path)
    if path.name == "wav.scp":
        return _open_folder(path.parent)
    if path.name.endswith(ENDING):
        return _librispeech(path)
    head = read_head(path)
    first = head.rows[0] if head.rows else None
    if first and is_json(path):
        if is_cut(first):
            return Manifest(
                "cuts of Lhotse",
                path,
                lambda: read_cuts(read_user_table(path).rows),
                lambda: _drain(read_cuts(head.rows)),
            )
        if is_recording(first) or is_supervision(first):
            return _open_lhotse(path.parent)
    layout = layout_of(head.columns)
    return Manifest(
        layout.name,
        path,
        lambda: _read_table(path, layout),
        lambda: _drain(found_in_rows(head.rows, layout)),
        layout,
        head,
    )


def _open_folder(folder: Path) -> Manifest:
    if (folder / "wav.scp").is_file():
        return Manifest(
            "a data folder of Kaldi",
            folder,
            lambda: read_kaldi(folder),
            lambda: check_kaldi(folder),
        )
    for name in ("metadata.csv", "metadata.jsonl"):
        if (folder / name).is_file():
            return open_manifest(folder / name)
    for ending in _JSON_ENDINGS:
        if (folder / f"cuts.{ending}").is_file():
            return open_manifest(folder / f"cuts.{ending}")
    if _lhotse_file(folder, "recordings") and _lhotse_file(folder, "supervisions"):
        return _open_lhotse(folder)
    if any(True for _ in folder.rglob(f"*{ENDING}")):
        return _librispeech(folder)
    if splits := [name for name in _COMMON_VOICE if (folder / name).is_file()]:
        raise UserError(
            f"{folder}: a folder of Common Voice; name one of its tables: {', '.join(splits)}"
        )
    raise UserError(
        f"{folder}: a folder that is no manifest: it has no wav.scp (Kaldi), metadata.csv or "
        "metadata.jsonl (AudioFolder), cuts.jsonl (Lhotse), and no *.trans.txt (LibriSpeech); the "
        "source `folder` takes folders of sound"
    )


def _open_lhotse(folder: Path) -> Manifest:
    recordings, supervisions = (
        _lhotse_file(folder, name) for name in ("recordings", "supervisions")
    )
    if recordings is None or supervisions is None:
        raise UserError(
            f"{folder}: a manifest of Lhotse is cuts.jsonl, or recordings.jsonl together with "
            "supervisions.jsonl, .gz perhaps"
        )
    return Manifest(
        "recordings and supervisions of Lhotse",
        folder,
        lambda: read_supervisions(recordings, supervisions),
        lambda: None,
    )


def _librispeech(path: Path) -> Manifest:
    return Manifest(
        "transcripts of LibriSpeech",
        path,
        lambda: read_librispeech(path),
        lambda: _drain(islice(read_librispeech(path), 1)),
    )


def _drain(entries: Iterable[Found | Skipped]) -> None:
    for _ in entries:
        pass


def _lhotse_file(folder: Path, name: str) -> Path | None:
    """The one manifest of this kind in a folder, such as `libri_recordings_dev.jsonl.gz`."""
    named = sorted(
        path
        for path in folder.glob(f"*{name}*")
        if path.name.lower().endswith(tuple(f".{ending}" for ending in _JSON_ENDINGS))
    )
    if len(named) > 1:
        raise UserError(
            f"{folder}: several manifests of {name}: {', '.join(path.name for path in named[:5])}; "
            "put each pair into a folder of its own, or name a manifest of cuts"
        )
    return named[0] if named else None


def _read_table(path: Path, layout: Layout) -> Iterator[Found | Skipped]:
    table = read_user_table(path)
    yield from (Skipped(f"line {line}", COMMENT) for line in table.comments)
    yield from found_in_rows(table.rows, layout)


def describe_manifest(manifest: Manifest) -> str:
    """What a path is -> a line for people: what will be taken of it, and as what."""
    if manifest.layout is None or manifest.head is None:
        return f"{manifest.name}: {', '.join(_files(manifest.path))}"
    head, layout = manifest.head, manifest.layout
    first = head.rows[0] if head.rows else None
    taken = {"audio": layout.locator, **layout.fields}
    if layout.parts:
        taken["where it begins and how long it is"] = layout.parts
    parts, used = [], set()
    for name, columns in taken.items():
        known = [column for column in columns if first and first.has(column)]
        if not known or (columns == layout.parts and len(known) < 2):
            continue
        used |= set(known)
        label = " and ".join(known) if columns == layout.parts else known[0]
        if name == "reference" and any(reference_file_in(row, layout) for row in head.rows):
            name = "reference_file"
        parts.append(f"{name} = {label}" if name != label else name)
    rest = list(first.without(*used)) if first else []
    count = f"{len(head.rows)} row{'s' * (len(head.rows) != 1)}"
    count = count if head.whole else f"more than {count}"
    if rest:
        parts.append(f"fields: {', '.join(rest)}")
    return f"{'table' if layout.is_plain else layout.name}, {count}: {'; '.join(parts)}"


def manifest_files(path: Path) -> list[Path]:
    """A file or a folder -> the files of which its recordings are made, for seeing a change."""
    try:
        place = open_manifest(path).path
    except UserError:  # told where the config is checked
        return [path]
    if place.is_file():
        return [place]
    return [file for file in sorted(place.rglob("*")) if file.is_file()]


def _files(path: Path) -> list[str]:
    """The files of a corpus that are read."""
    if path.is_file():
        return [path.name]
    known = ("wav.scp", "segments", "text", "utt2spk", "utt2lang")
    named = [name for name in known if (path / name).is_file()]
    if named:
        return named
    lhotse = [_lhotse_file(path, name) for name in ("recordings", "supervisions")]
    names = [file.name for file in lhotse if file]
    return names or [f"*{ENDING}"]
