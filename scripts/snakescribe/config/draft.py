"""A config with mistakes in it -> what of it can be checked all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from snakescribe.config.chunking import all_chunkings, chunking_levels, with_variant
from snakescribe.config.conditions import SECTIONS
from snakescribe.config.context import Context
from snakescribe.config.messages import mistake_lines
from snakescribe.config.root import Config
from snakescribe.config.sources import Source

Place = tuple[int | str, ...]

# The sections that are made of entries, each of which can be checked without the others.
_EMPTY: dict[str, Any] = {
    "recordings": [],
    "context": [],
    "audio": {},
    "chunkings": {},
    "models": {},
    "prompts": {},
    "decoding": {},
    "experiments": {},
}


@dataclass(frozen=True)
class Draft:
    """A config, whole or without its broken parts, and what is wrong with these.

    `config` lacks the sections and entries that cannot be read; a section that lacks as a whole
    has its defaults, or is empty. `recordings` and `context` are its entries under their places in
    the file, `names` what each factor's section defines, broken entries among them.
    """

    config: Config
    recordings: dict[int, Source]
    context: dict[int, Context]
    names: dict[str, list[str]]
    mistakes: list[str]


def read_draft(raw: Mapping[str, Any]) -> Draft:
    """What a user wrote -> the config, as far as it can be read, and a line for each mistake."""
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        return _salvage(raw, error)
    return Draft(
        config=config,
        recordings=dict(enumerate(config.recordings)),
        context=dict(enumerate(config.context)),
        names={factor: list(getattr(config, key)) for factor, key in SECTIONS.items()}
        | {"chunking": chunking_levels(raw, config.chunkings)},
        mistakes=[],
    )


def _salvage(raw: Mapping[str, Any], error: ValidationError) -> Draft:
    places = [mistake["loc"] for mistake in error.errors(include_url=False)]
    sections: dict[str, Any] = {}
    numbers: dict[str, list[int]] = {}
    for key in Config.model_fields:
        broken = [place[1:] for place in places if place and place[0] == key]
        sections[key], numbers[key] = _read_section(key, raw, broken)
    sections["chunkings"] = all_chunkings(
        sections["chunking"],
        sections["chunkings"],
        sections["experiments"].values(),
        sections["audio"],
    )
    sections["chunking"] = with_variant(sections["chunking"], sections["audio"])
    config = Config.model_construct(**sections)
    names = {}
    for factor, key in SECTIONS.items():
        written = raw.get(key)
        named = map(str, written) if isinstance(written, dict) else ()
        names[factor] = list(dict.fromkeys([*named, *sections[key]]))
    names["chunking"] = chunking_levels(raw, names["chunking"])
    return Draft(
        config=config,
        recordings=dict(zip(numbers["recordings"], config.recordings, strict=True)),
        context=dict(zip(numbers["context"], config.context, strict=True)),
        names=names,
        mistakes=list(mistake_lines(error)),
    )


def _read_section(key: str, raw: Mapping[str, Any], broken: list[Place]) -> tuple[Any, list[int]]:
    """A section without its broken entries; of a list also the places of those that are left."""
    field = Config.model_fields[key]
    value = raw.get(key, _EMPTY[key] if field.is_required() else field.default)
    numbers: list[int] = []
    if broken and key in _EMPTY and all(broken):
        entries = {place[0] for place in broken}
        if isinstance(value, list):
            numbers = [number for number in range(len(value)) if number not in entries]
            value = [value[number] for number in numbers]
        else:
            value = {name: entry for name, entry in value.items() if name not in entries}
    elif broken:
        value = _EMPTY.get(key, field.default)
    elif isinstance(value, list):
        numbers = list(range(len(value)))
    return _reader_of(key).validate_python(value), numbers


@cache
def _reader_of(key: str) -> TypeAdapter[Any]:
    kind: Any = Config.model_fields[key].annotation  # without its bounds: little may be left
    return TypeAdapter(kind)
