"""Chunks that follow each other, with what was said and heard in them, before normalisation."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.score.chunks import SpokenChunk
from snakescribe.evaluate.score.silenced import SILENCED
from snakescribe.evaluate.score.text_flags import SILENCE, TextFlagger
from snakescribe.evaluate.score.transcripts import Transcripts
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

# Rows are Python objects until they are in a table: ten times as large.
ROWS_IN_BATCH = 20_000


class Batch:
    """Chunks of a shard in one language, and what each condition heard in them: the rows."""

    def __init__(
        self, chunks: Sequence[SpokenChunk], transcripts: Transcripts, flagger: TextFlagger
    ) -> None:
        """Take the chunks, the transcripts of just these, and what flags them."""
        self.chunks = chunks
        self.transcripts = transcripts
        self._flagger = flagger

    @property
    def raw(self) -> Vocabulary:
        """The vocabulary of raw words."""
        return self.transcripts.texts.raw

    @property
    def language(self) -> str:
        """The language code of the chunks."""
        return self.chunks[0].language

    @cached_property
    def chunk_of(self) -> np.ndarray:
        """(rows,) the chunk of each row."""
        return np.repeat(np.arange(len(self.chunks)), np.diff(self.transcripts.first))

    @cached_property
    def scored(self) -> np.ndarray:
        """The rows whose chunk has a reference."""
        known = np.array([chunk.reference is not None for chunk in self.chunks], bool)
        return np.flatnonzero(known[self.chunk_of])

    @cached_property
    def flags(self) -> list[list[str]]:
        """(rows) the decoder's flags and those of the text; to be silent in silence is none."""
        silent = [chunk.is_silent for chunk in self.chunks]
        of_text = self._flagger.find(self.transcripts, self.language)
        of_decoder = self.transcripts.heard["flags"].to_pylist()
        return [
            sorted({*flags, *more} - {SILENCE} if silent[chunk] else {*flags, *more})
            for chunk, flags, more in zip(self.chunk_of.tolist(), of_decoder, of_text, strict=True)
        ]

    @property
    def audio_seconds(self) -> np.ndarray:
        """(rows,) the duration of each row's chunk, s."""
        seconds: np.ndarray = self.transcripts.heard["audio_seconds"].to_numpy()
        return seconds

    @cached_property
    def references(self) -> Texts:
        """(chunks) each chunk's reference; nothing where there is none."""
        return Texts.cut([chunk.reference or "" for chunk in self.chunks], self.raw)

    @property
    def hypotheses(self) -> Texts:
        """(rows) what was heard."""
        return self.transcripts.texts

    @property
    def every_row(self) -> np.ndarray:
        """(rows,) the position of each row."""
        return np.arange(len(self.chunk_of))

    def prompts_of(self, rows: np.ndarray) -> Texts:
        """Positions of rows -> for each the prompt as the model saw it."""
        prompts = self.transcripts.heard["prompt"].take(rows)
        return Texts.cut(prompts.to_pylist(), self.raw)

    def silenced_in(self, rows: np.ndarray) -> list[list[str]]:
        """Positions of rows -> for each the terms silenced in what was heard; empty: no variant."""
        heard = self.transcripts.heard
        if SILENCED not in heard.column_names:
            return []
        silenced: list[list[str]] = heard[SILENCED].take(rows).to_pylist()
        return silenced

    @property
    def avg_logprob(self) -> np.ndarray:
        """(rows,) the mean log probability of each row's tokens, nan where it is not known."""
        return self._floats("avg_logprob")

    @property
    def snr_db(self) -> np.ndarray:
        """(rows,) dB, the SNR of the audio that was heard, nan where it is not known."""
        return self._floats("heard_snr_db")

    @property
    def flagged(self) -> np.ndarray:
        """(rows,) whether the decoder gave signs of hallucination."""
        flags = self.transcripts.heard["flags"].combine_chunks()
        flagged: np.ndarray = flags.value_lengths().fill_null(0).to_numpy() > 0
        return flagged

    def _floats(self, name: str) -> np.ndarray:
        values: np.ndarray = self.transcripts.heard[name].to_numpy().astype(float)
        return values

    @cached_property
    def reference_words(self) -> tuple[Ragged, np.ndarray]:
        """(chunks) raw words of references that time words, and when each begins."""
        words = [chunk.words if chunk.starts else () for chunk in self.chunks]
        numbers = np.array([self.raw[word] for part in words for word in part], np.int32)
        starts = np.array([start for chunk in self.chunks for start in chunk.starts], float)
        return Ragged(numbers, np.array([len(part) for part in words], int)), starts


def make_batches(
    chunks: Sequence[SpokenChunk], transcripts: Transcripts, flagger: TextFlagger
) -> Iterator[Batch]:
    """A shard's chunks -> batches of at most about `ROWS_IN_BATCH` rows."""
    begin = 0
    for stop, chunk in enumerate(chunks, start=1):
        rows = transcripts.first[stop] - transcripts.first[begin]
        ends = stop == len(chunks) or chunks[stop].language != chunk.language
        if ends or rows >= ROWS_IN_BATCH:
            yield Batch(chunks[begin:stop], transcripts.part(begin, stop), flagger)
            begin = stop
