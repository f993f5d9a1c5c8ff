"""What others answer: names for its shapes, and reading it where nothing is sure."""

import re
from typing import Any

# What yt-dlp tells of a recording or a list: a key for each of some hundred fields, any of which
# may be missing (yt_dlp/extractor/common.py lists them).
InfoDict = dict[str, Any]

# The fields of a recording beside its columns, for prompts, filters and strata: a user's tables
# name them, and their values are what JSON can hold.
ContextFields = dict[str, Any]


def part(answer: Any, key: str) -> dict[str, Any]:
    """A part of somebody's JSON that should be an object -> the object; empty where it is none."""
    value = answer.get(key) if isinstance(answer, dict) else None
    return value if isinstance(value, dict) else {}


def parts(answer: Any, key: str) -> list[dict[str, Any]]:
    """A part of somebody's JSON that should be a list of objects -> those in it that are."""
    value = answer.get(key) if isinstance(answer, dict) else None
    return [inner for inner in value if isinstance(inner, dict)] if isinstance(value, list) else []


def text(answer: Any, key: str) -> str:
    """A part of somebody's JSON that should be a text or a number -> a text of one line."""
    value = answer.get(key) if isinstance(answer, dict) else None
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return " ".join(str(value).split()) if plain else ""


def whole_number(answer: Any, key: str) -> int | None:
    """A part of somebody's JSON that should be a number -> the number, also where it is written."""
    written = text(answer, key)
    return int(written) if re.fullmatch(r"-?\d{1,18}", written) else None
