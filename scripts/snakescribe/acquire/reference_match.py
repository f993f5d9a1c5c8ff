"""References by name, and recordings -> which belongs to which."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.sources.files import AUDIO_SUFFIXES
from snakescribe.acquire.sources.listing import Found
from snakescribe.captions.read import read_reference
from snakescribe.errors import UserError
from snakescribe.languages import base_language
from snakescribe.notices import Kind, notify

# `NAME.en`, `NAME.en-US` and `NAME.en-orig`, as yt-dlp writes it.
_LANGUAGE = re.compile(r"(.+)\.([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)")
# Languages that have no code of two letters and that people transcribe.
_LONG_CODES = frozenset({"cmn", "fil", "haw", "yue"})
# `A title [dQw4w9WgXcQ]`, as yt-dlp names files, and the earlier system's `{yt-dQw4w9WgXcQ}`.
_VIDEO = re.compile(r".*(?:\[|\{yt-)([A-Za-z0-9_-]{11})[\]}]", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A reference: by what it is named, its text or its file, and how good a kind of file that is.

    `name` is an id, or a path without the ending of the reference; `rank` is lower for better
    kinds.
    """

    name: str
    text: str = ""
    file: str = ""
    rank: int = 0

    def readings(self) -> Iterator[tuple[str, str]]:
        """Its name as it stands, with a language, and as a video's, if it may be one; languages."""
        names = [(self.name, "")]
        if self.file and (match := _LANGUAGE.fullmatch(self.name)) and _is_language(match[2]):
            names.append((match[1], match[2]))
        path = PurePosixPath(self.name)
        if path.suffix.lower() in AUDIO_SUFFIXES:  # of which the recording is a copy
            names.append((path.with_suffix("").as_posix(), ""))
        for name, language in names:
            yield name, language
            if match := _VIDEO.fullmatch(name):
                yield match[1], language


@dataclass(frozen=True)
class _Names:
    """By what a recording may be named: exactly, by its path, and by the end of that."""

    exact: frozenset[str]
    paths: frozenset[str]
    stems: frozenset[str]

    def grade(self, name: str) -> int | None:
        """How well a name fits: 0 is exactly, 1 by the path, 2 by the last part; None: not."""
        if name in self.exact:
            return 0
        if name in self.paths:
            return 1
        return 2 if PurePosixPath(name).name in self.stems else None


@dataclass(frozen=True)
class _Fit:
    """An entry that fits a recording: how well, under which name, and for which language."""

    grade: int
    name: str
    language: str
    entry: Entry

    @property
    def is_literal(self) -> bool:
        """Whether the entry is named so, and not in another reading of its name."""
        return self.name == normal(self.entry.name)


def match_references(
    entries: Sequence[Entry], recordings: Sequence[Found], by_path_only: bool = False
) -> tuple[dict[str, Entry], set[Entry]]:
    """References and recordings -> the reference of each recording, and all that belong to any.

    A name is an id of the recordings, else its path below the folder of the recordings, else the
    last part of that where only one recording and only one reference have it. Names are compared
    in one form of Unicode (NFC). Of a recording's references one in its language counts, the
    best timed kind first; those in other languages are translations.

    Args:
        entries: the references.
        recordings: all that the source lists.
        by_path_only: whether only the whole path of a recording names it.

    Returns:
        By identity of the recording, its reference; and the references that fit any recording.

    Raises:
        UserError: a name may mean several recordings, or a recording have several references.
    """
    names = _list_names(recordings, by_path_only)
    index: dict[str, list[tuple[Entry, str, str]]] = {}
    for entry in entries:
        for reading, language in entry.readings():
            name = normal(reading)
            index.setdefault(PurePosixPath(name).name, []).append((entry, name, language))
    fits = {
        recording.identity: _best_fits(names[recording.identity], index) for recording in recordings
    }
    every = [fit for several in fits.values() for fit in several]
    sure = {fit.entry for fit in every if fit.grade < 2}
    literal = {fit.entry for fit in every if fit.grade < 2 and fit.is_literal}
    chosen: dict[str, Entry] = {}
    owners: dict[str, Found] = {}
    used: set[Entry] = set()
    for recording in recordings:
        several = [
            fit
            for fit in fits[recording.identity]
            if (fit.grade < 2 or fit.entry not in sure)
            and (fit.is_literal or fit.entry not in literal)
        ]
        if not several:
            continue
        _check_one(recording, several, owners)
        used |= {fit.entry for fit in several}
        if fit := _choose(recording, several):
            chosen[recording.identity] = fit.entry
    return chosen, used


