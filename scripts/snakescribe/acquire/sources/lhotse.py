"""Manifests of Lhotse -> recordings: cuts, or recordings with supervisions.

Source: https://lhotse.readthedocs.io (classes MonoCut, MultiCut, Recording, SupervisionSegment), as
their `to_dict` writes them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from snakescribe.acquire.sources.kaldi import NO_AUDIO
from snakescribe.acquire.sources.listing import Found, Part, Skipped
from snakescribe.acquire.sources.rows import find_file, is_url
from snakescribe.user_tables import UserRow, read_rows

# A cut of a whole recording may be this much shorter: durations are rounded to samples.
_WHOLE_SECONDS = 0.001


def is_cut(row: UserRow) -> bool:
    """Whether a row of JSON is one of Lhotse's cuts."""
    return row.has("start", "duration", "recording") or str(row.value("type")).endswith("Cut")


def is_recording(row: UserRow) -> bool:
    """Whether a row of JSON is one of Lhotse's recordings."""
    return row.has("sources", "sampling_rate", "num_samples")


def is_supervision(row: UserRow) -> bool:
    """Whether a row of JSON is one of Lhotse's supervisions."""
    return row.has("recording_id", "start", "duration")


def read_cuts(rows: Iterable[UserRow]) -> Iterator[Found]:
    """Rows of a manifest of cuts -> recordings: parts of files, or whole ones.

    Texts of several supervisions are joined in their order of time, their speakers too.

    Raises:
        UserError: a cut that is mixed, padded, changed, or of one channel among several.
    """
    for row in rows:
        recording = row.value("recording")
        if str(row.value("type") or "MonoCut") != "MonoCut" or not isinstance(recording, dict):
            raise row.fail(
                f"a cut of the type {row.first('type') or 'without a recording'} is made by "
                "Lhotse while it is read; save it there (`save_audios`), and name that manifest"
            )
        inner = UserRow(row.path, row.line, recording, row.unit)
        yield _found(row, inner, row.first("id"), _objects(row.value("supervisions")))


def read_supervisions(recordings: Path, supervisions: Path) -> Iterator[Found | Skipped]:
    """Manifests of recordings and of supervisions -> a recording for each supervision.

    Raises:
        UserError: as `read_cuts`, or a supervision of an unknown recording.
    """
    known = {row.first("id"): row for row in read_rows(recordings)}
    used = set()
    for row in read_rows(supervisions):
        recording = known.get(row.first("recording_id"))
        if recording is None:
            yield Skipped(row.first("id"), NO_AUDIO)
            continue
        used.add(recording.first("id"))
        yield _found(row, recording, row.first("id"), [row.cells])
    for name, row in known.items():
        if name not in used:
            whole = UserRow(row.path, row.line, {"start": 0, "duration": row.value("duration")})
            yield _found(whole, row, name, [])


def _found(
    row: UserRow, recording: UserRow, name: str, supervisions: list[dict[str, Any]]
) -> Found:
    if recording.value("transforms"):
        raise row.fail(
            "its recording has `transforms`, which Lhotse applies while it is read; save the cuts "
            "there (`save_audios`), and name that manifest"
        )
    file = _source(row, recording)
    ordered = sorted(supervisions, key=lambda part: float(part.get("start") or 0))
    said = [str(part["text"]).strip() for part in ordered if part.get("text")]
    context = {"duration_seconds": row.value("duration")}
    for part in ordered:
        for key in ("gender", "custom"):
            if part.get(key):
                context.setdefault(key, part[key])
    return Found(
        identity=f"id:{name}" if name else f"file:{file}",
        id=name or Path(file).stem,
        kind="url" if is_url(file) else "file",
        locator=file,
        part=_part(row, recording),
        language=_joined(ordered, "language"),
        speaker=_joined(ordered, "speaker"),
        reference=" ".join(said),
        context=context,
    )


def _joined(supervisions: list[dict[str, Any]], key: str) -> str:
    return ", ".join(dict.fromkeys(str(part[key]) for part in supervisions if part.get(key)))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _source(row: UserRow, recording: UserRow) -> str:
    """The one file of a recording with one channel."""
    sources = _objects(recording.value("sources"))
    channels = [channel for source in sources for channel in source.get("channels") or [0]]
    if len(sources) != 1 or len(channels) != 1:
        raise row.fail(
            f"its recording has {len(sources)} files with {len(channels)} channels; save its "
            "channels as files of their own, and name these"
        )
    kind, place = str(sources[0].get("type")), str(sources[0].get("source"))
    if kind not in ("file", "url"):
        raise row.fail(f"a source of the type {kind} is not read, only files and URLs")
    return place if is_url(place) else str(find_file(place, row.path))


def _part(row: UserRow, recording: UserRow) -> Part | None:
    try:
        start, seconds = float(row.value("start")), float(row.value("duration"))
        whole = float(recording.value("duration"))
    except (TypeError, ValueError) as error:
        raise row.fail("`start` and `duration` are seconds, also the recording's") from error
    if start < 0 or seconds <= 0:
        raise row.fail(f"it begins at {start} s and is {seconds} s long")
    if start == 0 and seconds >= whole - _WHOLE_SECONDS:
        return None
    return Part(round(start, 6), round(start + seconds, 6))
