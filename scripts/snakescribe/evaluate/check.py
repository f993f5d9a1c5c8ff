"""The `scoring` section of a config -> what is wrong with it beyond its schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError
from snakescribe.evaluate.metrics import find_metric
from snakescribe.evaluate.normalizers import NORMALIZERS
from snakescribe.evaluate.plugins import find_plugin


def find_scoring_problems(scoring: dict[str, Any]) -> Iterator[str]:
    """A `scoring` section with its defaults -> one line for each problem.

    Knows what needs other packages only by name, so that a config is checked in milliseconds.
    """
    for name in scoring["normalizers"]:
        try:
            find_plugin("normalizers", name, NORMALIZERS)
        except UserError as error:
            yield str(error)
    for name in scoring["metrics"]:
        try:
            find_metric(name)
        except UserError as error:
            yield str(error)
    for table in scoring["terms"]["tables"]:
        if not Path(table).is_file():
            yield f"scoring.terms.tables: no such file: {table}"
