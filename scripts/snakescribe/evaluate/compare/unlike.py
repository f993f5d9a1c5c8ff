"""Scores -> recordings whose reference is hardly what was heard, under no condition.

Texts that have nothing to do with each other share few words, and engines that understand hardly
anything are rare: such a reference may be another recording's.
"""

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.notices import Kind, notify

FEWEST_WORDS = 10  # fewer may all be wrong by chance
_MOST_SHARED = 0.25


def notify_of_unlike(table: ScoreTable) -> None:
    """Give notice of recordings whose reference and transcripts share hardly a word."""
    counts = {name: _by_recording(table, name) for name in ("words", "hits", "insertions")}
    heard = counts["hits"] + _by_recording(table, "substitutions") + counts["insertions"]
    enough = (counts["words"] >= FEWEST_WORDS) & (heard >= FEWEST_WORDS)
    shared = np.where(enough, counts["hits"], 0) / np.maximum(np.maximum(counts["words"], heard), 1)
    best = shared.argmax(axis=0)
    for place in np.flatnonzero(enough.any(axis=0) & (shared.max(axis=0) < _MOST_SHARED)):
        hits, words = (int(counts[name][best[place], place]) for name in ("hits", "words"))
        text = f"at most {hits} of the {words} words of its reference were heard, by any condition"
        notify(Kind.REFERENCE_UNLIKE, text, recording=table.recordings[place])


def _by_recording(table: ScoreTable, name: str) -> np.ndarray:
    """A count -> its sums (conditions, recordings) over what is scored."""
    cells = np.where(table.scored, table.counts[name], 0)
    size = len(table.recordings)
    return np.stack([np.bincount(table.recording_of, row, size) for row in cells])
