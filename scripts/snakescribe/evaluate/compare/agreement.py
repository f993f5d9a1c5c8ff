"""How far conditions write the same, with or without a reference."""

from itertools import combinations

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.words.vocabulary import as_letters

# All pairs take long with many conditions; then it is those with the baseline.
MAX_CONDITIONS = 12


def measure_agreement(table: ScoreTable, baseline: int) -> dict[frozenset[str], float | None]:
    """Scores and the position of the baseline -> by two conditions' names, how far they agree.

    1 - word edits / the longer text's words, over the chunks that both have; None where there are
    none, or where both wrote nothing.
    """
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    count = len(table.conditions)
    pairs = list(combinations(range(count), 2))
    if count > MAX_CONDITIONS:
        pairs = [pair for pair in pairs if baseline in pair]
    _, words = table.words("hypothesis_normalized")
    texts = as_letters(*words)
    chunks = [table.chunk_of[rows] for rows in table.rows_of]
    found: dict[frozenset[str], float | None] = {}
    for pair in pairs:
        one, other = pair
        _, *places = np.intersect1d(chunks[one], chunks[other], True, return_indices=True)
        lengths = (words[mine].lengths[rows] for mine, rows in zip(pair, places, strict=True))
        longest = int(np.maximum(*lengths).sum())
        sides = (
            [texts[mine][row] for row in rows.tolist()]
            for mine, rows in zip(pair, places, strict=True)
        )
        edits = cpdist(*sides, scorer=Levenshtein.distance, dtype=np.int32)
        names = frozenset((table.conditions[one], table.conditions[other]))
        found[names] = 1 - float(edits.sum()) / longest if longest else None
    return found
