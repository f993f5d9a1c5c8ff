"""A batch -> rows of the scores, under one normaliser."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from snakescribe.evaluate.metrics import Metric, count_samples
from snakescribe.evaluate.metrics.error_rates import count_words
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.metrics.term_counts import Term, TermCount, normalise_terms
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.normalize.registry import Normalizer
from snakescribe.evaluate.score.batch import Batch
from snakescribe.evaluate.score.chunks import SpokenChunk
from snakescribe.evaluate.score.strata import COLUMN_PREFIX, chunk_fields, name_level
from snakescribe.evaluate.score.table import make_table
from snakescribe.evaluate.words.project import Sources
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

_CHUNK_COLUMNS = ("recording", "tier", "language", "number", "start", "end", "snr_db")
_HEARD_COLUMNS = (
    "condition",
    "flags",
    "avg_logprob",
    "audio_seconds",
    "compute_seconds",
    "load_seconds",
    "peak_memory_mb",
)


class BatchScorer:
    """Scores batches in one language under one normaliser."""

    def __init__(
        self,
        normalizer: Normalizer,
        language: str,
        raw: Vocabulary,
        metrics: Iterable[Metric],
        strata: Mapping[str, Sequence[float]],
    ) -> None:
        """Take what scores depend on, and the vocabulary of the batches' raw words."""
        self._normalizer = normalizer
        self._language = language
        self._raw = raw
        self._metrics = [metric for metric in metrics if metric.counts]
        self._strata = strata
        self._known = Vocabulary()
        self._normalise = normalizer.for_many(language, raw, self._known)
        self._terms: dict[tuple[str, ...], list[Term]] = {}
        self._alone = self._normalise(Texts.cut([], raw))

    def score(self, batch: Batch, schema: pa.Schema) -> pa.Table:
        """A batch -> a table with a row for each of its chunks and conditions."""
        transcripts = batch.transcripts
        references = self._normalise(batch.references)
        hypotheses = self._normalise(batch.hypotheses)
        sources = self._sources(transcripts.words, hypotheses)
        probabilities = sources.spread(transcripts.probabilities)
        texts = self._known.join(hypotheses)
        columns = {
            **{name: transcripts.heard[name].combine_chunks() for name in _HEARD_COLUMNS},
            "hypothesis": batch.hypotheses.texts,
            "hypothesis_normalized": texts,
            "hypothesis_words": hypotheses.lengths,
            "confidences": probabilities,
        }
        scored, chunk_of = batch.scored, batch.chunk_of[batch.scored]
        of_chunk = [batch.chunks[place] for place in chunk_of.tolist()]
        reference_texts = self._known.join(references).to_pylist()
        raw_words, starts = batch.reference_words
        samples = Samples(
            known=self._known,
            reference=references.take(chunk_of),
            hypothesis=hypotheses.take(scored),
            reference_text=self._joined([reference_texts[place] for place in chunk_of.tolist()]),
            hypothesis_text=self._joined(texts.take(scored).to_pylist()),
            audio_seconds=batch.audio_seconds[scored],
            probabilities=probabilities.take(scored),
            reference_starts=self._sources(raw_words, references).spread(starts).take(chunk_of),
            hypothesis_starts=sources.spread(transcripts.starts).take(scored),
            prompt=self._normalise(batch.prompts),
            terms=[self._normalise_terms(chunk.terms) for chunk in of_chunk],
            chunk=[chunk.fields for chunk in of_chunk],
            item=[chunk.item for chunk in of_chunk],
        )
        counted = {
            "alignment": samples.alignment,
            "terms": [_terms_cell(counts) if counts else None for counts in samples.term_counts],
            **count_words(samples),
        }
        for metric in self._metrics:
            counted |= count_samples(metric, samples)
        shared = map(self._describe, batch.chunks, reference_texts)
        return make_table(schema, list(shared), batch.chunk_of, columns, scored, counted)

    def _joined(self, texts: list[str]) -> list[str]:
        """Words joined by spaces -> as the language joins them."""
        return texts if is_spaced(self._language) else [text.replace(" ", "") for text in texts]

    def _sources(self, raw_words: Ragged, words: Ragged) -> Sources:
        if new := self._raw.words[len(self._alone) :]:
            more = self._normalise(Texts.cut(new, self._raw))
            self._alone = Ragged.concatenate([self._alone, more])
        return Sources(raw_words, self._alone, words)

    def _describe(self, chunk: SpokenChunk, normalised: str) -> dict[str, Any]:
        """A chunk and its normalised reference -> the columns that conditions share."""
        fields = chunk_fields(chunk.fields, chunk.item)
        return {
            "chunk": chunk.id,
            "normalizer": self._normalizer.name,
            "normalizer_version": self._normalizer.version,
            "normalizer_digest": self._normalizer.digest,
            **{name: chunk.fields[name] for name in _CHUNK_COLUMNS},
            **{
                COLUMN_PREFIX + name: name_level(fields.get(name), edges)
                for name, edges in self._strata.items()
            },
            "reference": chunk.reference,
            "reference_normalized": None if chunk.reference is None else normalised,
        }

    def _normalise_terms(self, terms: tuple[str, ...]) -> list[Term]:
        if terms not in self._terms:
            self._terms[terms] = normalise_terms(terms, self._normalizer, self._language)
        return self._terms[terms]


def _terms_cell(counts: Iterable[TermCount]) -> str:
    """The terms of a row -> JSON: [term, said, hit, false, prompted] of each."""
    cells = [
        [" ".join(count.term), count.references, count.hits, count.false, count.prompted]
        for count in counts
    ]
    return json.dumps(cells, ensure_ascii=False)
