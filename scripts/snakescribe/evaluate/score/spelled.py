"""A batch's references -> what each row is scored against, where they allow several wordings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from snakescribe.captions.alternatives import has_alternatives, split_parts
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.score.batch import Batch
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.wordings import choose_wordings

Normalise = Callable[[Texts], Ragged]


@dataclass(frozen=True)
class SpelledReferences:
    """What the scored rows of a batch are scored against.

    Attributes:
        words: (scored rows) the normalised words of the wording that fits each best.
        kept: (words heard in all rows,) False for those that a wildcard takes: they are neither
            right nor wrong.
    """

    words: Ragged
    kept: np.ndarray


def spell_references(batch: Batch, heard: Ragged, normalise: Normalise) -> SpelledReferences | None:
    """A batch and what was heard, normalised -> its references; None where all have one wording.

    Args:
        batch: the batch.
        heard: (rows) the normalised words of what was heard.
        normalise: what makes normalised words of texts.
    """
    several = [
        place
        for place, chunk in enumerate(batch.chunks)
        if chunk.reference and has_alternatives(chunk.reference)
    ]
    if not several:
        return None
    texts = [batch.chunks[place].reference or "" for place in batch.chunk_of[batch.scored].tolist()]
    first = np.searchsorted(batch.scored, batch.transcripts.first)
    kept = np.ones(len(heard.values), bool)
    for place in several:
        rows = slice(first[place], first[place + 1])
        part = heard.take(batch.scored[rows])
        begin = heard.starts[batch.scored[rows]]
        fitting, taken = _fit(batch.chunks[place].reference or "", part, batch, normalise)
        texts[rows] = fitting
        for start, spans_taken in zip(begin.tolist(), taken, strict=True):
            for left, right in spans_taken:
                kept[start + left : start + right] = False
    return SpelledReferences(normalise(Texts.cut(texts, batch.raw)), kept)


def _fit(
    reference: str, heard: Ragged, batch: Batch, normalise: Normalise
) -> tuple[list[str], list[list[tuple[int, int]]]]:
    """A reference and what was heard of it -> for each row its wording, and what wildcards take."""
    parts = split_parts(reference)
    wordings = [wording for part in parts for wording in part.wordings]
    words = normalise(Texts.cut(wordings, batch.raw))
    numbers = iter(range(len(words)))
    chosen = choose_wordings(
        [[words[next(numbers)] for _ in part.wordings] for part in parts],
        [heard[row] for row in range(len(heard))],
    )
    texts = [
        "".join(
            part.wordings[choice] if part.wordings else " "
            for part, choice in zip(parts, wording.choices, strict=True)
        )
        for wording in chosen
    ]
    return texts, [wording.taken for wording in chosen]


def without_taken(rows: Ragged, words: Ragged, kept: np.ndarray) -> Ragged:
    """Rows that have a value for each word, or none at all -> the same of the words kept.

    Args:
        rows: the values.
        words: the words that they are of.
        kept: (words,) which are kept.
    """
    known = rows.lengths > 0
    lengths = np.where(known, words.sums(kept, int), 0)
    return Ragged(rows.values[kept[np.repeat(known, words.lengths)]], lengths)
