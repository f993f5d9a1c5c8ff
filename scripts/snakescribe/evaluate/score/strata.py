"""Fields of chunks and recordings -> the level, or the bin, that a chunk belongs to."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from snakescribe.config.evaluate import SPEAKER, Counting
from snakescribe.evaluate.chunk_fields import CHUNK_FIELDS, find_unknown_fields
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row

UNKNOWN = "unknown"

Strata = Mapping[str, Sequence[float]]


def name_level(value: Any, edges: Sequence[float]) -> str:
    """A value and the edges of bins -> the name of its level.

    Without edges the value itself is the level; with them, the bin from one edge (included) to
    the next. What is missing, or is no number where a bin is asked for, is `unknown`.
    """
    if value is None or value == "":
        return UNKNOWN
    if not edges:
        return _shortest(value) if isinstance(value, float) else str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return UNKNOWN
    return level_names(edges)[bisect_right(sorted(edges), number)] if isfinite(number) else UNKNOWN


def unit_level(value: Any) -> str | None:
    """The value of a field to resample by -> its name; None: it is unknown."""
    level = name_level(value, ())
    return None if value is None or not level.strip() or level == UNKNOWN else level


def level_names(edges: Sequence[float]) -> list[str]:
    """Edges -> the names of the bins, in ascending order."""
    edges = sorted(edges)
    names = [_shortest(edge) for edge in edges]
    inner = [f"{low} to {high}" for low, high in pairwise(names)]
    return [f"below {names[0]}", *inner, f"{names[-1]} and above"]


def _shortest(number: float) -> str:
    """A number -> the shortest text that no other number has."""
    return repr(float(number)).removesuffix(".0")


def chunk_fields(chunk: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """A chunk and its recording's item -> all fields that strata may name.

    The item's context fields come first, its own columns and the chunk's then take precedence:
    `recording`, `tier`, `language`, `number`, `start`, `end`, `seconds`, `position` (where the
    chunk's middle lies in the recording, from 0 to 1), and the figures of its sound, from
    `speech_seconds` to `processed_to_raw_db` (docs/process.md).
    """
    own = {key: value for key, value in item.items() if key != "context" and value is not None}
    return {**item["context"], **own, **{k: v for k, v in chunk.items() if v is not None}}


def warn_of_unknown_fields(
    items: Iterable[Row], scoring: Counting, unit_fields: Iterable[str]
) -> None:
    """Give notice of fields that `scoring` names (strata, terms, units) and no recording has.

    A stratum that is unknown in every chunk, and terms that are in no recording, are most often
    a name with a slip in it.
    """
    fields = [chunk_fields({}, item) for item in items]
    if not fields:
        return
    known = {name for own in fields for name in own}
    named = [name for name in unit_fields if name != SPEAKER]  # `auto` asks whether it is there
    misnamed = find_unknown_fields(scoring, known, named)
    unknown = {(key, name): remedy for key, name, remedy in misnamed}
    for name, edges in scoring.strata.items():
        if name in CHUNK_FIELDS or any(
            name_level(own.get(name), edges) != UNKNOWN for own in fields
        ):
            continue
        if name in known:
            remedy = "it has no number to put into bins" if edges else "it is empty everywhere"
        else:
            remedy = unknown["scoring.strata", name]
        text = f"'{name}' is unknown in every chunk"
        notify(Kind.FIELD_UNKNOWN, text, source="scoring.strata", remedy=remedy)
    for name in unit_fields:
        if remedy := unknown.get(("scoring.bootstrap_unit", name), ""):
            text = f"no recording has a field '{name}'"
            notify(Kind.FIELD_UNKNOWN, text, source="scoring.bootstrap_unit", remedy=remedy)
    for name in scoring.terms.fields:
        if not any(own.get(name) for own in fields):
            remedy = unknown.get(("scoring.terms.fields", name), "it is empty everywhere")
            text = f"no recording has terms in '{name}'"
            notify(Kind.FIELD_UNKNOWN, text, source="scoring.terms.fields", remedy=remedy)
