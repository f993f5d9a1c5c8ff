"""A shard -> what earlier stages wrote of it, as far as scoring needs it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.params import ScoreParams
from snakescribe.evaluate.reference.choose import SpokenReference, find_reference
from snakescribe.evaluate.score.recordings import read_whole_transcripts
from snakescribe.evaluate.score.silenced import read_silenced, with_silenced
from snakescribe.evaluate.score.transcripts import Transcripts, read_transcripts
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.notices import collected
from snakescribe.results import Results
from snakescribe.streams import split_stream_id, with_streams
from snakescribe.tables import CHUNKS, RECORDINGS, Row, read_table
from snakescribe.tables.quality import QUALITY

QUALITY_NAMES = tuple(column.name for column in QUALITY)


@dataclass(frozen=True)
class Shard:
    """The rows of a shard.

    Where the experiment is scored on recordings, each has one chunk, all of it, with its own id.

    Attributes:
        name: the shard's.
        plans: its chunk plans, a row a recording.
        items: its rows of the items table, by recording, channels that are kept apart among them.
        recordings: what acquiring each recording gave, likewise.
        chunks: the baseline's chunks by id: the figures of their sound are those of the
            baseline's audio for all conditions, so that strata hold the same chunks.
        transcripts: what the conditions heard in the chunks of the plans.
    """

    name: str
    plans: Sequence[Row]
    items: Mapping[str, Row]
    recordings: Mapping[str, Row]
    chunks: Mapping[str, Row]
    transcripts: Transcripts
    on_recordings: bool

    def chunk_ids(self, plan: Row) -> list[str]:
        """A recording's plan -> the ids of its chunks."""
        if self.on_recordings:
            return [plan["recording"]] * len(plan["chunks"])
        return planned_chunk_ids([plan])


def read_shard(
    results: Results,
    params: ScoreParams,
    name: str,
    items: Mapping[str, Row],
    raw: Vocabulary,
) -> Shard:
    """A results folder and a shard's name -> the shard's rows.

    Args:
        results: the results folder.
        params: the experiment whose conditions are wanted, and which references count.
        name: the shard's.
        items: its rows of the items table, by recording.
        raw: the vocabulary that numbers raw words.

    Raises:
        UserError: a table is missing or damaged.
    """
    experiment = params.experiment
    path = results.path(RECORDINGS, shard=name)
    recordings = {row["recording"]: row for row in read_table(RECORDINGS, path)}
    may_be_timed = any(item["reference_file"] for item in items.values())
    may_be_timed = may_be_timed or any(row["captions"] for row in recordings.values())
    cut = _read_chunks(results, experiment, name)
    base = experiment.base_condition
    chunks = cut[base.chunking, base.audio]
    whole = experiment.on_recordings
    if whole:
        # What is the matter with a reference is told when the recording is scored.
        def find(recording: str, language: str) -> SpokenReference | None:
            (item,) = _of_stream(items, recording)
            fetched = next(iter(_of_stream(recordings, recording)), None)
            known, marks = item["language"] or language, params.scoring.marks
            with collected():
                return find_reference(item, fetched, params.scoring.tiers, known, marks)

        plans, transcripts = read_whole_transcripts(results, experiment, name, raw, find)
    else:
        plans, transcripts = read_transcripts(results, experiment, name, raw, starts=may_be_timed)
    streams = [plan["recording"] for plan in plans]
    units = (
        [plan["recording"] for plan in plans if plan["chunks"]]
        if whole
        else planned_chunk_ids(plans)
    )
    transcripts = _with_snr(transcripts, units, experiment, cut)
    if params.silenced:
        spans = read_silenced(results, params.silenced, name)
        transcripts = with_silenced(transcripts, plans, experiment, spans)
    return Shard(
        name=name,
        plans=plans,
        items={row["recording"]: row for row in with_streams(items.values(), streams)},
        recordings={row["recording"]: row for row in with_streams(recordings.values(), streams)},
        chunks=chunks,
        transcripts=transcripts,
        on_recordings=whole,
    )


def _read_chunks(
    results: Results, experiment: Experiment, shard: str
) -> dict[tuple[str, str], dict[str, Row]]:
    """By chunking and audio variant of the conditions: the chunks by id, or whole recordings."""
    read = {}
    for chunking, variant in {(cell.chunking, cell.audio): None for cell in experiment.conditions}:
        path = results.path(CHUNKS, chunking=chunking, variant=variant, shard=shard)
        rows = list(read_table(CHUNKS, path))
        whole = experiment.on_recordings
        read[chunking, variant] = (
            _of_recordings(rows) if whole else {row["chunk"]: row for row in rows}
        )
    return read


def _with_snr(
    transcripts: Transcripts,
    units: Sequence[str],
    experiment: Experiment,
    cut: Mapping[tuple[str, str], Mapping[str, Row]],
) -> Transcripts:
    """Transcripts -> the same with `heard_snr_db`: the SNR of each row's chunk as it was heard.

    Args:
        transcripts: of a shard.
        units: the ids of its chunks, or of its recordings where these are scored.
        experiment: its conditions.
        cut: see `_read_chunks`.
    """
    known = {
        key: np.array([rows.get(unit, {}).get("snr_db") for unit in units], float)
        for key, rows in cut.items()
    }
    chunk_of = np.repeat(np.arange(len(units)), np.diff(transcripts.first))
    heard = np.array(transcripts.conditions, object)
    snr = np.full(len(chunk_of), np.nan)
    for cell in experiment.conditions:
        rows = np.flatnonzero(heard == cell.name)
        snr[rows] = known[cell.chunking, cell.audio][chunk_of[rows]]
    column = pa.array(snr, from_pandas=True)
    return replace(transcripts, heard=transcripts.heard.append_column("heard_snr_db", column))


def _of_stream(rows: Mapping[str, Row], stream: str) -> list[Row]:
    """Rows by recording and the id of a recording, or of a channel of it -> its row, if any."""
    row = rows.get(split_stream_id(stream)[0])
    known = with_streams([row], [stream]) if row else ()
    return [member for member in known if member["recording"] == stream]


def _of_recordings(chunks: Iterable[Row]) -> dict[str, Row]:
    """Rows of the chunks table -> by recording, the figures of quality of all its chunks.

    The peak is the highest, speech is summed up; all else is a mean, in which a chunk weighs as
    much as it is long, and with `snr_db` as much as it has speech.
    """
    members: dict[str, list[Row]] = {}
    for row in chunks:
        members.setdefault(row["recording"], []).append(row)
    return {recording: _whole_quality(rows) for recording, rows in members.items()}


def _whole_quality(rows: Sequence[Row]) -> Row:
    seconds = [row["end"] - row["start"] for row in rows]
    speech = [row["speech_seconds"] for row in rows]
    whole = {}
    for name in QUALITY_NAMES:
        weights = speech if name == "snr_db" else seconds
        known = [
            (row[name], weight)
            for row, weight in zip(rows, weights, strict=True)
            if row[name] is not None
        ]
        total = sum(weight for _, weight in known)
        whole[name] = sum(value * weight for value, weight in known) / total if total else None
    peaks = [row["peak_dbfs"] for row in rows if row["peak_dbfs"] is not None]
    return {**whole, "speech_seconds": sum(speech), "peak_dbfs": max(peaks, default=None)}
