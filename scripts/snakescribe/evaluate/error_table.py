"""Scores -> the words that are most often replaced, lost and invented, and what changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.score_table import ScoreTable
from snakescribe.evaluate.vocabulary import count_words

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
    counted = [
        _count(*arrays)
        for arrays in zip(
            references,
            hypotheses,
            table.column("hypothesis_normalized"),
            table.column("alignment"),
            strict=True,
        )
    ]
    for index, name in enumerate(table.conditions):
        for kind in KINDS:
            codes, counts = counted[index][kind]
            base_codes, base_counts = counted[baseline][kind]
            every = np.union1d(codes, base_codes)
            mine, before = _lookup(every, codes, counts), _lookup(every, base_codes, base_counts)
            change = mine - before
            chosen = set(np.argsort(-mine, kind="stable")[:listed].tolist())
            if index != baseline:
                chosen |= set(np.argsort(-np.abs(change), kind="stable")[:listed].tolist())
            rows = [
                {
                    "condition": name,
                    "kind": kind,
                    "reference": said.words[int(every[place]) >> 32],
                    "hypothesis": heard.words[int(every[place]) & 0xFFFFFFFF],
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
    reference: "np.ndarray", hypothesis: "np.ndarray", texts: Any, alignment: Any
) -> "dict[str, tuple[np.ndarray, np.ndarray]]":
    """Words, texts heard and alignments -> for each kind its errors and how often each stands.

    An error is the number of the reference word, shifted left by 32 bits, and the hypothesis'.
    """
    import numpy as np

    operations = np.frombuffer("".join(alignment.drop_null().to_pylist()).encode(), np.uint8)
    in_reference, in_hypothesis = operations != ord("I"), operations != ord("D")
    if alignment.null_count:  # chunks without a reference
        scored = alignment.is_valid().to_numpy(zero_copy_only=False)
        hypothesis = hypothesis[np.repeat(scored, count_words(texts))]
    codes = np.zeros(len(operations), dtype=np.int64)
    codes[in_reference] = reference.astype(np.int64) << 32
    codes[in_hypothesis] |= hypothesis
    return {
        kind: np.unique(codes[operations == ord(letter)], return_counts=True)
        for kind, letter in _LETTERS.items()
    }


def _lookup(every: "np.ndarray", codes: "np.ndarray", counts: "np.ndarray") -> "np.ndarray":
    """Codes and counts -> the count of each of `every` code, 0 where it has none."""
    import numpy as np

    found = np.zeros(len(every), dtype=np.int64)
    found[np.searchsorted(every, codes)] = counts
    return found
