"""Speech that the user has found already: STM, RTTM, CTM, VTT, SRT or a table -> regions."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from snakescribe.captions.read import SCORING_READERS, read_reference
from snakescribe.captions.reference import Reference, Span, merge_spans, to_seconds
from snakescribe.captions.scoring_files import labels_of_channel
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.errors import UserError
from snakescribe.process.segment_files import PLACEHOLDER, SHARED_SUFFIXES, TABLE_SUFFIXES
from snakescribe.streams import split_stream_id
from snakescribe.user_tables import read_rows, read_user_text

RTTM = ".rttm"
_NAMES = ("recording", "id", "file")


class _Segment(NamedTuple):
    """Speech in a file that may be of several recordings; what a file does not say is empty."""

    recording: str
    channel: str
    speaker: str
    span: Span


def segments_file(pattern: str, recording: str) -> Path:
    """`chunking.segments` and a recording's id, which is safe in paths -> its file."""
    return Path(pattern.replace(PLACEHOLDER, recording))


def read_segments(pattern: str, recording: str) -> list[Span] | None:
    """`chunking.segments` and a recording's id -> its speech (s); None where it has no file.

    Segments that overlap or touch are one. A line that gives no time, or one before 0, or an end
    before its start, is an error that names file and line. For a channel that is kept apart count
    a file or segments with its own id, else those of the recording that are on that channel.

    Raises:
        UserError: a file cannot be read or is not what its ending says, or does not tell the
            channels of a recording apart.
    """
    whole, _ = split_stream_id(recording)
    shared = PLACEHOLDER not in pattern
    path = segments_file(pattern, recording)
    name = recording
    if not shared:
        if path.exists():
            name = whole  # all of the file is of this one
        elif not (path := segments_file(pattern, whole)).exists():
            return None
    if path.suffix.lower() in SHARED_SUFFIXES:
        spans = _choose(_read_shared(path), name, shared, path)
    else:
        reference = read_reference(path, name)
        if not reference.timed:
            raise UserError(f"{path}: its lines have no times; segments need a start and an end")
        spans = list(_spans_of(reference, path))
    return list(merge_spans(span for span in spans if span[1] > span[0]))


def _choose(segments: Sequence[_Segment], name: str, shared: bool, path: Path) -> list[Span]:
    """The segments of a file -> those of a recording; of its own file, all."""
    whole, channel = split_stream_id(name)
    if not shared:
        named = segments
    elif named := [segment for segment in segments if _is_named(segment.recording, name)]:
        channel = ""
    else:
        named = [segment for segment in segments if _is_named(segment.recording, whole)]
    if not channel or not named:
        return [segment.span for segment in named]
    labels = [segment.channel for segment in named]
    if not all(labels):
        raise UserError(
            f"{path}: its segments of {whole} do not say on which channel they are; give the table "
            f"a column channel, or the ids of the channels, such as {name}"
        )
    try:
        wanted = labels_of_channel(labels, [segment.speaker for segment in named], channel)
    except ValueError as error:
        raise UserError(f"{path}: {whole}: {error}") from error
    return [segment.span for segment in named if segment.channel in wanted]


def _is_named(name: str, recording: str) -> bool:
    """Whether a name in a file, with an ending or without, is that of a recording."""
    return recording.casefold() in {name.casefold(), Path(name).stem.casefold()}


@lru_cache(maxsize=4)  # one file for all recordings is read once
def _read_shared(path: Path) -> tuple[_Segment, ...]:
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        return tuple(_read_table(path))
    return tuple(_read_rttm(path) if suffix == RTTM else _read_scoring(path, suffix))


def _read_rttm(path: Path) -> Iterator[_Segment]:
    """``SPEAKER file channel start duration ...`` (NIST RT-09) -> a segment for each."""
    for number, line in enumerate(read_user_text(path).split("\n"), start=1):
        fields = line.split()
        if not fields or line.lstrip().startswith((";;", "#")) or fields[0].upper() != "SPEAKER":
            continue  # other types of RTTM say nothing about where speech is
        if len(fields) < 5:
            raise UserError(
                f"{path}: line {number}: SPEAKER needs a file, channel, start, duration"
            )
        start, length = (_time(cell, path, f"line {number}") for cell in fields[3:5])
        speaker = fields[7] if len(fields) > 7 else ""
        span = _span(start, start + length, path, f"line {number}")
        yield _Segment(fields[1], fields[2], speaker, span)


def _read_table(path: Path) -> Iterator[_Segment]:
    for row in read_rows(path):
        place = f"{row.unit} {row.line}"
        if missing := [name for name in ("start", "end") if not row.first(name)]:
            raise row.fail(
                f"no {' and no '.join(missing)}; a segment has the columns start and end"
            )
        start, end = (_time(row.first(name), path, place) for name in ("start", "end"))
        span = _span(start, end, path, place)
        yield _Segment(row.first(*_NAMES), row.first("channel"), row.first("speaker"), span)


def _read_scoring(path: Path, suffix: str) -> Iterator[_Segment]:
    """STM or CTM -> where its utterances are; of CTM, its words."""
    has_speaker = suffix == ".stm"

    def owner(line: tuple[int, str]) -> list[str]:
        return [*line[1].split(None, 3), "", ""][: 3 if has_speaker else 2]

    for of, lines in groupby(sorted(content_lines(read_user_text(path)), key=owner), owner):
        try:
            reference = SCORING_READERS[suffix](list(lines))
        except ValueError as error:
            raise UserError(f"{path}: {error}") from error
        for span in _spans_of(reference, path):
            yield _Segment(of[0], of[1], of[2] if has_speaker else "", span)


def _spans_of(reference: Reference, path: Path) -> Iterator[Span]:
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
