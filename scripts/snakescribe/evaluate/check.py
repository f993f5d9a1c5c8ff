"""The `scoring` section of a config -> what is wrong with it beyond its schema."""

import logging
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError, did_you_mean
from snakescribe.evaluate.metrics import find_metric, find_metrics
from snakescribe.evaluate.normalizers import NORMALIZERS
from snakescribe.evaluate.plugins import find_plugin
from snakescribe.evaluate.strata import UNKNOWN, chunk_fields, name_level
from snakescribe.tables import Row
from snakescribe.transcribe.prompts.terms import ranked_terms

CHUNK_FIELDS = (
    "recording",
    "tier",
    "language",
    "number",
    "start",
    "end",
    "seconds",
    "position",
    "speech_seconds",
    "speech_share",
    "snr_db",
)
SHORT_TEXT = "Dr. Okafor's 2 dogs, at 5 p.m.!"

logger = logging.getLogger(__name__)


def find_scoring_problems(scoring: dict[str, Any]) -> Iterator[str]:
    """A `scoring` section with its defaults -> one line for each problem.

    Knows what needs other packages only by name, so that a config is checked in milliseconds; a
    user's own normaliser is tried on a short text, and the figures of own metrics on a few sums.
    """
    for name in scoring["normalizers"]:
        yield from _check_normalizer(name)
    yield from _check_metrics(scoring["metrics"])
    for table in scoring["terms"]["tables"]:
        yield from find_table_problems(table, "", "scoring.terms.tables")
    for field, edges in scoring["strata"].items():
        for edge in edges:
            if not isfinite(edge):
                yield (
                    f"scoring.strata.{field}: {edge} is no edge of a bin; give finite numbers "
                    "(what lies below the first and above the last has bins of its own)"
                )


def find_table_problems(table: str, score: str, key: str) -> Iterator[str]:
    """A table of terms, its score and its key in the config -> what is wrong with it, if anything.

    The table is read whole, so that a mistake is found before hours of transcription.
    """
    if not Path(table).is_file():
        yield (
            f"{key}: no such file: {table}; "
            f"paths are relative to the working directory, {Path.cwd()}"
        )
        return
    try:
        ranked_terms(Path(table), score)
    except UserError as error:
        yield f"{key}: {error}"


def warn_of_unknown_fields(items: Iterable[Row], scoring: dict[str, Any]) -> None:
    """Log the fields of `scoring.strata` and `scoring.terms.fields` that no recording has.

    A stratum that is unknown in every chunk, and terms that are in no recording, are most often
    a name with a slip in it.
    """
    fields = [chunk_fields({}, item) for item in items]
    if not fields:
        return
    known = {name for own in fields for name in own}
    for name, edges in scoring["strata"].items():
        if name in CHUNK_FIELDS or any(
            name_level(own.get(name), edges) != UNKNOWN for own in fields
        ):
            continue
        if name in known:
            remedy = "it has no number to put into bins" if edges else "it is empty everywhere"
        else:
            remedy = did_you_mean(name, known | {*CHUNK_FIELDS})
        logger.warning("scoring.strata: '%s' is unknown in every chunk; %s", name, remedy)
    for name in scoring["terms"]["fields"]:
        if not any(own.get(name) for own in fields):
            remedy = "it is empty everywhere" if name in known else did_you_mean(name, known)
            logger.warning("scoring.terms.fields: no recording has terms in '%s'; %s", name, remedy)


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
