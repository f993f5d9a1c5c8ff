"""Transcripts of an experiment that compares chunkings -> by recording and condition.

Its conditions have no chunks in common: each recording is scored as a whole, against all that was
said in it. What a condition wrote of a recording is put together from its chunks, in their order.
A recording in which one chunking found no speech has an empty transcript there: all its words are
missing. One that a condition lacks for another reason is scored under none of them, so that all
have the same reference words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.config.conditions import Condition, Experiment
from snakescribe.evaluate.reference.choose import SpokenReference
from snakescribe.evaluate.score.transcripts import (
    COLUMNS,
    Transcripts,
    read_columns_of,
    to_transcripts,
)
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.notices import Kind, notify
from snakescribe.results import Results
from snakescribe.spans import Span
from snakescribe.tables import PLANS, Row, read_table
from snakescribe.timed_text import find_pieces, middle_of

# Words so far (s) before the first and behind the last utterance of a timed reference are heard
# outside of it; nearer ones may be its own, whose times are not that exact.
MARGIN_SECONDS = 1.0

FindReference = Callable[[str, str], SpokenReference | None]
Plans = Mapping[str, Mapping[str, Row]]  # by chunking and recording
Places = Mapping[tuple[str, str], Mapping[int, range]]  # by recording and condition, and by repeat


class Heard(NamedTuple):
    """A repeat of a condition, and the places of its rows of a recording."""

    condition: str
    repeat: int
    places: range


_TIMED = (
    "recording",
    "words.start",
    "words.end",
    "segments.start",
    "segments.end",
    "segments.text",
)


def read_whole_transcripts(
    results: Results, experiment: Experiment, shard: str, raw: Vocabulary, find: FindReference
) -> tuple[list[Row], Transcripts]:
    """A shard -> a plan for each recording, with one chunk that is all of it, and what was heard.

    Args:
        results: the results folder.
        experiment: whose conditions are wanted.
        shard: its name.
        raw: the vocabulary that numbers raw words.
        find: a recording and a language -> its reference; what it says nothing about is left out.

    Raises:
        UserError: a table is missing or damaged.
    """
    plans = {
        name: {row["recording"]: row for row in _plans(results, shard, name)}
        for name in experiment.chunkings
    }
    rows = _in_order(read_columns_of(results, experiment, shard, [*COLUMNS, *_TIMED]), experiment)
    counts = _count(rows)
    base = plans[experiment.base_condition.chunking]
    kept = {
        recording: plan
        for recording, plan in base.items()
        if _is_comparable(recording, plans, counts, experiment)
    }
    heard = {recording: _rows_of(recording, plans, counts, experiment) for recording in kept}
    merged = _merge(rows, kept, heard, find)
    units = [
        {**plan, "status": "ok", "reason": None, "chunks": [[0.0, plan["seconds"]]]}
        if recording in kept
        else {**plan, "chunks": []}
        for recording, plan in base.items()
    ]
    first = np.cumsum([0, *map(len, heard.values())]).tolist()
    return units, to_transcripts(merged, first, raw, starts=True)


def _plans(results: Results, shard: str, chunking: str) -> Iterator[Row]:
    return read_table(PLANS, results.path(PLANS, shard=shard, chunking=chunking))


def _in_order(rows: pa.Table, experiment: Experiment) -> pa.Table:
    """Rows -> those of the experiment by recording, condition, repeat and chunk."""
    names = pa.array([condition.name for condition in experiment.conditions], pa.string())
    numbers = [int(chunk.rpartition("-")[2]) for chunk in rows["chunk"].to_pylist()]
    recordings = rows["recording"].to_pylist()
    places = {name: place for place, name in enumerate(dict.fromkeys(recordings))}
    order = np.lexsort(
        (
            np.array(numbers, int),
            rows["repeat"].to_numpy(),
            pc.index_in(rows["condition"], names).to_numpy(),
            np.array([places[name] for name in recordings], int),
        )
    )
    return rows.take(pa.array(order))


def _count(rows: pa.Table) -> Places:
    """Sorted rows -> the places of those of each recording and condition, by repeat."""
    places: dict[tuple[str, str], dict[int, range]] = {}
    keys = (rows[name].to_pylist() for name in ("recording", "condition", "repeat"))
    for place, (recording, condition, repeat) in enumerate(zip(*keys, strict=True)):
        own = places.setdefault((recording, condition), {})
        own[repeat] = range(own[repeat].start if repeat in own else place, place + 1)
    return places


def _rows_of(recording: str, plans: Plans, counts: Places, experiment: Experiment) -> list[Heard]:
    """A recording that is kept -> a condition, a repeat and the places of its rows, for each.

    A repeat that lacks a chunk is left out; where no speech was found there are no rows.
    """
    heard: list[Heard] = []
    for condition in experiment.conditions:
        own = _whole_repeats(recording, condition, plans, counts)
        heard += [Heard(condition.name, *repeat) for repeat in own.items() or [(1, range(0))]]
    return heard


def _whole_repeats(
    recording: str, condition: Condition, plans: Plans, counts: Places
) -> dict[int, range]:
    """The repeats of a condition that have heard all of a recording -> the places of their rows."""
    plan = plans[condition.chunking].get(recording)
    if not plan or plan["status"] != "ok":
        return {}
    own = counts.get((recording, condition.name), {})
    return {repeat: rows for repeat, rows in own.items() if len(rows) == len(plan["chunks"])}


def _is_comparable(
    recording: str,
    plans: Plans,
    counts: Places,
    experiment: Experiment,
) -> bool:
    """Whether every condition has heard a recording, or found no speech to hear in it.

    Gives notice where some have and others have not.
    """
    lacking = []
    heard = False
    for condition in experiment.conditions:
        plan = plans[condition.chunking].get(recording)
        if _whole_repeats(recording, condition, plans, counts):
            heard = True
        elif not plan or plan["status"] != "no_speech":
            lacking.append(condition.name)
    if heard and lacking:
        text = f"not scored under any condition: {lacking[0]} has no transcript of it"
        remedy = "see why: `snakescribe status CONFIG`"
        notify(Kind.NOT_SCORED, text, recording=recording, remedy=remedy)
    return heard and not lacking


def _merge(
    rows: pa.Table, kept: Mapping[str, Row], heard: Mapping[str, list[Heard]], find: FindReference
) -> pa.Table:
    """Sorted rows, the recordings that are kept and `_rows_of` them -> a row for each of those."""
    schema = rows.schema
    parts: list[pa.Table] = []
    for recording, plan in kept.items():
        own = heard[recording]
        wanted = list(chain.from_iterable(part.places for part in own))
        members = rows.take(pa.array(wanted, pa.int64())).to_pylist()
        languages = [row["language"] for row in members if row["language"]]
        language = max(languages, key=languages.count, default="")
        silent = unheard_spans(find(recording, language), plan["seconds"])
        done = 0
        joined = []
        for part in own:
            chunks = members[done : done + len(part.places)]
            done += len(part.places)
            unit = {"recording": recording, "condition": part.condition, "repeat": part.repeat}
            unit["language"] = language
            joined.append(_join(chunks, schema, silent, {**unit, "audio_seconds": plan["seconds"]}))
        parts.append(pa.Table.from_pylist(joined, schema=schema))
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _join(chunks: Sequence[Row], schema: pa.Schema, silent: Sequence[Span], unit: Row) -> Row:
    """What a condition wrote in the chunks of a recording -> one row."""
    if not chunks:
        blank = dict.fromkeys(schema.names)
        nothing = {"text": "", "flags": ["silence"], "prompt_text": "", "words": [], "segments": []}
        times = dict.fromkeys(("feature_seconds", "encode_seconds", "decode_seconds"), 0.0)
        run = {field.name: None for field in schema.field("run").type}
        return {**blank, **nothing, **times, "run": run, "chunk": unit["recording"], **unit}
    chunks = [leave_out(row, silent) for row in chunks]
    sums = {
        name: sum(row[name] for row in chunks)
        for name in ("feature_seconds", "encode_seconds", "decode_seconds")
    }
    return {
        **chunks[-1],
        **sums,
        "chunk": unit["recording"],
        "text": " ".join(row["text"] for row in chunks if row["text"]),
        "flags": sorted({flag for row in chunks for flag in row["flags"]}),
        "prompt_text": " ".join(dict.fromkeys(row["prompt_text"] for row in chunks)).strip(),
        "words": [word for row in chunks for word in row["words"]],
        "segments": [segment for row in chunks for segment in row["segments"]],
        **unit,
    }


def unheard_spans(reference: SpokenReference | None, seconds: float) -> list[Span]:
    """A recording's reference and its duration -> when (s) it says nothing about what was said."""
    if reference is None or reference.span is None:
        return []
    start, end = reference.span[0] - MARGIN_SECONDS, reference.span[1] + MARGIN_SECONDS
    return [(-1.0, start), *reference.ignored, (end, max(end, seconds) + MARGIN_SECONDS)]


def leave_out(row: Row, silent: Sequence[Span]) -> Row:
    """A row and spans (s) -> the row without the words whose middle lies in one of them."""

    def is_out(moment: float) -> bool:
        return any(start <= moment < end for start, end in silent)

    if not row["text"] or not silent:
        return row
    times = (part[key] for part in row["segments"] for key in ("start", "end"))
    edges = [time for time in times if time is not None]
    pieces = find_pieces(row, (min(edges, default=0.0), max(edges, default=0.0)))
    if not any(is_out(piece.middle) for piece in pieces):
        return row
    text, done = "", None
    for piece in pieces:
        if not is_out(piece.middle):
            gap = row["text"][done : piece.first] if done is not None else " "
            text += gap + row["text"][piece.first : piece.stop]
        done = None if is_out(piece.middle) else piece.stop
    return {
        **row,
        "text": " ".join(text.split()),
        "words": [
            word
            for word in row["words"]
            if (middle := middle_of(word)) is None or not is_out(middle)
        ],
    }
