"""Speech that the user has found already: STM, RTTM, CTM, VTT, SRT or a table -> regions."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from snakescribe.captions.read import read_reference
from snakescribe.captions.reference import Span, merge_spans, to_seconds
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.errors import UserError
from snakescribe.process.segment_files import PLACEHOLDER, TABLE_SUFFIXES
from snakescribe.user_tables import read_rows, read_user_text

RTTM = ".rttm"
_NAMES = ("recording", "id", "file")


def segments_file(pattern: str, recording: str) -> Path:
    """`chunking.segments` and a recording's id, which is safe in paths -> its file."""
    return Path(pattern.replace(PLACEHOLDER, recording))


def read_segments(pattern: str, recording: str) -> list[Span] | None:
    """`chunking.segments` and a recording's id -> its speech (s); None where it has no file.

    Segments that overlap or touch are one. A line that gives no time, or one before 0, or an end
    before its start, is an error that names file and line.

    Raises:
        UserError: a file cannot be read or is not what its ending says.
    """
    path = segments_file(pattern, recording)
    if PLACEHOLDER in pattern and not path.exists():
        return None
    suffix = path.suffix.lower()
    shared = PLACEHOLDER not in pattern
    if suffix == RTTM:
        spans = _of_recording(_read_rttm(path), recording, shared)
    elif suffix in TABLE_SUFFIXES:
        spans = _of_recording(_read_table(path), recording, shared)
    else:
        spans = list(_read_timed(path, recording, shared))
    return list(merge_spans(span for span in spans if span[1] > span[0]))


def _of_recording(rows: Iterable[tuple[str, Span]], recording: str, shared: bool) -> list[Span]:
    """Segments with the names they stand under -> those of a recording; of its own file, all."""
    return [span for name, span in rows if not shared or _is_named(name, recording)]


def _is_named(name: str, recording: str) -> bool:
    """Whether a name in a file, with an ending or without, is that of a recording."""
    return recording.casefold() in {name.casefold(), Path(name).stem.casefold()}


@lru_cache(maxsize=4)  # one file for all recordings is read once
def _read_rttm(path: Path) -> tuple[tuple[str, Span], ...]:
    """``SPEAKER file channel start duration ...`` (NIST RT-09) -> name and span of each."""
    rows = []
    for number, line in enumerate(read_user_text(path).split("\n"), start=1):
        fields = line.split()
        if not fields or line.lstrip().startswith((";;", "#")) or fields[0].upper() != "SPEAKER":
            continue  # other types of RTTM say nothing about where speech is
        if len(fields) < 5:
            raise UserError(
                f"{path}: line {number}: SPEAKER needs a file, channel, start, duration"
            )
        start, length = (_time(cell, path, f"line {number}") for cell in fields[3:5])
        rows.append((fields[1], _span(start, start + length, path, f"line {number}")))
    return tuple(rows)


@lru_cache(maxsize=4)
def _read_table(path: Path) -> tuple[tuple[str, Span], ...]:
    rows = []
    for row in read_rows(path):
        place = f"{row.unit} {row.line}"
        if missing := [name for name in ("start", "end") if not row.first(name)]:
            raise row.fail(
                f"no {' and no '.join(missing)}; a segment has the columns start and end"
            )
        start, end = (_time(row.first(name), path, place) for name in ("start", "end"))
        rows.append((row.first(*_NAMES), _span(start, end, path, place)))
    return tuple(rows)


def _read_timed(path: Path, recording: str, shared: bool) -> Iterator[Span]:
    """A caption or scoring file -> where its utterances are; of CTM, its words."""
    if shared and path.suffix.lower() in (".stm", ".ctm"):
        # Else a file of one other recording would count as this one's.
        owners = {line.split(None, 1)[0] for _, line in content_lines(read_user_text(path))}
        if not any(_is_named(name, recording) for name in owners):
            return
    reference = read_reference(path, recording)
    if not reference.timed:
        raise UserError(f"{path}: its lines have no times; segments need a start and an end")
    for utterance in reference.utterances:
        spans = [(word.start, word.end) for word in utterance.words]
        if not spans:
            spans = [(utterance.start or 0.0, utterance.end or 0.0)]
        yield from (_span(start, end, path, f"at {start:g} s") for start, end in spans)


def _time(text: str, path: Path, place: str) -> float:
    try:
        return to_seconds(text)
    except ValueError as error:
        raise UserError(f"{path}: {place}: {error}") from error


def _span(start: float, end: float, path: Path, place: str) -> Span:
    if start < 0 or end < start:
        raise UserError(
            f"{path}: {place}: a segment from {start:g} to {end:g} s: it begins at 0 or later, and "
            "ends after that"
        )
    return start, end
