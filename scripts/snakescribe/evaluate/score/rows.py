"""A batch -> rows of the scores, under one normaliser."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from snakescribe.evaluate.metrics import Metric, count_samples
from snakescribe.evaluate.metrics.error_rates import count_words
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.metrics.term_counts import Term, TermCount, normalise_terms
from snakescribe.evaluate.normalize.base import Normalizer
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.leaderboard import merge_compounds
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.score.batch import Batch
from snakescribe.evaluate.score.chunks import SpokenChunk
from snakescribe.evaluate.score.spelled import spell_references, without_taken
from snakescribe.evaluate.score.strata import chunk_fields, name_level, unit_level
from snakescribe.evaluate.score.table import make_table
from snakescribe.evaluate.words.project import Sources
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.tables import Row
from snakescribe.tables.scores import STRATUM_PREFIX, UNIT_PREFIX

_CHUNK_COLUMNS = ("recording", "tier", "language", "number", "start", "end", "snr_db")
_HEARD_COLUMNS = (
    "condition",
    "repeat",
    "avg_logprob",
    "audio_seconds",
    "compute_seconds",
    "load_seconds",
    "peak_memory_mb",
    "job",
)


@dataclass(frozen=True)
class _Heard:
    """What the conditions heard in a batch, normalised; everything has a row for each of its rows.

    `texts` are the words joined by spaces (an Arrow array), `probabilities` and `starts` (s) those
    of the words, as far as they are known.
    """

    words: Ragged
    texts: pa.Array
    probabilities: Ragged
    starts: Ragged

    def without(self, kept: np.ndarray, known: Vocabulary) -> "_Heard":
        """The same with those words only that are kept (words,); `known` numbers them."""
        words = Ragged(self.words.values[kept], self.words.sums(kept, int))
        probabilities, starts = (
            without_taken(rows, self.words, kept) for rows in (self.probabilities, self.starts)
        )
        return _Heard(words, known.join(words), probabilities, starts)

    def merged(self, batch: Batch, words: Ragged, known: Vocabulary) -> "_Heard":
        """The same with other words in the scored rows; nothing is known of single words then."""
        rows = list(self.words)
        for place, row in zip(batch.scored.tolist(), words, strict=True):
            rows[place] = row
        every = Ragged.from_rows(rows)
        nothing = Ragged(np.empty(0), np.zeros(len(rows), int))
        return _Heard(every, known.join(every), nothing, nothing)


@dataclass(frozen=True)
class _Said:
    """(scored rows) what was said in each: normalised words, as texts, and when they begin (s).

    `is_shared` says that rows of a chunk have the same words.
    """

    words: Ragged
    texts: list[str]
    starts: Ragged
    is_shared: bool = True

    def in_all(self, batch: Batch) -> "_Said":
        """The same for all rows of a batch: nothing in those without a reference."""
        texts = np.full(len(batch.chunk_of), "", object)
        texts[batch.scored] = self.texts
        words, starts = (rows.among(batch.scored, len(texts)) for rows in (self.words, self.starts))
        return _Said(words, texts.tolist(), starts)


class BatchScorer:
    """Scores batches in one language under one normaliser; what it learns serves the next batch."""

    def __init__(
        self,
        normalizer: Normalizer,
        language: str,
        raw: Vocabulary,
        metrics: Iterable[Metric],
        levels: tuple[Mapping[str, Sequence[float]], Sequence[str]],
    ) -> None:
        """Take what scores depend on.

        Args:
            normalizer: the normaliser.
            language: the code of the batches' language.
            raw: the vocabulary of the batches' raw words.
            metrics: what is counted beside words and characters.
            levels: the fields of strata with the edges of their bins, none for a bin a value; and
                the fields to resample by.
        """
        self._normalizer = normalizer
        self._language = language
        self._raw = raw
        self._metrics = [metric for metric in metrics if metric.counts]
        self._strata, self._unit_fields = levels
        self._known = Vocabulary()
        self._normalise = normalizer.for_many(language, raw, self._known)
        self._terms: dict[tuple[str, ...], list[Term]] = {}
        self._alone = self._normalise(Texts.cut([], raw))

    def score(self, batch: Batch, schema: pa.Schema) -> pa.Table:
        """A batch -> a table of this schema with a row for each of its chunks and conditions.

        Raises:
            UserError: a user's normaliser or metric fails.
        """
        heard = self._normalise_heard(batch)
        reference = self._normalise(batch.references)
        reference_texts = self._known.join(reference).to_pylist()
        spelled = spell_references(batch, heard.words, self._normalise)
        if spelled is None:
            said = self._say_shared(batch, reference, reference_texts)
        else:
            heard = heard.without(spelled.kept, self._known)
            said = self._say_each(batch, spelled.words)
        aligned = None
        if self._normalizer.merges_compounds:
            merged = merge_compounds(said.words, heard.words.take(batch.scored), self._known)
            heard, aligned = heard.merged(batch, merged.heard, self._known), merged.operations
        samples = replace(self._make_samples(batch, heard, said, batch.scored), aligned=aligned)
        columns = {
            **{name: batch.transcripts.heard[name].combine_chunks() for name in _HEARD_COLUMNS},
            "flags": batch.flags,
            "hypothesis": batch.hypotheses.texts,
            "hypothesis_normalized": heard.texts,
            "hypothesis_words": heard.words.lengths,
            "confidences": heard.probabilities,
        }
        counted = {
            "alignment": samples.alignment,
            "terms": [_terms_cell(counts) if counts else None for counts in samples.term_counts],
            **count_words(samples),
        }
        if not said.is_shared:
            counted["reference_normalized"] = said.texts
        everything = samples
        if len(batch.scored) < len(batch.chunk_of):
            everything = self._make_samples(batch, heard, said.in_all(batch), batch.every_row)
        for metric in self._metrics:
            if metric.needs_reference:
                counted |= count_samples(metric, samples)
            else:
                columns |= count_samples(metric, everything)
        shared = list(map(self._describe, batch.chunks, reference_texts))
        return make_table(schema, shared, batch.chunk_of, columns, batch.scored, counted)

    def _normalise_heard(self, batch: Batch) -> _Heard:
        """A batch -> what was heard, with times and probabilities of the normalised words."""
        transcripts = batch.transcripts
        words = self._normalise(batch.hypotheses)
        sources = self._sources(transcripts.words, words)
        return _Heard(
            words=words,
            texts=self._known.join(words),
            probabilities=sources.spread(transcripts.probabilities),
            starts=sources.spread(transcripts.starts),
        )

    def _say_shared(self, batch: Batch, reference: Ragged, reference_texts: Sequence[str]) -> _Said:
        """A batch and the normalised references of its chunks, also as texts -> the rows' own."""
        chunk_of = batch.chunk_of[batch.scored]
        raw_words, starts = batch.reference_words
        return _Said(
            reference.take(chunk_of),
            [reference_texts[place] for place in chunk_of.tolist()],
            self._sources(raw_words, reference).spread(starts).take(chunk_of),
        )

    def _say_each(self, batch: Batch, reference: Ragged) -> _Said:
        """A batch and the normalised reference of each of its scored rows -> what was said."""
        raw_words, starts = batch.reference_words
        chunk_of = batch.chunk_of[batch.scored]
        starts = Ragged(starts, raw_words.lengths).take(chunk_of).values
        return _Said(
            reference,
            self._known.join(reference).to_pylist(),
            self._sources(raw_words.take(chunk_of), reference).spread(starts),
            is_shared=False,
        )

    def _make_samples(self, batch: Batch, heard: _Heard, said: _Said, rows: np.ndarray) -> Samples:
        """Some rows as metrics see them.

        Args:
            batch: the batch.
            heard: (rows of the batch) what was heard.
            said: (rows wanted) what was said.
            rows: those wanted, by position.
        """
        chunks = [batch.chunks[place] for place in batch.chunk_of[rows].tolist()]
        return Samples(
            known=self._known,
            reference=said.words,
            hypothesis=heard.words.take(rows),
            reference_text=self._joined(said.texts),
            hypothesis_text=self._joined(heard.texts.take(rows).to_pylist()),
            audio_seconds=batch.audio_seconds[rows],
            probabilities=heard.probabilities.take(rows),
            reference_starts=said.starts,
            hypothesis_starts=heard.starts.take(rows),
            prompt=self._normalise(batch.prompts_of(rows)),
            avg_logprob=batch.avg_logprob[rows],
            flagged=batch.flagged[rows],
            snr_db=batch.snr_db[rows],
            terms=[self._normalise_terms(chunk.terms) for chunk in chunks],
            chunk=[chunk.fields for chunk in chunks],
            item=[chunk.item for chunk in chunks],
            silenced=[self._count_terms(terms) for terms in batch.silenced_in(rows)],
        )

    def _joined(self, texts: list[str]) -> list[str]:
        """Words joined by spaces -> as the language joins them."""
        return texts if is_spaced(self._language) else [text.replace(" ", "") for text in texts]

    def _sources(self, raw_words: Ragged, words: Ragged) -> Sources:
        """Rows of raw words and of the words they were normalised to -> which come from which."""
        if new := self._raw.words[len(self._alone) :]:
            more = self._normalise(Texts.cut(new, self._raw))
            self._alone = Ragged.concatenate([self._alone, more])
        return Sources(raw_words, self._alone, words)

    def _describe(self, chunk: SpokenChunk, normalised: str) -> dict[str, Any]:
        """A chunk and its normalised reference -> the columns that conditions share."""
        shared: Mapping[str, object] = chunk.fields
        fields = chunk_fields(shared, chunk.item)
        return {
            "chunk": chunk.id,
            "normalizer": self._normalizer.name,
            "normalizer_version": self._normalizer.version,
            "normalizer_digest": self._normalizer.digest,
            **{name: shared[name] for name in _CHUNK_COLUMNS},
            **{
                STRATUM_PREFIX + name: name_level(fields.get(name), edges)
                for name, edges in self._strata.items()
            },
            **{UNIT_PREFIX + name: unit_level(fields.get(name)) for name in self._unit_fields},
            "reference": chunk.reference,
            "speakers": chunk.speakers,
            "reference_normalized": None if chunk.reference is None else normalised,
        }

    def _count_terms(self, terms: Sequence[str]) -> Counter[Term]:
        """Terms, each as often as it was silenced -> how often, by their normalised words."""
        return Counter(term for name in terms for term in self._normalise_terms((name,)))

    def _normalise_terms(self, terms: tuple[str, ...]) -> list[Term]:
        if terms not in self._terms:
            self._terms[terms] = normalise_terms(terms, self._normalizer, self._language)
        return self._terms[terms]


def _terms_cell(counts: Iterable[TermCount]) -> list[Row]:
    """The terms of a row -> the cell of `terms`."""
    return [
        {
            "term": " ".join(count.term),
            "said": count.references,
            "hit": count.hits,
            "false_alarms": count.false,
            "prompted": count.prompted,
        }
        for count in counts
    ]
