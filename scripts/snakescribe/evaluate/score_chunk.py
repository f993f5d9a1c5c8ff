"""A chunk and what the conditions heard in it -> rows of the scores, under one normaliser."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from snakescribe.evaluate.align import Encoder, align_encoded
from snakescribe.evaluate.metrics import Metric
from snakescribe.evaluate.metrics.words import count_words
from snakescribe.evaluate.normalizers import Normalizer
from snakescribe.evaluate.sample import Sample, Term
from snakescribe.evaluate.spoken import SpokenChunk
from snakescribe.evaluate.spread import Spreader
from snakescribe.evaluate.strata import COLUMN_PREFIX, chunk_fields, name_level
from snakescribe.evaluate.terms import count_terms, normalise_terms
from snakescribe.evaluate.transcripts import Heard

if TYPE_CHECKING:
    import numpy as np

Row = dict[str, Any]
Columns = dict[str, Sequence[Any]]

_HEARD_COLUMNS = (
    "flags",
    "avg_logprob",
    "audio_seconds",
    "compute_seconds",
    "load_seconds",
    "peak_memory_mb",
)


class _Text(NamedTuple):
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
        self._encoder = Encoder()
        self._spreaders: dict[str, Spreader] = {}

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

    def score(self, chunk: SpokenChunk, heard: Mapping[str, Heard]) -> Columns:
        """A chunk and what each condition heard in it -> the other columns, a value for each."""
        import numpy as np

        texts = self._texts(chunk.language)
        all_heard = list(heard.values())
        hypotheses = [texts[one.text] for one in all_heard]
        probabilities = [
            texts.spread(one.words, one.probabilities, hypothesis)
            for one, hypothesis in zip(all_heard, hypotheses, strict=True)
        ]
        columns: Columns = {
            "condition": list(heard),
            "hypothesis": [one.text for one in all_heard],
            **{name: [getattr(one, name) for one in all_heard] for name in _HEARD_COLUMNS},
            "hypothesis_normalized": [one.joined for one in hypotheses],
            "hypothesis_words": [len(one.words) for one in hypotheses],
            "confidences": probabilities,
        }
        if chunk.reference is None or not heard:
            return columns
        reference, terms = texts[chunk.reference], self._normalise_terms(chunk)
        starts = texts.spread(chunk.words, np.array(chunk.starts), reference)
        samples = [
            Sample(
                reference=reference.words,
                hypothesis=hypothesis.words,
                alignment=align_encoded(reference.encoded, hypothesis.encoded),
                audio_seconds=one.audio_seconds,
                probabilities=rates,
                reference_starts=starts if one.words else (),
                hypothesis_starts=(
                    texts.spread(one.words, one.starts, hypothesis) if len(starts) else ()
                ),
                terms=terms,
                prompt=texts[one.prompt].words if one.prompt else (),
                chunk=chunk.fields,
                item=chunk.item,
            )
            for one, hypothesis, rates in zip(all_heard, hypotheses, probabilities, strict=True)
        ]
        columns["alignment"] = [one.alignment for one in samples]
        columns["terms"] = [_terms_cell(one) for one in samples]
        columns |= count_words(samples)
        for metric in self._metrics:
            columns |= metric.count(samples)
        return columns

    def _texts(self, language: str) -> "_Texts":
        if self._encoder.is_full():
            self._encoder = Encoder()
            self._spreaders.clear()
        if language not in self._spreaders:
            self._spreaders[language] = Spreader(self._normalizer, language, self._encoder)
        return _Texts(self._normalizer, language, self._encoder, self._spreaders[language])

    def _normalise_terms(self, chunk: SpokenChunk) -> list[Term]:
        key = (chunk.terms, chunk.language)
        if key not in self._terms:
            self._terms[key] = normalise_terms(chunk.terms, self._normalizer, chunk.language)
        return self._terms[key]


class _Texts(dict[str, _Text]):
    """The texts of a chunk, each normalised once."""

    def __init__(
        self, normalizer: Normalizer, language: str, encoder: Encoder, spreader: Spreader
    ) -> None:
        super().__init__()
        self._normalizer = normalizer
        self._language = language
        self._encoder = encoder
        self._spreader = spreader

    def __missing__(self, text: str) -> _Text:
        words = self._normalizer.words(text, self._language)
        found = self[text] = _Text(words, " ".join(words), self._encoder.encode(words))
        return found

    def spread(self, raw: Sequence[str], values: "np.ndarray", text: _Text) -> "np.ndarray":
        """Raw words, their values and normalised text -> a value for its words; none of none."""
        return self._spreader.spread(raw, values, text.encoded) if len(values) else values


def _terms_cell(sample: Sample) -> str | None:
    """A sample -> its terms' counts as JSON: [term, said, hit, false, prompted]; None for none."""
    counts = [
        [" ".join(one.term), one.references, one.hits, one.false, one.prompted]
        for one in count_terms(sample)
    ]
    return json.dumps(counts, ensure_ascii=False) if counts else None
