"""What pydantic finds wrong -> the words for it: what stands there, what should, a remedy."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from snakescribe.errors import did_you_mean, shorten

_SHAPES = {
    "model_type": "a map of keys",
    "dict_type": "a map of keys",
    "list_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
}
_KINDS = frozenset(("recordings", "context"))  # lists whose places name the kind of the entry


def explained(text: str) -> PydanticCustomError:
    """A mistake in words, which stay as they are."""
    return PydanticCustomError("explained", "{text}", {"text": text})


def shown(value: object) -> str:
    """A value -> how it is written in a message, cut where it is long."""
    return shorten(repr(value))


def describe_mistake(mistake: ErrorDetails) -> str:
    """A mistake that pydantic found -> what is wrong, without the place."""
    kind, value = mistake["type"], mistake["input"]
    limits: dict[str, Any] = mistake.get("ctx", {})
    if kind in _SHAPES:
        return f"{shown(value)} is not {_SHAPES[kind]}"
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", limits["expected"])
        return f"unknown value {shown(value)}; {did_you_mean(str(value), known)}"
    if kind in ("too_short", "string_too_short"):
        return f"{shown(value)} should be non-empty"
    return mistake["msg"]


def mistake_lines(error: ValidationError, within: str = "") -> Iterator[str]:
    """All mistakes of a config or of parameters -> a line for each, with its place.

    Args:
        error: what pydantic raised.
        within: the place of what was validated, where that is a part of a file.
    """
    for mistake in error.errors(include_url=False):
        place = ".".join(filter(None, (within, *map(str, written_place(mistake["loc"])))))
        yield f"{place}: {mistake['msg']}" if place else mistake["msg"]


def written_place(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Where pydantic finds a mistake -> where it stands in the file: without the entry's kind."""
    return (*place[:2], *place[3:]) if place and place[0] in _KINDS else place
