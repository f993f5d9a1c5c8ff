"""A chunk and what the conditions heard in it -> rows of the scores, under one normaliser."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from snakescribe.evaluate.align import Encoder, align_encoded
from snakescribe.evaluate.metrics import Metric
from snakescribe.evaluate.metrics.words import count_words
from snakescribe.evaluate.normalizers import Normalizer
from snakescribe.evaluate.sample import Sample, Term
from snakescribe.evaluate.spoken import SpokenChunk
from snakescribe.evaluate.spread import spread_values
from snakescribe.evaluate.strata import COLUMN_PREFIX, chunk_fields, name_level
from snakescribe.evaluate.terms import count_terms, normalise_terms
from snakescribe.evaluate.transcripts import Heard

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """A normalised text: its words, these joined, and as one character a word."""

    words: list[str]
    joined: str
    encoded: str


class ChunkScorer:
    """Scores chunks under one normaliser."""

    def __init__(
        self, normalizer: Normalizer, metrics: Sequence[Metric], scoring: Mapping[str, Any]
    ) -> None:
        self._normalizer = normalizer
        self._metrics = [metric for metric in metrics if metric.counts]
        self._strata = scoring["strata"]
        self._terms: dict[tuple[tuple[str, ...], str], list[Term]] = {}

    def describe(self, chunk: SpokenChunk) -> Row:
        """A chunk -> the columns that are the same for all conditions."""
        fields = chunk_fields(chunk.fields, chunk.item)
        reference = None
        if chunk.reference is not None:
            reference = " ".join(self._normalizer.words(chunk.reference, chunk.language))
        return {
            "chunk": chunk.id,
            "normalizer": self._normalizer.name,
            "normalizer_version": self._normalizer.version,
            "normalizer_digest": self._normalizer.digest,
            **{
                name: chunk.fields[name]
                for name in ("recording", "tier", "language", "number", "start", "end", "snr_db")
            },
            **{
                COLUMN_PREFIX + name: name_level(fields.get(name), edges)
                for name, edges in self._strata.items()
            },
            "reference": chunk.reference,
            "reference_normalized": reference,
        }

    def score(self, chunk: SpokenChunk, heard: Mapping[str, Heard]) -> list[Row]:
        """A chunk and what each condition heard in it -> for each the other columns."""
        texts = _Texts(self._normalizer, chunk.language)
        reference, starts, terms = None, (), []
        if chunk.reference is not None:
            reference = texts[chunk.reference]
            starts = chunk.starts and self._spread(chunk, chunk.words, chunk.starts, reference)
            terms = self._normalise_terms(chunk)
        rows = []
        for condition, one in heard.items():
            hypothesis = texts[one.text]
            raw = one.word_texts.split("\n") if one.word_texts else []
            probabilities = raw and self._spread(chunk, raw, one.probabilities, hypothesis)
            row = {
                "condition": condition,
                "hypothesis": one.text,
                "flags": one.flags,
                "avg_logprob": one.avg_logprob,
                "audio_seconds": one.audio_seconds,
                "compute_seconds": one.compute_seconds,
                "load_seconds": one.load_seconds,
                "peak_memory_mb": one.peak_memory_mb,
                "hypothesis_normalized": hypothesis.joined,
                "hypothesis_words": len(hypothesis.words),
                "confidences": probabilities,
            }
            rows.append(row)
            if reference is None:
                continue
            timed = len(starts) and len(raw)
            sample = Sample(
                reference=reference.words,
                hypothesis=hypothesis.words,
                alignment=align_encoded(reference.encoded, hypothesis.encoded),
                audio_seconds=one.audio_seconds,
                probabilities=probabilities,
                reference_starts=starts if timed else (),
                hypothesis_starts=self._spread(chunk, raw, one.starts, hypothesis) if timed else (),
                terms=terms,
                prompt=texts[one.prompt].words if one.prompt else (),
                chunk=chunk.fields,
                item=chunk.item,
            )
            row["alignment"] = sample.alignment
            row["terms"] = _terms_cell(sample)
            row |= count_words(sample)
            for metric in self._metrics:
                counted = metric.count(sample)
                for name in metric.counts:
                    row[name] = counted.get(name, nan)
        return rows

    def _normalise_terms(self, chunk: SpokenChunk) -> list[Term]:
        key = (chunk.terms, chunk.language)
        if key not in self._terms:
            self._terms[key] = normalise_terms(chunk.terms, self._normalizer, chunk.language)
        return self._terms[key]

    def _spread(
        self, chunk: SpokenChunk, raw: Sequence[str], values: Sequence[float], text: _Text
    ) -> Sequence[float]:
        return spread_values(raw, values, text.words, self._normalizer, chunk.language)


class _Texts(dict[str, _Text]):
    """The texts of a chunk, each normalised once."""

    def __init__(self, normalizer: Normalizer, language: str) -> None:
        super().__init__()
        self._normalizer = normalizer
        self._language = language
        self._encoder = Encoder()

    def __missing__(self, text: str) -> _Text:
        words = self._normalizer.words(text, self._language)
        found = self[text] = _Text(words, " ".join(words), self._encoder.encode(words))
        return found


def _terms_cell(sample: Sample) -> str | None:
    """A sample -> its terms' counts as JSON: [term, said, hit, false, prompted]; None for none."""
    counts = [
        [" ".join(one.term), one.references, one.hits, one.false, one.prompted]
        for one in count_terms(sample)
    ]
    return json.dumps(counts, ensure_ascii=False) if counts else None
