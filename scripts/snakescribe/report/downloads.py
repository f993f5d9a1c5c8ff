"""The tables behind a page -> CSV files that the page carries, each saved by a click."""

import base64
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from snakescribe.formulas import defused
from snakescribe.report.recordings import Failure
from snakescribe.tables import Row
from snakescribe.tables import scores as score_tables

BUDGET_BYTES = 3_000_000
# In the order in which they are taken, as far as there is room.
TABLES = (
    score_tables.CONDITIONS, score_tables.COMPARISONS, score_tables.FACTORS,
    score_tables.COMBINATIONS, score_tables.REPEATS, score_tables.CHUNKINGS,
    score_tables.SUSPECTS, score_tables.TERMS, score_tables.METRICS,
    score_tables.STRATA, score_tables.CALIBRATION, score_tables.ERRORS,
)  # fmt: skip


@dataclass(frozen=True)
class Download:
    """A file to save: its name, and a data URI; `uri` is empty where it is too large for a page."""

    file_name: str
    uri: str


def make_downloads(
    scores: Path, failures: Sequence[Failure], sources: Iterable[Row]
) -> dict[str, Download]:
    """The folder `scores/{experiment}` and what the page lists beside it -> by name its CSV files.

    Each is a table with all its rows and columns, also where the page shows a part of them.
    Cells that a spreadsheet would run as formulas have an apostrophe before them, as in `scores/`.
    """
    texts = {"left_out": _as_csv([vars(failure) for failure in failures])}
    texts["sources"] = _as_csv(
        [
            {**row, "skipped": "; ".join(f"{why}: {n}" for why, n in row["skipped"].items())}
            for row in sources
        ]
    )
    files = {name: text.encode("utf-8", "replace") for name, text in texts.items() if text}
    files |= {table.name: (scores / table.file_name).read_bytes() for table in TABLES}
    room = BUDGET_BYTES
    made = {}
    for name, data in files.items():
        encoded = base64.b64encode(data).decode()
        fits = len(encoded) <= room
        room -= len(encoded) if fits else 0
        uri = f"data:text/csv;charset=utf-8;base64,{encoded}" if fits else ""
        made[name] = Download(f"{name}.csv", uri)
    return made


def _as_csv(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    out = StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: defused(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return out.getvalue()
