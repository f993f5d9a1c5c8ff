"""Scores -> the words that are most often replaced, lost and invented, and what changed."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.tables import Row

Counts = dict[str, tuple[np.ndarray, np.ndarray]]

KINDS = ("substitution", "deletion", "insertion")
_LETTERS = {"substitution": "S", "deletion": "D", "insertion": "I"}


def tabulate_errors(
    table: ScoreTable, baseline: int, listed: int, *, paired: bool
) -> Iterator[Row]:
    """Scores -> the rows of ``errors.csv``.

    For each condition and kind of error the `listed` most frequent ones and, where they are not
    among them, the `listed` whose count changed most against the baseline. In a paired design the
    baseline's count, and the change, are of the chunks that both have. In random groups the
    counts are of different chunks: compare rates instead.
    """
    said, _ = table.words("reference_normalized")
    heard, _ = table.words("hypothesis_normalized")
    ranks = _rank_words(said), _rank_words(heard)
    counter = _Counter(table)
    for index, name in enumerate(table.conditions):
        own = table.scored[index]
        both = own & table.scored[baseline]
        on_own = counter.count(index, own)
        on_both = counter.count(index, both) if paired else on_own
        of_base = counter.count(baseline, both if paired else table.scored[baseline])
        for kind in KINDS:
            every, count, before = _join(on_own[kind], of_base[kind])
            change = -before
            codes, counts = on_both[kind]
            change[np.searchsorted(on_own[kind][0], codes)] += counts
            chosen = _largest(count, every, ranks, listed)
            if index != baseline:
                chosen |= _largest(np.abs(change), every, ranks, listed)
            rows = [
                {
                    "condition": name,
                    "kind": kind,
                    "reference": said[every[place] >> 32],
                    "hypothesis": heard[every[place] & 0xFFFFFFFF],
                    "count": int(count[place]),
                    "baseline_count": int(before[place]),
                    "change": int(change[place]),
                }
                for place in chosen
                if count[place] or change[place]
            ]
            yield from sorted(rows, key=_rank)


def _rank(row: Row) -> tuple[int, str, str]:
    return -row["count"], row["reference"], row["hypothesis"]


class _Counter:
    """Counts the errors of conditions in chunks, and once only in the same ones."""

    def __init__(self, table: ScoreTable) -> None:
        self._table = table
        self._done: dict[tuple[int, bytes], Counts] = {}

    def count(self, condition: int, chunks: np.ndarray) -> Counts:
        """A condition, and whether each of its chunks is wanted -> for each kind its errors."""
        key = condition, chunks.tobytes()
        if key not in self._done:
            table = self._table
            wanted = np.flatnonzero(chunks[table.chunk_of[table.rows_of[condition]]])
            _, references = table.words("reference_normalized")
            _, hypotheses = table.words("hypothesis_normalized")
            self._done[key] = _count(
                references[condition].take(wanted),
                hypotheses[condition].take(wanted),
                table.column("alignment")[condition].take(wanted),
            )
        return self._done[key]


def _count(references: Ragged, hypotheses: Ragged, alignment: Any) -> Counts:
    """Words said and heard and alignments -> for each kind its errors and how often each stands.

    An error is the number of the reference word, shifted left by 32 bits, and the hypothesis'.
    """
    operations = np.frombuffer("".join(alignment.to_pylist()).encode(), np.uint8)
    codes = np.zeros(len(operations), dtype=np.int64)
    codes[operations != ord("I")] = references.values.astype(np.int64) << 32
    codes[operations != ord("D")] |= hypotheses.values
    return {
        kind: np.unique(codes[operations == ord(letter)], return_counts=True)
        for kind, letter in _LETTERS.items()
    }


def _join(
    own: tuple[np.ndarray, np.ndarray], base: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ascending codes with counts, of two conditions -> all codes, and the counts of both."""
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


def _rank_words(words: list[str]) -> np.ndarray:
    """Words -> the place of each in the order of the alphabet."""
    ranks = np.empty(len(words), int)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def _largest(
    values: np.ndarray,
    codes: np.ndarray,
    ranks: tuple[np.ndarray, np.ndarray],
    listed: int,
) -> set[int]:
    """The places of so many largest values; of equal ones, those whose words come first."""
    places = np.arange(len(values))
    if len(values) > listed:
        places = np.flatnonzero(values >= np.partition(values, -listed)[-listed])
    left, right = ranks[0][codes[places] >> 32], ranks[1][codes[places] & 0xFFFFFFFF]
    return set(places[np.lexsort((right, left, -values[places]))[:listed]].tolist())