def normal(name: str) -> str:
    """A name -> the form in which names are compared."""
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def _list_names(recordings: Iterable[Found], by_path_only: bool) -> dict[str, _Names]:
    """Recordings -> by identity, by what they may be named."""
    paths = {recording.identity: _path(recording) for recording in recordings}
    parents = [str(path.parent) for path in paths.values()]
    base = commonpath(parents) if len({parent[:1] == "/" for parent in parents}) == 1 else ""
    names: dict[str, _Names] = {}
    for recording in recordings:
        path = paths[recording.identity]
        if recording.part:  # its path is that of others, too
            own = () if by_path_only else map(normal, (recording.id, safe_id(recording.id)))
            names[recording.identity] = _Names(frozenset(own), frozenset(), frozenset())
            continue
        below = PurePosixPath(*path.parts[len(PurePosixPath(base).parts) :])
        if by_path_only:
            whole = frozenset({str(path), str(path.with_suffix(""))})
            names[recording.identity] = _Names(frozenset(), whole, frozenset())
            continue
        exact = {recording.locator, str(path)}
        exact |= {recording.id, safe_id(recording.id)} if recording.exact else set()
        ends = [PurePosixPath(*path.parts[-count:]) for count in range(2, len(path.parts) + 1)]
        paths_below = {below, *ends}
        both = {str(end) for end in paths_below} | {str(end.with_suffix("")) for end in paths_below}
        stems = {path.name, path.stem, recording.id, safe_id(recording.id)}
        names[recording.identity] = _Names(
            frozenset(map(normal, exact)),
            frozenset(map(normal, both)),
            frozenset(map(normal, stems)),
        )
    return names


def _path(recording: Found) -> PurePosixPath:
    """The path of a recording's file, or that in its URL."""
    locator = recording.locator
    text = unquote(urlsplit(locator).path) if recording.kind == "url" else locator
    path = PurePosixPath(normal(text))
    return path if path.name else PurePosixPath("_")  # the address of a site alone


def _best_fits(names: _Names, index: dict[str, list[tuple[Entry, str, str]]]) -> list[_Fit]:
    """The names of a recording -> the references that fit it best, in all languages."""
    ends = {PurePosixPath(name).name for name in (*names.exact, *names.paths)} | names.stems
    fits = [
        _Fit(grade, name, language, entry)
        for end in sorted(ends)
        for entry, name, language in index.get(end, ())
        if (grade := names.grade(name)) is not None
    ]
    best = min((fit.grade for fit in fits), default=0)
    return [fit for fit in fits if fit.grade == best]


def _check_one(recording: Found, fits: Sequence[_Fit], owners: dict[str, Found]) -> None:
    """Raises where a recording has references of two names, or a name means two recordings."""
    stems = sorted({fit.name for fit in fits})
    if len(stems) > 1:
        first, second = (next(fit.entry for fit in fits if fit.name == stem) for stem in stems[:2])
        raise UserError(
            f"references: {first.file or first.name} and {second.file or second.name} may both be "
            f"of {recording.locator}; name the right one by the recording's path below its folder"
        )
    # The paths of URLs may be equal, those of files are not.
    may_be_shared = fits[0].grade == 2 or (fits[0].grade == 1 and recording.kind == "url")
    other = owners.setdefault(stems[0], recording) if may_be_shared else recording
    if other is not recording:
        entry = fits[0].entry
        raise UserError(
            f"references: {entry.file or entry.name} may be of {other.locator} or of "
            f"{recording.locator}; name it by the recording's path below its folder"
        )


def _choose(recording: Found, fits: Sequence[_Fit]) -> _Fit | None:
    """The references of a recording -> the one that counts; None where all are translations."""
    wanted = recording.language.replace("_", "-").lower()
    tags = {base_language(fit.language) for fit in fits if fit.language}
    if not wanted:
        if len(tags) > 1 and all(fit.language for fit in fits):
            fits = [min(fits, key=lambda fit: (not fit.language.endswith("-orig"), fit.language))]
            text = (
                f"references in {', '.join(sorted(tags))}, and the recording's language is not "
                f"known; that in {fits[0].language} is taken"
            )
            notify(Kind.REFERENCE_GUESSED, text, recording=recording.id)
    else:
        known = [
            fit
            for fit in fits
            if not fit.language or base_language(fit.language) == base_language(wanted)
        ]
        if not known:
            text = (
                f"references in {', '.join(sorted(tags))} only, and the recording is in {wanted}: "
                "translations are no references"
            )
            notify(Kind.REFERENCE_UNMATCHED, text, recording=recording.id)
            return None
        fits = known

    def order(fit: _Fit) -> tuple[int, int, str]:
        tag = fit.language.replace("_", "-").lower()
        if tag and tag == wanted:
            closeness = 0
        elif wanted and tag:
            closeness = 1
        else:
            closeness = 2 if wanted or not tag else 3
        return closeness, fit.entry.rank, fit.entry.file

    *better, last = sorted(fits, key=order)
    for fit in better:
        try:
            if fit.entry.file.lower().endswith(".json"):  # which programs write of all kinds
                read_reference(Path(fit.entry.file), recording.id)
        except UserError as error:
            text = f"{error}; another reference of the recording is taken"
            notify(Kind.REFERENCE_UNREADABLE, text, recording=recording.id)
        else:
            return fit
    return last


def _is_language(tag: str) -> bool:
    """Whether letters behind a dot are the code of a language: two, or three that are known."""
    base = base_language(tag)
    return len(base) == 2 or base in _LONG_CODES
