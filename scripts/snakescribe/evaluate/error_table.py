"""Scores -> the words that are most often replaced, lost and invented, and what changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.ragged import Ragged
from snakescribe.evaluate.score_table import ScoreTable

if TYPE_CHECKING:
    import numpy as np

COLUMNS = ("condition", "kind", "reference", "hypothesis", "count", "baseline_count", "change")
KINDS = ("substitution", "deletion", "insertion")
_LETTERS = {"substitution": "S", "deletion": "D", "insertion": "I"}


def tabulate_errors(table: ScoreTable, baseline: int, listed: int) -> Iterator[dict[str, Any]]:
    """Scores -> the rows of ``errors.csv``.

    For each condition and kind of error the `listed` most frequent ones and, where they are not
    among them, the `listed` whose count changed most against the baseline. In random groups the
    counts are of different chunks: compare rates instead.
    """
    import numpy as np

    said, references = table.words("reference_normalized")
    heard, hypotheses = table.words("hypothesis_normalized")
    ranks = _rank_words(said), _rank_words(heard)
    counted = [
        _count(*arrays)
        for arrays in zip(references, hypotheses, table.column("alignment"), strict=True)
    ]
    for index, name in enumerate(table.conditions):
        for kind in KINDS:
            every, mine, before = _join(counted[index][kind], counted[baseline][kind])
            change = mine - before
            chosen = _largest(mine, every, ranks, listed)
            if index != baseline:
                chosen |= _largest(np.abs(change), every, ranks, listed)
            rows = [
                {
                    "condition": name,
                    "kind": kind,
                    "reference": said[every[place] >> 32],
                    "hypothesis": heard[every[place] & 0xFFFFFFFF],
                    "count": int(mine[place]),
                    "baseline_count": int(before[place]),
                    "change": int(change[place]),
                }
                for place in chosen
                if mine[place] or change[place]
            ]
            yield from sorted(rows, key=_rank)


def _rank(row: dict[str, Any]) -> tuple[int, str, str]:
    return -row["count"], row["reference"], row["hypothesis"]


def _count(
    references: Ragged, hypotheses: Ragged, alignment: Any
) -> "dict[str, tuple[np.ndarray, np.ndarray]]":
    """Words said and heard and alignments -> for each kind its errors and how often each stands.

    An error is the number of the reference word, shifted left by 32 bits, and the hypothesis'.
    """
    import numpy as np

    reference, hypothesis = references.values, hypotheses.values
    operations = np.frombuffer("".join(alignment.drop_null().to_pylist()).encode(), np.uint8)
    in_reference, in_hypothesis = operations != ord("I"), operations != ord("D")
    if alignment.null_count:  # chunks without a reference
        scored = alignment.is_valid().to_numpy(zero_copy_only=False)
        hypothesis = hypothesis[np.repeat(scored, hypotheses.lengths)]
    codes = np.zeros(len(operations), dtype=np.int64)
    codes[in_reference] = reference.astype(np.int64) << 32
    codes[in_hypothesis] |= hypothesis
    return {
        kind: np.unique(codes[operations == ord(letter)], return_counts=True)
        for kind, letter in _LETTERS.items()
    }


def _join(
    own: "tuple[np.ndarray, np.ndarray]", base: "tuple[np.ndarray, np.ndarray]"
) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """Ascending codes with counts, of two conditions -> all codes, and the counts of both."""
    import numpy as np

    codes, counts = own
    base_codes, base_counts = base
    place = np.searchsorted(base_codes, codes)
    shared = np.append(base_codes, -1)[place] == codes
    before = np.where(shared, np.append(base_counts, 0)[place], 0)
    lacking = np.ones(len(base_codes), bool)
    lacking[place[shared]] = False
    nothing = np.zeros(np.count_nonzero(lacking), counts.dtype)
    return (
        np.concatenate([codes, base_codes[lacking]]),
        np.concatenate([counts, nothing]),
        np.concatenate([before, base_counts[lacking]]),
    )


def _rank_words(words: list[str]) -> "np.ndarray":
    """Words -> the place of each in the order of the alphabet."""
    import numpy as np

    ranks = np.empty(len(words), int)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def _largest(
    values: "np.ndarray",
    codes: "np.ndarray",
    ranks: "tuple[np.ndarray, np.ndarray]",
    listed: int,
) -> set[int]:
    """The places of so many largest values; of equal ones, those whose words come first."""
    import numpy as np

    places = np.arange(len(values))
    if len(values) > listed:
        places = np.flatnonzero(values >= np.partition(values, -listed)[-listed])
    left, right = ranks[0][codes[places] >> 32], ranks[1][codes[places] & 0xFFFFFFFF]
    return set(places[np.lexsort((right, left, -values[places]))[:listed]].tolist())
