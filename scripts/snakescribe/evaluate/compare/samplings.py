"""What figures are made of: chunks with a reference, or all chunks that were heard."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.resample import Resampled
from snakescribe.evaluate.statistics.units import Units


@dataclass(frozen=True)
class Samplings:
    """Scores, resampled in two ways; where every chunk has a reference both are the same.

    Attributes:
        scored: the chunks that have a reference, (conditions, chunks).
        heard: all of which there is a transcript.
        resampled: what is resampled of the first.
        resampled_heard: the same of the others.
    """

    scored: np.ndarray
    heard: np.ndarray
    resampled: Resampled
    resampled_heard: Resampled

    @classmethod
    def of_table(
        cls, table: ScoreTable, units: Units, bootstrap: Bootstrap, *, paired: bool
    ) -> "Samplings":
        """Scores under one normaliser, what is drawn and how -> both."""
        scored = Resampled(table.counts, table.scored, units, bootstrap, paired=paired)
        heard = scored
        if (table.scored != table.present).any():
            heard = Resampled(table.counts, table.present, units, bootstrap, paired=paired)
        return cls(table.scored, table.present, scored, heard)

    def resampled_for(self, figure: Figure) -> Resampled:
        """A figure -> what is resampled of the chunks that it is made of."""
        return self.resampled if figure.needs_reference else self.resampled_heard

    def chunks_for(self, figure: Figure) -> np.ndarray:
        """A figure -> which chunks it is made of, (conditions, chunks)."""
        return self.scored if figure.needs_reference else self.heard

    def choose(self, conditions: Sequence[int], chunks: np.ndarray) -> "Samplings":
        """Some conditions, and whether each chunk is wanted (chunks,) -> the same of these."""
        place = np.ix_(np.array(conditions, int), chunks)
        chosen = self.resampled.choose(conditions, chunks)
        heard = chosen
        if self.resampled_heard is not self.resampled:
            heard = self.resampled_heard.choose(conditions, chunks)
        return Samplings(self.scored[place], self.heard[place], chosen, heard)
