"""The filter `silence_terms`: stretches in which terms are said become silence.

What a model writes there it has not heard: it has it from its prompt, or guesses.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE, sample_blocks
from snakescribe.process.transformer import AudioTransformer

Samples = NDArray[np.float32]


class SilenceTerms(AudioTransformer):
    """Samples -> them with zeros in each span; all others as they are."""

    def __init__(
        self,
        words: str = "",
        pad_ms: int = 100,
        spans: Sequence[tuple[float, float, str]] = (),
        sample_rate: int = SAMPLE_RATE,
    ) -> None:
        """Keep the options.

        Args:
            words: where the times of words are from; `spans` are made of them.
            pad_ms: how much of the spans lies before and behind the words.
            spans: start and end (s) of each term that was found, and the term.
            sample_rate: of the samples.
        """
        self.words = words
        self.pad_ms = pad_ms
        self.spans = spans
        self.sample_rate = sample_rate

    def blocks(self, samples: Samples) -> Iterator[Samples]:
        edges = [(self._place(start), self._place(end)) for start, end, _ in self.spans]
        done = 0
        for block in sample_blocks(samples):
            silenced = np.array(block, np.float32)
            for first, stop in edges:
                silenced[max(first - done, 0) : max(stop - done, 0)] = 0
            done += len(block)
            yield silenced

    def _place(self, seconds: float) -> int:
        return round(seconds * self.sample_rate)
