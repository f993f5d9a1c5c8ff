"""Scores -> every figure of every condition, over the corpus and over strata of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from snakescribe.evaluate.compare.conditions import macro_wer
from snakescribe.evaluate.compare.samplings import Samplings
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.score.strata import level_names
from snakescribe.evaluate.statistics.figure import Figure
from snakescribe.evaluate.statistics.resample import Intervals
from snakescribe.tables import Row
from snakescribe.tables.scores import STRATUM_PREFIX


def tabulate_metrics(
    table: ScoreTable,
    figures: Sequence[Figure],
    samplings: Samplings,
    intervals: Mapping[str, Intervals],
    baseline: int,
) -> Iterator[Row]:
    """Scores under one normaliser -> rows of ``metrics.csv``; `wer_macro` has its value alone."""
    stamp = table.stamp
    for figure in figures:
        for index, row in _figure_rows(figure, samplings, intervals[figure.name], baseline):
            yield {"condition": table.conditions[index], **stamp, **row}
    for index, value in enumerate(macro_wer(table)):
        yield {
            "condition": table.conditions[index],
            **stamp,
            "figure": "wer_macro",
            "unit": "rate",
            "lower_is_better": True,
            "value": value,
        }


def tabulate_strata(
    table: ScoreTable,
    figures: Sequence[Figure],
    samplings: Samplings,
    strata: Mapping[str, Sequence[float]],
    baseline: int,
) -> Iterator[Row]:
    """Scores -> rows of ``strata.csv``: each figure by each level of each stratum.

    The tier of the reference is always a stratum. Each level is resampled by itself, by chunk
    where it has too few recordings. Differences are from the baseline in the same level; their
    p-values are not adjusted: a stratum is a place to look, not a finding.
    """
    everyone = range(len(table.conditions))
    columns = {"tier": "tier"} | {name: STRATUM_PREFIX + name for name in strata}
    for field, column in columns.items():
        levels = table.by_chunk(column)
        for level in _in_order(levels, strata.get(field, ())):
            chosen = np.array([other == level for other in levels])
            part = samplings.choose(everyone, chosen)
            for figure in figures:
                if not part.chunks_for(figure).any():
                    continue
                sizes = _sizes(part, figure)
                interval = part.resampled_for(figure).intervals(figure)
                for index, row in _figure_rows(figure, part, interval, baseline):
                    place = {"field": field, "level": level, "condition": table.conditions[index]}
                    yield {**place, **sizes[index], **row}


def _sizes(samplings: Samplings, figure: Figure) -> list[Row]:
    """A figure -> for each condition how much it is made of."""
    resampled = samplings.resampled_for(figure)
    return [
        {
            "recordings": resampled.recordings_in(chunks),
            "chunks": int(chunks.sum()),
            "words": int(words),
        }
        for chunks, words in zip(samplings.chunks_for(figure), resampled.sums["words"], strict=True)
    ]


def _in_order(levels: Sequence[str | None], edges: Sequence[float]) -> list[str]:
    there = {level for level in levels if level is not None}
    bins = [level for level in (level_names(edges) if edges else ()) if level in there]
    return [*bins, *sorted(there - set(bins))]


def find_intervals(samplings: Samplings, figures: Iterable[Figure]) -> dict[str, Intervals]:
    """Figures -> each with its interval, by name."""
    return {figure.name: samplings.resampled_for(figure).intervals(figure) for figure in figures}


def _figure_rows(
    figure: Figure, samplings: Samplings, interval: Intervals, baseline: int
) -> Iterator[tuple[int, Row]]:
    """A figure of scores -> for each condition its cells."""
    others = [index for index in range(len(interval.value)) if index != baseline]
    contrasts = [{index: 1, baseline: -1} for index in others]
    difference = samplings.resampled_for(figure).differences(figure, contrasts)
    place_of = {index: place for place, index in enumerate(others)}
    for index, value in enumerate(interval.value):
        row: Row = {
            "figure": figure.name,
            "unit": figure.unit,
            "lower_is_better": figure.lower_is_better,
            "value": value,
            "low": interval.low[index],
            "high": interval.high[index],
            "resampled_by": interval.unit[index],
        }
        if index != baseline:
            place = place_of[index]
            row["delta"] = difference.delta[place]
            row["delta_low"], row["delta_high"] = difference.low[place], difference.high[place]
            row["p_bootstrap"] = difference.p[place]
            row["delta_resampled_by"] = difference.unit[place]
        yield index, row
