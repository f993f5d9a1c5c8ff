"""The `scoring` section of a config -> what is wrong with it beyond its schema."""

from collections.abc import Iterator
from math import isfinite

from snakescribe.config.evaluate import Scoring
from snakescribe.errors import UserError
from snakescribe.evaluate.metrics import find_metric, find_metrics
from snakescribe.evaluate.normalize.registry import NORMALIZERS
from snakescribe.plugins import find_plugin
from snakescribe.terms import find_table_problems

SHORT_TEXT = "Dr. Okafor's 2 dogs, at 5 p.m.!"


def find_scoring_problems(scoring: Scoring) -> Iterator[str]:
    """A `scoring` section -> one line for each problem.

    Knows what needs other packages only by name, so that a config is checked in milliseconds; a
    user's own normaliser is tried on a short text, and the figures of own metrics on a few sums.
    """
    for name in scoring.normalizers:
        yield from _check_normalizer(name)
    yield from _check_metrics(scoring.metrics)
    for table in scoring.terms.tables:
        yield from find_table_problems(table, "", "scoring.terms.tables")
    for field, edges in scoring.strata.items():
        for edge in edges:
            if not isfinite(edge):
                yield (
                    f"scoring.strata.{field}: {edge} is no edge of a bin; give finite numbers "
                    "(what lies below the first and above the last has bins of its own)"
                )


def _check_metrics(names: list[str]) -> Iterator[str]:
    problems = []
    for name in names:
        try:
            find_metric(name)
        except UserError as error:
            problems.append(str(error))
    if not problems:
        try:
            find_metrics(names)
        except UserError as error:
            problems.append(str(error))
    yield from problems


def _check_normalizer(name: str) -> Iterator[str]:
    try:
        found = find_plugin("normalizers", name, NORMALIZERS)
    except UserError as error:
        yield str(error)
        return
    if name in NORMALIZERS:
        return
    problem = f"scoring.normalizers: '{name}' is no function from text to text"
    if not callable(found):
        yield f"{problem}: it is {found!r}"
        return
    try:
        result = found(SHORT_TEXT)
    except Exception as error:  # whatever a user's function raises
        yield f"{problem}: of {SHORT_TEXT!r} it raises {error!r}"
        return
    if not isinstance(result, str):
        yield f"{problem}: of {SHORT_TEXT!r} it makes {result!r}"
