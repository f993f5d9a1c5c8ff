"""Scores -> every figure of every condition, over the corpus and over strata of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.bootstrap import Bootstrap, make_bootstrap
from snakescribe.evaluate.conditions import macro_wer
from snakescribe.evaluate.metrics.base import Figure, Sums
from snakescribe.evaluate.score_table import ScoreTable
from snakescribe.evaluate.strata import COLUMN_PREFIX, level_names

if TYPE_CHECKING:
    import numpy as np

_FIGURE_COLUMNS = (
    "figure",
    "unit",
    "lower_is_better",
    "value",
    "low",
    "high",
    "delta",
    "delta_low",
    "delta_high",
    "p_bootstrap",
)
METRIC_COLUMNS = (
    "condition",
    "normalizer",
    "normalizer_version",
    "normalizer_digest",
    *_FIGURE_COLUMNS,
)
STRATA_COLUMNS = (
    "field",
    "level",
    "condition",
    "recordings",
    "chunks",
    "words",
    *_FIGURE_COLUMNS,
    "resampled_by",
)


def tabulate_metrics(
    table: ScoreTable,
    figures: Sequence[Figure],
    bootstrap: Bootstrap,
    replicates: Sums,
    baseline: int,
    stamp: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """Scores under one normaliser -> rows of ``metrics.csv``; `wer_macro` has its value alone."""
    for index, row in _figure_rows(table.counts, figures, bootstrap, replicates, baseline):
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
    table: ScoreTable, figures: Sequence[Figure], scoring: Mapping[str, Any], baseline: int
) -> Iterator[dict[str, Any]]:
    """Scores -> rows of ``strata.csv``: each figure by each level of each stratum.

    The tier of the reference is always a stratum. Each level has a bootstrap of its own, by chunk
    where it has too few recordings. Differences are from the baseline in the same level; their
    p-values are not adjusted: a stratum is a place to look, not a finding.
    """
    strata = scoring["strata"]
    columns = {"tier": "tier"} | {name: COLUMN_PREFIX + name for name in strata}
    for field, column in columns.items():
        levels = table.by_chunk(column)
        for level in _in_order(levels, strata.get(field, ())):
            yield from _tabulate_level(table, figures, scoring, baseline, field, levels, level)


def _in_order(levels: Sequence[str | None], edges: Sequence[float]) -> list[str]:
    found = {level for level in levels if level is not None}
    known = [level for level in (level_names(edges) if edges else ()) if level in found]
    return [*known, *sorted(found - set(known))]


def _tabulate_level(
    table: ScoreTable,
    figures: Sequence[Figure],
    scoring: Mapping[str, Any],
    baseline: int,
    field: str,
    levels: Sequence[str | None],
    level: str,
) -> Iterator[dict[str, Any]]:
    import numpy as np

    chosen = np.array([one == level for one in levels])
    counts = {name: values[:, chosen] for name, values in table.counts.items()}
    scored, recording_of = table.scored[:, chosen], table.recording_of[chosen]
    if not scored.any():
        return
    bootstrap = make_bootstrap(recording_of, scored, scoring)
    replicates = {name: bootstrap.sums(values) for name, values in counts.items()}
    words = counts["words"].sum(axis=1)
    for index, row in _figure_rows(counts, figures, bootstrap, replicates, baseline):
        yield {
            "field": field,
            "level": level,
            "condition": table.conditions[index],
            "recordings": len(set(recording_of[scored[index]])),
            "chunks": int(scored[index].sum()),
            "words": int(words[index]),
            **row,
            "resampled_by": bootstrap.unit,
        }


def _figure_rows(
    counts: "Mapping[str, np.ndarray]",
    figures: Sequence[Figure],
    bootstrap: Bootstrap,
    replicates: Sums,
    baseline: int,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Counts (conditions, chunks) -> for each figure and condition its cells."""
    sums = {name: values.sum(axis=1) for name, values in counts.items()}
    for figure in figures:
        values = figure.value(sums)
        drawn = figure.value(replicates)
        limits = bootstrap.interval(drawn)
        deltas = values - values[baseline]
        found = bootstrap.difference(deltas, drawn - drawn[:, [baseline]])
        for index, value in enumerate(values):
            row: dict[str, Any] = {
                "figure": figure.name,
                "unit": figure.unit,
                "lower_is_better": figure.lower_is_better,
                "value": value,
                "low": limits[0, index],
                "high": limits[1, index],
            }
            if index != baseline:
                row["delta"] = deltas[index]
                row["delta_low"], row["delta_high"] = found.low[index], found.high[index]
                row["p_bootstrap"] = found.p[index]
            yield index, row
