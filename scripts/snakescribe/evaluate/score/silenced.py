"""Which terms were silenced in what each condition heard: the audio tables say where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pyarrow as pa

from snakescribe.config.conditions import Experiment
from snakescribe.evaluate.score.transcripts import Transcripts
from snakescribe.results import Results
from snakescribe.spans import own_spans
from snakescribe.tables import AUDIO, Row, read_table

SILENCED = "silenced"  # the column of `Transcripts.heard`

_FILTER = "silence_terms"
# By recording: start and end (s) of each term that was silenced, and the term.
TermSpans = Mapping[str, Sequence[tuple[float, float, str]]]


def with_silenced(
    transcripts: Transcripts,
    plans: Sequence[Row],
    experiment: Experiment,
    spans: Mapping[str, TermSpans],
) -> Transcripts:
    """Transcripts -> the same with `SILENCED`: the terms silenced in each row's chunk as heard.

    A term is silenced in the chunk in which its middle lies.

    Args:
        transcripts: of a shard.
        plans: its chunk plans, whose chunks are those of the transcripts.
        experiment: its conditions.
        spans: by audio variant what was silenced; see `read_silenced`.
    """
    of_variant = {
        variant: list(chain.from_iterable(_by_chunk(plan, own) for plan in plans))
        for variant, own in spans.items()
    }
    audio = {condition.name: condition.audio for condition in experiment.conditions}
    chunk_of = np.repeat(np.arange(len(transcripts.first) - 1), np.diff(transcripts.first))
    silenced = [
        of_variant[audio[name]][chunk] if audio[name] in of_variant else []
        for name, chunk in zip(transcripts.conditions, chunk_of.tolist(), strict=True)
    ]
    column = pa.array(silenced, pa.list_(pa.string()))
    return replace(transcripts, heard=transcripts.heard.append_column(SILENCED, column))


def read_silenced(results: Results, variants: Sequence[str], shard: str) -> dict[str, TermSpans]:
    """A shard and audio variants in which terms are silenced -> what was, by recording."""
    return {
        variant: {
            row["recording"]: [
                (start, end, term)
                for step in row["chain"]
                if isinstance(step, dict)
                for start, end, term in step.get(_FILTER, {}).get("spans", ())
            ]
            for row in read_table(AUDIO, results.path(AUDIO, variant=variant, shard=shard))
        }
        for variant in variants
    }


def _by_chunk(plan: Row, spans: TermSpans) -> Iterator[list[str]]:
    """A recording's plan and what was silenced -> the terms of each of its chunks."""
    own = spans.get(plan["recording"], ())
    for begin, stop in own_spans(plan["chunks"]):
        yield [term for start, end, term in own if begin <= (start + end) / 2 < stop]
