"""What a metric sees: chunks under conditions, normalised and aligned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import nan
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from snakescribe.evaluate.metrics.term_counts import Term, TermCount, count_terms
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION, align_rows
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

Values = Sequence[float] | np.ndarray

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Sample(NamedTuple):
    """A chunk under one condition, under one normaliser, with its reference (empty: none).

    `alignment` is a string of operations, see `snakescribe.evaluate.words.align`. The lists that
    go with the words are as long as they are, with nan where nothing is known, or empty where
    nothing is known of any.
    """

    reference: Sequence[str]
    hypothesis: Sequence[str]
    alignment: str
    audio_seconds: float
    probabilities: Values = ()  # of the hypothesis' words
    reference_starts: Values = ()  # s, recording's clock; empty unless words are timed
    hypothesis_starts: Values = ()
    terms: Sequence[Term] = ()  # the recording's terms, each as its normalised words
    prompt: Sequence[str] = ()  # normalised words of the prompt as the model saw it
    avg_logprob: float = nan  # of the tokens; nan where the engine does not tell
    flagged: bool = False  # whether the decoder gave signs of hallucination
    snr_db: float = nan  # of the audio that was heard
    chunk: Mapping[str, Any] = _NOTHING  # recording, number, start, end, snr_db
    item: Mapping[str, Any] = _NOTHING  # the row of the items table


@dataclass(frozen=True)
class Samples:
    """Many samples, a row each, with words as numbers: for metrics that count without a loop.

    `samples[row]` makes the `Sample` of a row, whose attributes mean the same.
    `snakescribe.evaluate.words` explains rows of numbers.
    """

    known: Vocabulary  # the words of the numbers
    reference: Ragged
    hypothesis: Ragged
    reference_text: Sequence[str]  # the words joined by spaces, if the language has any
    hypothesis_text: Sequence[str]
    audio_seconds: np.ndarray
    probabilities: Ragged
    reference_starts: Ragged
    hypothesis_starts: Ragged
    prompt: Ragged
    avg_logprob: np.ndarray
    flagged: np.ndarray
    snr_db: np.ndarray
    terms: Sequence[Sequence[Term]]
    chunk: Sequence[Mapping[str, Any]]
    item: Sequence[Mapping[str, Any]]
    # (rows) how often each term was silenced in the audio that was heard.
    silenced: Sequence[Mapping[Term, int]] = ()
    aligned: Ragged | None = None  # the alignments, where a convention aligns by its own rules

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.audio_seconds)

    def __iter__(self) -> Iterator[Sample]:
        """Make one after the other."""
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, row: int) -> Sample:
        """Make the sample of a row."""
        return Sample(
            reference=self.words(self.reference, row),
            hypothesis=self.words(self.hypothesis, row),
            alignment=self.alignment[row].tobytes().decode("ascii"),
            audio_seconds=float(self.audio_seconds[row]),
            probabilities=self.probabilities[row],
            reference_starts=self.reference_starts[row],
            hypothesis_starts=self.hypothesis_starts[row],
            terms=self.terms[row],
            prompt=self.words(self.prompt, row),
            avg_logprob=float(self.avg_logprob[row]),
            flagged=bool(self.flagged[row]),
            snr_db=float(self.snr_db[row]),
            chunk=self.chunk[row],
            item=self.item[row],
        )

    def words(self, rows: Ragged, row: int) -> list[str]:
        """The words of a row of numbers."""
        return [self.known.words[number] for number in rows[row].tolist()]

    @cached_property
    def alignment(self) -> Ragged:
        """(rows) the operations of each alignment, as ASCII codes (uint8)."""
        if self.aligned is not None:
            return self.aligned
        return align_rows(self.reference, self.hypothesis).operations()

    @cached_property
    def hypothesis_alignment(self) -> Ragged:
        """(rows) for each word of the hypothesis its operation."""
        operations = self.alignment.values
        return Ragged(operations[operations != ord(DELETION)], self.hypothesis.lengths)

    @cached_property
    def reference_alignment(self) -> Ragged:
        """(rows) for each word of the reference its operation."""
        operations = self.alignment.values
        return Ragged(operations[operations != ord(INSERTION)], self.reference.lengths)

    @cached_property
    def hits(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the hits lie in `reference.values` and in `hypothesis.values`."""
        return (
            np.flatnonzero(self.reference_alignment.values == ord(HIT)),
            np.flatnonzero(self.hypothesis_alignment.values == ord(HIT)),
        )

    def listed(self, words: Ragged) -> np.ndarray:
        """`reference` or `hypothesis` -> (words,) whether each is a word of its row's terms."""
        out = np.zeros(len(words.values), bool)
        for _, group in groupby(range(len(self)), lambda row: id(self.terms[row])):
            rows = list(group)
            numbers = [self.known[word] for term in self.terms[rows[0]] for word in term]
            if numbers:
                table = np.zeros(len(self.known), bool)
                table[numbers] = True
                in_rows = slice(words.starts[rows[0]], words.stops[rows[-1]])
                out[in_rows] = table[words.values[in_rows]]
        return out

    @cached_property
    def term_counts(self) -> list[list[TermCount]]:
        """(rows) the counts of each row's terms that stand in its reference or hypothesis."""
        counts: list[list[TermCount]] = [[] for _ in range(len(self))]
        if not any(self.terms):
            return counts
        listed = sum(side.sums(self.listed(side)) for side in (self.reference, self.hypothesis))
        for row in np.flatnonzero(listed).tolist():
            sample = self[row]
            counts[row] = count_terms(
                sample.terms,
                sample.reference,
                sample.hypothesis,
                sample.alignment,
                sample.prompt,
            )
        return counts
