"""Streams: the channels of a recording that are kept apart, each heard as a recording of its own.

Two people on the telephone are recorded on two channels. With `channel: each` such a recording is
two streams from the stage `process` on: each has its rows in the tables of audio, plans, chunks,
transcripts and scores, under an id of its own, `call.1` and `call.2`. The numbers count from 1, as
in STM and CTM files. Ids of recordings have no point in them.
"""

import re
from collections.abc import Iterable, Iterator

from snakescribe.tables import Row

_MARK = "."


def stream_id(recording: str, stream: str) -> str:
    """A recording's id and a channel's number, or "" for the whole of it -> the stream's id."""
    return f"{recording}{_MARK}{stream}" if stream else recording


def split_stream_id(stream: str) -> tuple[str, str]:
    """A stream's id -> the recording's and the channel's number, which is empty for a whole one."""
    recording, _, number = stream.partition(_MARK)
    return recording, number


def is_stream(name: str) -> bool:
    """Whether an id is that of a channel that is kept apart."""
    return _MARK in name


def with_streams(rows: Iterable[Row], streams: Iterable[str]) -> Iterator[Row]:
    """Rows of recordings, and ids of streams -> the rows, those of the streams behind their own.

    A stream's row is its recording's, with its own id. Where the recording's column `speaker` names
    several, with commas or semicolons between them, the stream has the one of its channel; else its
    id, so that no two streams have the same speaker.
    """
    numbers: dict[str, list[str]] = {}
    for stream in dict.fromkeys(streams):
        recording, number = split_stream_id(stream)
        if number:
            numbers.setdefault(recording, []).append(number)
    for row in rows:
        yield row
        for number in numbers.get(row["recording"], ()):
            yield _of_stream(row, number)


def stream_speaker(recording: str, speakers: str | None, stream: str) -> str:
    """A recording, its speakers as they are written and a channel's number -> who is on it."""
    names = [name.strip() for name in re.split("[,;]", speakers or "")]
    place = int(stream) - 1
    named = len(names) > 1 and place < len(names) and names[place]
    return named or stream_id(recording, stream)


def _of_stream(row: Row, number: str) -> Row:
    name = row["recording"]
    own = {**row, "recording": stream_id(name, number)}
    if "speaker" in row:
        own["speaker"] = stream_speaker(name, row["speaker"], number)
    return own
