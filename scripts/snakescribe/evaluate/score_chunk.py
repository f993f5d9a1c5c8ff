"""A chunk and what a condition heard in it -> a row of the scores, under one normaliser."""

import json
from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from snakescribe.evaluate.align import align
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


class ChunkScorer:
    """Scores chunks under one normaliser; keeps what conditions of the same chunk share."""

    def __init__(
        self, normalizer: Normalizer, metrics: Sequence[Metric], scoring: Mapping[str, Any]
    ) -> None:
        self._normalizer = normalizer
        self._metrics = metrics
        self._strata = scoring["strata"]
        self._words: dict[tuple[str, str], list[str]] = {}
        self._terms: dict[tuple[tuple[str, ...], str], list[Term]] = {}
        self._chunk = ""

    def score(self, chunk: SpokenChunk, condition: str, heard: Heard) -> Row:
        """A chunk, a condition and what it heard -> the row."""
        if chunk.id != self._chunk:
            self._chunk = chunk.id
            self._words.clear()
        hypothesis = self._normalise(heard.text, chunk.language)
        probabilities = self._spread(heard, heard.probabilities, hypothesis, chunk)
        row = self._describe(chunk, condition, heard)
        row |= {
            "hypothesis_normalized": " ".join(hypothesis),
            "hypothesis_words": len(hypothesis),
            "confidences": probabilities,
        }
        if chunk.reference is None:
            return row
        reference = self._normalise(chunk.reference, chunk.language)
        timed = bool(chunk.starts and heard.word_texts)
        sample = Sample(
            reference=reference,
            hypothesis=hypothesis,
            alignment=align(reference, hypothesis),
            audio_seconds=heard.audio_seconds,
            probabilities=probabilities,
            reference_starts=spread_values(
                chunk.words, chunk.starts, reference, self._normalizer, chunk.language
            )
            if timed
            else (),
            hypothesis_starts=self._spread(heard, heard.starts, hypothesis, chunk) if timed else (),
            terms=self._normalise_terms(chunk),
            prompt=self._normalise(heard.prompt, chunk.language) if heard.prompt else (),
            chunk=chunk.fields,
            item=chunk.item,
        )
        row |= {
            "reference_normalized": " ".join(reference),
            "alignment": sample.alignment,
            "terms": _terms_cell(sample),
            **count_words(sample),
        }
        for metric in self._metrics:
            counted = metric.count(sample)
            row |= {name: counted.get(name, nan) for name in metric.counts}
        return row

    def _describe(self, chunk: SpokenChunk, condition: str, heard: Heard) -> Row:
        fields = chunk_fields(chunk.fields, chunk.item)
        return {
            "condition": condition,
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
            "hypothesis": heard.text,
            "flags": list(heard.flags),
            "avg_logprob": heard.avg_logprob,
            "audio_seconds": heard.audio_seconds,
            "compute_seconds": heard.compute_seconds,
            "load_seconds": heard.load_seconds,
            "peak_memory_mb": heard.peak_memory_mb,
        }

    def _normalise(self, text: str, language: str) -> list[str]:
        key = (text, language)
        if key not in self._words:
            self._words[key] = self._normalizer.words(text, language)
        return self._words[key]

    def _normalise_terms(self, chunk: SpokenChunk) -> list[Term]:
        key = (chunk.terms, chunk.language)
        if key not in self._terms:
            self._terms[key] = normalise_terms(chunk.terms, self._normalizer, chunk.language)
        return self._terms[key]

    def _spread(
        self, heard: Heard, values: Sequence[float], words: Sequence[str], chunk: SpokenChunk
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
