"""A chunk and what a condition heard in it -> a row of the scores, under one normaliser."""

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
    """Scores chunks under one normaliser; keeps what conditions of the same chunk share."""

    def __init__(
        self, normalizer: Normalizer, metrics: Sequence[Metric], scoring: Mapping[str, Any]
    ) -> None:
        self._normalizer = normalizer
        self._metrics = [metric for metric in metrics if metric.counts]
        self._strata = scoring["strata"]
        self._terms: dict[tuple[tuple[str, ...], str], list[Term]] = {}
        self._chunk = ""

    def score(self, chunk: SpokenChunk, condition: str, heard: Heard) -> Row:
        """A chunk, a condition and what it heard -> the row."""
        if chunk.id != self._chunk:
            self._begin(chunk)
        hypothesis = self._normalise(heard.text, chunk.language)
        probabilities = self._spread(heard, heard.probabilities, hypothesis.words, chunk)
        row = {
            **self._of_chunk,
            "condition": condition,
            "hypothesis": heard.text,
            "flags": heard.flags,
            "avg_logprob": heard.avg_logprob,
            "audio_seconds": heard.audio_seconds,
            "compute_seconds": heard.compute_seconds,
            "load_seconds": heard.load_seconds,
            "peak_memory_mb": heard.peak_memory_mb,
            "hypothesis_normalized": hypothesis.joined,
            "hypothesis_words": len(hypothesis.words),
            "confidences": probabilities,
        }
        if self._reference is None:
            return row
        reference = self._reference
        timed = bool(self._starts and heard.word_texts)
        sample = Sample(
            reference=reference.words,
            hypothesis=hypothesis.words,
            alignment=align_encoded(reference.encoded, hypothesis.encoded),
            audio_seconds=heard.audio_seconds,
            probabilities=probabilities,
            reference_starts=self._starts if timed else (),
            hypothesis_starts=self._spread(heard, heard.starts, hypothesis.words, chunk)
            if timed
            else (),
            terms=self._normalise_terms(chunk),
            prompt=self._normalise(heard.prompt, chunk.language).words if heard.prompt else (),
            chunk=chunk.fields,
            item=chunk.item,
        )
        row |= {
            "reference_normalized": reference.joined,
            "alignment": sample.alignment,
            "terms": _terms_cell(sample),
            **count_words(sample),
        }
        for metric in self._metrics:
            counted = metric.count(sample)
            row |= {name: counted.get(name, nan) for name in metric.counts}
        return row

    def _begin(self, chunk: SpokenChunk) -> None:
        """Do once what is the same for all conditions of a chunk."""
        self._chunk = chunk.id
        self._encoder = Encoder()
        self._texts: dict[str, _Text] = {}
        fields = chunk_fields(chunk.fields, chunk.item)
        self._of_chunk = {
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
        }
        self._reference: _Text | None = None
        self._starts: Sequence[float] = ()
        if chunk.reference is not None:
            self._reference = self._normalise(chunk.reference, chunk.language)
            self._starts = chunk.starts and spread_values(
                chunk.words, chunk.starts, self._reference.words, self._normalizer, chunk.language
            )

    def _normalise(self, text: str, language: str) -> _Text:
        if text not in self._texts:
            words = self._normalizer.words(text, language)
            self._texts[text] = _Text(words, " ".join(words), self._encoder.encode(words))
        return self._texts[text]

    def _normalise_terms(self, chunk: SpokenChunk) -> list[Term]:
        key = (chunk.terms, chunk.language)
        if key not in self._terms:
            self._terms[key] = normalise_terms(chunk.terms, self._normalizer, chunk.language)
        return self._terms[key]

    def _spread(
        self, heard: Heard, values: Sequence[float], words: list[str], chunk: SpokenChunk
    ) -> list[float]:
        if not heard.word_texts:
            return []
        raw = heard.word_texts.split("\n")
        return spread_values(raw, values, words, self._normalizer, chunk.language)


def _terms_cell(sample: Sample) -> str | None:
    """A sample -> its terms' counts as JSON: [term, said, hit, false, prompted]; None for none."""
    counts = [
        [" ".join(one.term), one.references, one.hits, one.false, one.prompted]
        for one in count_terms(sample)
    ]
    return json.dumps(counts, ensure_ascii=False) if counts else None
