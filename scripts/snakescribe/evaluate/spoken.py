"""Chunk plans and references -> the chunks of a shard, each with what was said in it."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.sweep import Experiment
from snakescribe.evaluate.attribute import choose_panel, cut_reference
from snakescribe.evaluate.references import SpokenReference, find_reference
from snakescribe.evaluate.terms import recording_terms
from snakescribe.evaluate.transcripts import Heard, Transcripts
from snakescribe.results import Results
from snakescribe.tables import CHUNKS, Row, read_table

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SpokenChunk:
    """A chunk: where it lies, what is known about it, and its piece of the reference.

    `reference` is None where the recording has none; `words` are its raw words and `starts` their
    times (s, recording's clock), empty where the reference does not time words.
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
    heard = map(transcripts.of_chunk, range(len(transcripts.first) - 1))
    for plan in plans:
        item = items[plan["recording"]]
        recording = recordings.get(item["recording"])
        mine = list(islice(heard, len(plan["chunks"])))
        yield from _cut_recording(experiment, scoring, plan, item, recording, mine, cut)


def _cut_recording(
    experiment: Experiment,
    scoring: Row,
    plan: Row,
    item: Row,
    recording: Row | None,
    heard: Sequence[Sequence[Heard]],
    cut: Mapping[str, Row],
) -> Iterator[SpokenChunk]:
    ids = planned_chunk_ids([plan])
    language = item["language"] or _detected_language(chain.from_iterable(heard))
    reference = find_reference(item, recording, scoring["tiers"], language)
    cuts = [0] * (len(ids) + 1)
    if reference is not None and not ids:
        logger.warning(
            "%s: no speech was found, so that %d words of its reference are not scored",
            item["recording"],
            len(reference.words),
        )
    elif reference is not None:
        panels = []
        for rows in heard:
            texts = {one.condition: one.text for one in rows}
            panels.append([texts[name] for name in choose_panel(list(texts), experiment.baseline)])
        cuts = cut_reference(reference, [(start, end) for start, end in plan["chunks"]], panels)
    terms = tuple(recording_terms(item, scoring["terms"]))
    for number, one in enumerate(ids):
        start, end = plan["chunks"][number]
        first, stop = cuts[number], cuts[number + 1]
        row = cut.get(one, {})
        speech = row.get("speech_seconds")
        yield SpokenChunk(
            id=one,
            item=item,
            fields={
                "recording": item["recording"],
                "tier": reference.tier if reference else None,
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
            reference=reference.text(first, stop) if reference else None,
            words=reference.words[first:stop] if reference else (),
            starts=_starts(reference, first, stop),
            terms=terms,
        )


def _starts(reference: SpokenReference | None, first: int, stop: int) -> tuple[float, ...]:
    if reference is None or not reference.exact:
        return ()
    return tuple(start for start, _ in reference.times[first:stop])


def _detected_language(heard: Iterable[Heard]) -> str:
    """What the conditions heard -> the language that most of them detected."""
    counts = Counter(one.language for one in heard if one.language)
    return counts.most_common(1)[0][0] if counts else ""
