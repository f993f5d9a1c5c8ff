"""Chunks in which nothing was said: what is counted there, and when that is all there is."""

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.metrics.hallucination import SILENT_WORDS
from snakescribe.evaluate.statistics.figure import Figure

SILENT_COUNTS = ("silent_words", "silent_minutes")


def count_silence(table: ScoreTable) -> None:
    """Add `SILENT_COUNTS` to the counts of a table, made of those that every file of scores has."""
    silent = table.scored & (table.counts["words"] == 0)
    table.counts["silent_words"] = np.where(silent, table.counts["insertions"], 0)
    table.counts["silent_minutes"] = np.where(silent, table.counts["audio_seconds"] / 60, 0)


def leading_figure(table: ScoreTable) -> Figure:
    """Scores -> what conditions are compared by: WER, or words in silence if nobody says any."""
    only_silence = table.scored.any() and not table.counts["words"].any()
    return SILENT_WORDS if only_silence else WER.figures[0]
