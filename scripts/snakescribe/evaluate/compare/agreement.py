"""Scores -> how far conditions write the same, with or without a reference."""

from itertools import combinations

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.words.vocabulary import as_letters

# All pairs take long with many conditions; then it is those with the baseline.
MAX_CONDITIONS = 12


# By the names of two conditions; from 0 to 1, None where there is nothing to compare.
Agreement = dict[frozenset[str], float | None]


def measure_agreement(table: ScoreTable, baseline: int) -> Agreement:
    """Scores and the position of the baseline -> how far conditions agree, two at a time.

    1 - word edits / the longer text's words, over the chunks that both have; None where there are
    none, or where both wrote nothing.
    """
    count = len(table.conditions)
    pairs = list(combinations(range(count), 2))
    if count > MAX_CONDITIONS:
        pairs = [pair for pair in pairs if baseline in pair]
    _, words = table.words("hypothesis_normalized")
    texts = as_letters(*words)
    chunks = [table.chunk_of[rows] for rows in table.rows_of]
    agreement: Agreement = {}
    for pair in pairs:
        left, right = pair
        _, *places = np.intersect1d(chunks[left], chunks[right], True, return_indices=True)
        sides = list(zip(pair, places, strict=True))
        lengths = (words[condition].lengths[rows] for condition, rows in sides)
        longest = int(np.maximum(*lengths).sum())
        compared = ([texts[condition][row] for row in rows.tolist()] for condition, rows in sides)
        edits = cpdist(*compared, scorer=Levenshtein.distance, dtype=np.int32)
        names = frozenset((table.conditions[left], table.conditions[right]))
        agreement[names] = 1 - float(edits.sum()) / longest if longest else None
    return agreement
