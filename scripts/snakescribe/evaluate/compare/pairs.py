"""Scores -> each condition against the baseline, and all pairs: differences, intervals, tests."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from math import isnan, nan

import numpy as np

from snakescribe.evaluate.compare.agreement import Agreement
from snakescribe.evaluate.compare.judge import difference_rows, find_missing, judge_family
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.compare.segments import Segments
from snakescribe.evaluate.compare.silence import SILENT_COUNTS, leading_figure
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.mapsswe import Mapsswe
from snakescribe.evaluate.statistics.multiplicity import adjust_benjamini_hochberg, adjust_holm
from snakescribe.evaluate.statistics.resample import Contrast, Resampled
from snakescribe.tables import Row

Pair = tuple[int, int]


class Comparer:
    """Compares conditions two at a time; in a paired design, on the chunks that both have."""

    def __init__(
        self,
        table: ScoreTable,
        resampled: Resampled,
        paired: bool,
        unread: Collection[Pair] = frozenset(),
    ) -> None:
        """Take the scores, what is resampled of them, and pairs whose prompts nobody read."""
        self._unread = set(map(frozenset, unread))
        self._table = table
        self._resampled = resampled
        self._paired = paired
        self._figure = leading_figure(table)
        self._rates: dict[tuple[int, bytes], float] = {}

    def compare(self, pairs: Sequence[Pair]) -> list[Row]:
        """Pairs of positions of conditions -> their rows, p not yet adjusted."""
        contrasts = [{left: 1.0, right: -1.0} for left, right in pairs]
        rows = difference_rows(self._resampled.differences(self._figure, contrasts), self._figure)
        return [
            {**row, **self._describe(pair, contrast, row["delta"])}
            for pair, contrast, row in zip(pairs, contrasts, rows, strict=True)
        ]

    def _describe(self, pair: Pair, contrast: Contrast, delta: float) -> Row:
        """What a row has beside the difference and how sure it is."""
        table = self._table
        left, right = pair
        chunks = self._resampled.chunks_of(contrast)
        words = table.counts["words"][[left, right]].max(axis=0)
        test = self._test(pair, chunks)
        rate = self._rate(right, chunks)
        return {
            "condition": table.conditions[left],
            "other": table.conditions[right],
            "recordings": self._resampled.recordings_in(chunks),
            "p_mapsswe": test.p,
            "figure": self._figure.name,
            "design": "paired" if self._paired else "unpaired",
            "chunks": int(chunks.sum()),
            "words": int(words[chunks].sum()),
            "relative_delta": delta / rate if rate else nan,
            "segments": test.segments,
            "z_mapsswe": test.z,
            "missing": find_missing(table.conditions, table.present, self._resampled, contrast)
            if isnan(delta)
            else "",
            "unread": frozenset(pair) in self._unread,
        }

    def _rate(self, condition: int, chunks: np.ndarray) -> float:
        """The figure of a condition on some chunks; kept, as many pairs share both."""
        key = condition, chunks.tobytes()
        if key not in self._rates:
            names = ("words", "substitutions", "deletions", "insertions", *SILENT_COUNTS)
            counts = {name: self._table.counts[name][condition, chunks].sum() for name in names}
            self._rates[key] = float(self._figure.value(counts))
        return self._rates[key]

    def _test(self, pair: Pair, chunks: np.ndarray) -> Mapsswe:
        if not self._paired or not chunks.any():
            return Mapsswe(0, nan, nan, nan)
        return self._segments.compare(*pair, chunks)

    @cached_property
    def _segments(self) -> Segments:
        return Segments(self._table)


def list_pairs(conditions: Sequence[str], baseline: int) -> tuple[list[Pair], list[Pair]]:
    """Conditions -> the pairs of each with the baseline, and all pairs, by position."""
    firsts = [(index, baseline) for index in range(len(conditions)) if index != baseline]
    pairs = [(later, earlier) for earlier, later in combinations(range(len(conditions)), 2)]
    return firsts, pairs


def compare_all(comparer: Comparer, conditions: Sequence[str], baseline: int) -> dict[Pair, Row]:
    """Conditions -> for each of `list_pairs` its row, not yet judged."""
    firsts, pairs = list_pairs(conditions, baseline)
    every = list(dict.fromkeys([*firsts, *pairs]))
    return dict(zip(every, comparer.compare(every), strict=True))


def judge_all(
    compared: Mapping[Pair, Row],
    agreement: Agreement,
    conditions: Sequence[str],
    baseline: int,
    bootstrap: Bootstrap,
    figure: Figure,
) -> list[Row]:
    """What `compare_all` and `measure_agreement` found -> the rows of ``comparisons.csv``.

    The family `baseline` (each condition with the baseline) is adjusted with Holm's method, the
    family `pairs` (all of them) with Benjamini and Hochberg's.
    """
    done = {
        pair: {**row, "agreement": agreement.get(frozenset((row["condition"], row["other"])))}
        for pair, row in compared.items()
    }
    firsts, pairs = list_pairs(conditions, baseline)
    rows: list[Row] = []
    for family, members, adjust, correction in (
        ("baseline", firsts, adjust_holm, "holm"),
        ("pairs", pairs, adjust_benjamini_hochberg, "benjamini_hochberg"),
    ):
        for row in judge_family([done[pair] for pair in members], adjust, bootstrap, figure):
            del row["missing"], row["unread"]
            rows.append({**row, "family": family, "correction": correction})
    return rows
