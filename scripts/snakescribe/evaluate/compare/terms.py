"""Scores -> how often each term was said, recognised, and written where it was not said."""

import json
from collections.abc import Iterator

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.tables import Row

COLUMNS = (
    "condition",
    "term",
    "said",
    "hit",
    "false_alarms",
    "precision",
    "recall",
    "f",
    "said_prompted",
    "hit_prompted",
    "recall_prompted",
    "recall_unprompted",
)


def tabulate_terms(table: ScoreTable) -> Iterator[Row]:
    """Scores -> the rows of ``terms.csv``: each condition's terms, the most often said first."""
    cells = table.column("terms")
    for name, of_chunks in zip(table.conditions, cells, strict=True):
        totals: dict[str, list[int]] = {}
        for cell in of_chunks.drop_null().to_pylist():
            for term, said, hit, false, prompted in json.loads(cell):
                total = totals.setdefault(term, [0] * 5)
                counts = (said, hit, false, said * prompted, hit * prompted)
                totals[term] = [sum(both) for both in zip(total, counts, strict=True)]
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


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
