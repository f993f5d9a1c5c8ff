"""What an engine said of a chunk -> a row of the journal -> a row of the transcripts table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from snakescribe.config.transcribe import Decoding
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import Decoded, Encoded, Segment
from snakescribe.transcribe.flags import find_flags
from snakescribe.transcribe.journal import DecodedRow
from snakescribe.transcribe.provenance import describe_run
from snakescribe.transcribe.session import JobState
from snakescribe.transcribe.spacing import SpacedWord, mark_spaces
from snakescribe.transcribe.work import Task


def to_journal_row(
    decoded: Decoded, encoded: Encoded, member: int, options: Decoding, state: JobState
) -> DecodedRow:
    """A decoded chunk -> what the journal keeps of it, checked, on the chunk's clock.

    Args:
        encoded: the chunk's batch, whose times are shared out by length.
        member: the chunk's position in the batch.
        options: the decode options.
        state: the job that decoded it.
    """
    seconds, total = encoded.seconds[member], sum(encoded.seconds)
    decoded, faults = check_decoded(decoded, seconds)
    return {
        "text": decoded.text,
        "language": decoded.language,
        "segments": decoded.segments,
        "words": decoded.words,
        "flags": find_flags(decoded, options),
        "tries": decoded.tries,
        "feature_seconds": encoded.feature_seconds * seconds / total,
        "encode_seconds": encoded.encode_seconds * seconds / total,
        "decode_seconds": decoded.decode_seconds,
        "run": state.run,
        "memory": state.used,
        "faults": faults,
    }


def to_rows(tasks: Sequence[Task], kept: Mapping[str, DecodedRow]) -> Iterator[Row]:
    """Tasks and the decoded rows by key -> rows of the table, on the recording's clock.

    Each has the most that its job ever used, whenever the row itself was decoded.
    """
    peaks = _peaks(kept[task.key] for task in tasks)
    for task in tasks:
        decoded = kept[task.key]
        job = digest(decoded["run"])  # rows of earlier versions have no id of their job
        run = describe_run({"job": job[:32], **decoded["run"], **peaks[job]})
        yield _to_row(task, decoded) | {"run": run}


def _peaks(rows: Iterable[DecodedRow]) -> dict[str, dict[str, int | float | None]]:
    """Decoded rows -> for each job, by the digest of its `run`, the most it used."""
    peaks: dict[str, dict[str, int | float | None]] = {}
    for row in rows:
        peak = peaks.setdefault(digest(row["run"]), {})
        for name, value in row["memory"].items():
            peak[name] = max(peak.get(name) or 0, value) if value is not None else None
    return peaks


def _to_row(task: Task, decoded: DecodedRow) -> Row:
    chunk, prompt = task.chunk, task.prompt
    return {
        **{key: value for key, value in decoded.items() if key not in ("memory", "faults")},
        "chunk": chunk["chunk"],
        "recording": chunk["recording"],
        "prompt": task.pair.prompt,
        "decoding": task.pair.decoding,
        "repeat": task.pair.repeat,
        "segments": _shifted(decoded["segments"], chunk["start"]),
        "words": _shifted_words(mark_spaces(decoded["text"], decoded["words"]), chunk["start"]),
        "prompt_text": prompt.text,
        "prompt_tokens": len(prompt.tokens),
        "prompt_kept": list(prompt.kept),
        "prompt_dropped": list(prompt.dropped),
        "prompt_truncated": prompt.truncated,
        "audio_seconds": round(chunk["end"] - chunk["start"], 3),
    }


def _shifted(segments: Iterable[Segment], offset: float) -> list[Row]:
    """Segments on the chunk's clock -> the same on the recording's, with all fields."""
    return [
        {
            "speaker": None,
            **segment,
            "start": round(segment["start"] + offset, 3),
            "end": round(segment["end"] + offset, 3),
        }
        for segment in segments
    ]


def _shifted_words(words: Iterable[SpacedWord], offset: float) -> list[SpacedWord]:
    """Words on the chunk's clock -> the same on the recording's."""
    return [
        {**word, "start": _later(word["start"], offset), "end": _later(word["end"], offset)}
        for word in words
    ]


def _later(time: float | None, offset: float) -> float | None:
    return None if time is None else round(time + offset, 3)
