"""Chunk plans and references -> the chunks of a shard, each with what was said in it."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Any

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.experiments import Experiment
from snakescribe.evaluate.metrics.term_counts import recording_terms
from snakescribe.evaluate.reference.choose import SpokenReference, find_reference, list_sources
from snakescribe.evaluate.reference.coverage import scored_chunks, seconds_inside
from snakescribe.evaluate.reference.segment import cut_reference
from snakescribe.evaluate.score.transcripts import Transcripts
from snakescribe.results import Results
from snakescribe.tables import CHUNKS, Row, read_table

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SpokenChunk:
    """A chunk: where it lies, what is known about it, and its piece of the reference.

    `reference` is None where the recording has none, or none that says what this chunk holds;
    `words` are its raw words and `starts` their times (s, recording's clock), empty where the
    reference does not time words.
    """

    id: str
    item: Row
    fields: dict[str, Any]
    language: str
    reference: str | None
    words: tuple[str, ...]
    starts: tuple[float, ...]
    terms: tuple[str, ...]


def read_spoken(
    results: Results,
    experiment: Experiment,
    scoring: Row,
    shard: str,
    plans: Sequence[Row],
    items: Mapping[str, Row],
    recordings: Mapping[str, Row],
    transcripts: Transcripts,
) -> Iterator[SpokenChunk]:
    """Yield a shard's chunks, each with its piece of the reference.

    Args:
        results: the results folder.
        experiment: whose conditions help to cut the references; the signal-to-noise ratio is that
            of its baseline's audio, for all conditions, so that strata hold the same chunks.
        scoring: the section of the config.
        shard: its name.
        plans: the shard's chunk plans.
        items: the shard's items by recording.
        recordings: what acquiring each of them gave.
        transcripts: what was heard in the chunks of the plans.
    """
    variant = next(one.audio for one in experiment.conditions if one.name == experiment.baseline)
    path = results.path(CHUNKS, variant=variant, shard=shard)
    cut = {row["chunk"]: row for row in read_table(CHUNKS, path)}
    places = iter(range(len(transcripts.first) - 1))
    found: Counter[str] = Counter()
    for plan in plans:
        item = items[plan["recording"]]
        recording = recordings.get(item["recording"])
        mine = list(islice(places, len(plan["chunks"])))
        yield from _cut_recording(
            experiment, scoring, plan, item, recording, transcripts, mine, cut, found
        )
    _warn(shard, experiment, len(plans), found)


def _cut_recording(
    experiment: Experiment,
    scoring: Row,
    plan: Row,
    item: Row,
    recording: Row | None,
    transcripts: Transcripts,
    places: Sequence[int],
    cut: Mapping[str, Row],
    found: Counter[str],
) -> Iterator[SpokenChunk]:
    ids = planned_chunk_ids([plan])
    language = item["language"] or _detected_language(transcripts, places)
    reference = find_reference(item, recording, scoring["tiers"], language)
    if reference is None:
        named = list_sources(item, recording, scoring["tiers"], language)
        found["unread" if named else "without"] += 1
    elif ids:
        found["untimed"] += bool(reference.words) and not reference.times
    elif reference.words:
        logger.warning(
            "%s: no speech was found, so that %d words of its reference are not scored",
            item["recording"],
            len(reference.words),
        )
    pieces = _cut(
        reference, plan, [_texts(transcripts, place, experiment.baseline) for place in places]
    )
    if reference is not None:
        found["left out"] += sum(piece is None for piece in pieces)
    terms = tuple(recording_terms(item, scoring["terms"]))
    for number, one in enumerate(ids):
        start, end = plan["chunks"][number]
        first, stop = pieces[number] or (0, 0)
        scored = reference if pieces[number] else None
        row = cut.get(one, {})
        speech = row.get("speech_seconds")
        yield SpokenChunk(
            id=one,
            item=item,
            fields={
                "recording": item["recording"],
                "tier": scored.tier if scored else None,
                "language": language,
                "number": number,
                "start": start,
                "end": end,
                "seconds": end - start,
                "position": (start + end) / 2 / (plan["seconds"] or end),
                "speech_seconds": speech,
                "speech_share": None if speech is None else speech / (end - start),
                "snr_db": row.get("snr_db"),
            },
            language=language,
            reference=scored.text(first, stop) if scored else None,
            words=scored.words[first:stop] if scored else (),
            starts=_starts(scored, first, stop),
            terms=terms,
        )


def _texts(transcripts: Transcripts, place: int, baseline: str) -> list[str]:
    """The position of a chunk -> what the conditions heard in it, the baseline first."""
    rows = transcripts.rows(place)
    texts, conditions = list(transcripts.texts.texts[rows]), transcripts.conditions[rows]
    if baseline in conditions:
        texts.insert(0, texts.pop(conditions.index(baseline)))
    return texts


def _cut(
    reference: SpokenReference | None, plan: Row, texts: Sequence[Sequence[str]]
) -> list[tuple[int, int] | None]:
    """A reference, a plan and what was heard -> the range of words of each chunk, None unscored."""
    chunks = [(start, end) for start, end in plan["chunks"]]
    if reference is None:
        return [None] * len(chunks)
    speech = [(start, end) for start, end in plan["speech"] or ()]
    seconds = [seconds_inside(speech, chunk) for chunk in chunks]
    pieces = pairwise(cut_reference(reference, chunks, texts, seconds))
    kept = scored_chunks(reference, chunks, speech)
    return [piece if keep else None for piece, keep in zip(pieces, kept, strict=True)]


def _warn(shard: str, experiment: Experiment, recordings: int, found: Mapping[str, int]) -> None:
    """Say what a reader of the scores should know about the references of a shard."""
    if found["unread"]:
        logger.warning(
            "%s: %d of %d recordings have no reference that could be read; they are not scored",
            shard,
            found["unread"],
            recordings,
        )
    if found["without"] and found["without"] + found["unread"] < recordings:
        logger.warning(
            "%s: %d of %d recordings have no reference of the tiers that count (scoring.tiers); "
            "they are not scored, and their `tier` in chunks.parquet is empty",
            shard,
            found["without"],
            recordings,
        )
    if found["left out"]:
        logger.warning(
            "%s: %d chunks are not scored: their reference is silent about that time "
            "(segments to ignore, or before its first and after its last utterance)",
            shard,
            found["left out"],
        )
    if found["untimed"] and experiment.design == "random_groups":
        logger.warning(
            "%s: the references of %d recordings have no times: what was missed between chunks of "
            "two conditions is divided by the rate of speech, which is less sure than times are "
            "(docs/evaluate.md, References)",
            shard,
            found["untimed"],
        )


def _starts(reference: SpokenReference | None, first: int, stop: int) -> tuple[float, ...]:
    if reference is None or not reference.exact:
        return ()
    return tuple(start for start, _ in reference.times[first:stop])


def _detected_language(transcripts: Transcripts, places: Iterable[int]) -> str:
    """The positions of chunks -> the language that most conditions detected in them."""
    languages = transcripts.heard["language"]
    heard = (languages[transcripts.rows(place)].to_pylist() for place in places)
    counts = Counter(language for language in chain.from_iterable(heard) if language)
    return counts.most_common(1)[0][0] if counts else ""
