"""Scores -> recordings whose reference is hardly what was heard, under no condition.

Texts that have nothing to do with each other share few words, and engines that understand hardly
anything are rare: such a reference may be another recording's. Where one of the two is in the
other, which is more than twice as long, the reference may be of a part, or the sound.
"""

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.notices import Kind, notify

FEWEST_WORDS = 10  # fewer may all be wrong by chance
_MOST_SHARED = 0.25
_WITHIN = 0.8


def notify_of_unlike(table: ScoreTable) -> None:
    """Give notice of recordings whose reference and transcripts have little in common."""
    names = ("words", "hits", "substitutions", "insertions")
    words, hits, substitutions, insertions = (_by_recording(table, name) for name in names)
    heard = hits + substitutions + insertions
    enough = np.minimum(words, heard) >= FEWEST_WORDS
    less, more = np.minimum(words, heard), np.maximum(np.maximum(words, heard), 1)
    foreign = hits < _MOST_SHARED * more
    part = (hits >= _WITHIN * less) & (2 * less < more)
    unlike = enough.any(axis=0) & (foreign | part | ~enough).all(axis=0)
    best = np.where(enough, hits / more, -1).argmax(axis=0)
    for place in np.flatnonzero(unlike):
        said, of, alike = (int(count[best[place], place]) for count in (words, heard, hits))
        text = f"its reference has {said} words, {of} were heard, and at most {alike} are the same"
        notify(Kind.REFERENCE_UNLIKE, text, recording=table.recordings[place])


def _by_recording(table: ScoreTable, name: str) -> np.ndarray:
    """A count -> its sums (conditions, recordings) over what is scored."""
    cells = np.where(table.scored, table.counts[name], 0)
    size = len(table.recordings)
    return np.stack([np.bincount(table.recording_of, row, size) for row in cells])
