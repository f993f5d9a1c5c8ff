"""Scores -> how often each term was said, recognised, and written where it was not said."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.tables import Row


def tabulate_terms(table: ScoreTable) -> Iterator[Row]:
    """Scores -> the rows of ``terms.csv``: each condition's terms, the most often said first."""
    for name, cells in zip(table.conditions, table.column("terms"), strict=True):
        totals = _sum_by_term(cells)
        for term, (said, hit, false, prompted, hit_prompted) in sorted(
            totals.items(), key=lambda of_term: (-of_term[1][0], of_term[0])
        ):
            yield {
                "condition": name,
                "term": term,
                "said": said,
                "hit": hit,
                "false_alarms": false,
                "precision": _share(hit, hit + false),
                "recall": _share(hit, said),
                "f": _share(2 * hit, said + hit + false),
                "said_prompted": prompted,
                "hit_prompted": hit_prompted,
                "recall_prompted": _share(hit_prompted, prompted),
                "recall_unprompted": _share(hit - hit_prompted, said - prompted),
            }


def _sum_by_term(cells: pa.ListArray) -> dict[str, tuple[int, ...]]:
    """Cells of `terms` -> for each term: said, hit, false alarms; said and hit where prompted."""
    counts = cells.drop_null().flatten()
    said, hit, false_alarms, prompted = (
        counts.field(name).cast("int64") for name in ("said", "hit", "false_alarms", "prompted")
    )
    columns = {
        "said": said,
        "hit": hit,
        "false_alarms": false_alarms,
        "said_prompted": pc.multiply(said, prompted),
        "hit_prompted": pc.multiply(hit, prompted),
    }
    terms = pa.table({"term": counts.field("term"), **columns})
    sums = terms.group_by("term").aggregate([(name, "sum") for name in columns])
    parts = (sums[f"{name}_sum"].to_pylist() for name in columns)
    return dict(zip(sums["term"].to_pylist(), zip(*parts, strict=True), strict=True))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
