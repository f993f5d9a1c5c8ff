"""A results folder and a recording -> its sound in every variant, with regions and cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snakescribe.errors import UserError, did_you_mean
from snakescribe.results import Results
from snakescribe.streams import split_stream_id
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, Table, read_table


@dataclass(frozen=True)
class Track:
    """A recording in one audio variant.

    Attributes:
        variant: its name.
        audio: its row of the audio table.
        speech: the speech regions (s), which all variants share.
        chunks: the rows of the chunks table, in order.
    """

    variant: str
    audio: Row
    speech: tuple[tuple[float, float], ...]
    chunks: tuple[Row, ...]


def read_tracks(
    results: Results, recording: str, variants: Sequence[str], chunking: str = ""
) -> list[Track]:
    """A recording's id and names of variants -> a track for each variant that has its sound.

    Regions and cuts are those of a chunking; without a name, of the section `chunking`.

    Raises:
        UserError: no such recording, or it has not been prepared, planned and cut.
    """
    shard_of = {item["recording"]: item["shard"] for item in results.items()}
    whole, _ = split_stream_id(recording)
    if whole not in shard_of:
        remedy = did_you_mean(recording, shard_of)
        raise UserError(f"{results.folder}: no recording '{recording}'; {remedy}")
    shard = shard_of[whole]
    plan = _only_row(results.path(PLANS, shard=shard, chunking=chunking), PLANS, recording)
    tracks = []
    reasons = [] if plan["status"] == "ok" else [f"{plan['status']}: {plan['reason']}"]
    for variant in variants:
        path = results.path(AUDIO, variant=variant, shard=shard)
        if not path.exists():
            continue  # a variant that no experiment uses
        row = _only_row(path, AUDIO, recording)
        if row["status"] != "ok":
            reasons.append(f"{row['status']} in '{variant}': {row['reason']}")
            continue
        path = results.path(CHUNKS, chunking=chunking, variant=variant, shard=shard)
        cut = read_table(CHUNKS, path, recording=recording) if path.exists() else ()
        speech = tuple((start, end) for start, end in plan["speech"])
        tracks.append(Track(variant, row, speech, tuple(cut)))
    if not tracks:
        what = "; ".join(dict.fromkeys(reasons)) or "no variant of it was prepared"
        raise UserError(f"{results.folder}: there is no sound of '{recording}' to show; {what}")
    return tracks


def _only_row(path: Path, table: Table, recording: str) -> Row:
    """A table of a shard -> the recording's row."""
    if path.exists():
        for row in read_table(table, path, recording=recording):
            return row
        names = (row["recording"] for row in read_table(table, path))
        if apart := [name for name in names if split_stream_id(name)[0] == recording]:
            raise UserError(
                f"{path}: the channels of '{recording}' are kept apart; name {' or '.join(apart)}"
            )
    raise UserError(
        f"{path}: '{recording}' is not there yet; run `snakemake process --configfile CONFIG`"
    )
