"""`snakemake --config KEY=VALUE` -> what it changes in the config.

Snakemake reads a VALUE with nested keys as a map of texts (`20` becomes `'20'`), so that it is read
anew here, as YAML in a config file is.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from snakescribe.config.block import as_json
from snakescribe.config.yaml_file import parse_strictly
from snakescribe.errors import UserError

OPTION = "--config"


def read_overrides(arguments: Iterable[str]) -> dict[str, Any]:
    """What stands behind `--config`, as `KEY=VALUE` -> the values by key.

    A VALUE is YAML (or JSON, which is YAML); what is none and does not begin like a map or a list
    is a text.

    Raises:
        UserError: a VALUE that begins with a bracket and is no YAML.
    """
    overrides: dict[str, Any] = {}
    for argument in arguments:
        key, _, text = argument.partition("=")
        try:
            value = parse_strictly(text)
        except (yaml.YAMLError, ValueError) as error:
            if text.lstrip().startswith(("{", "[")):
                what = getattr(error, "problem", None) or error
                raise UserError(
                    f"{OPTION} {key}: {text!r} is no YAML: {what}; write "
                    f"{OPTION} 'chunking={{\"max_seconds\": 20}}', in quotation marks for the shell"
                ) from None
            value = text
        overrides = merge(overrides, {key: value})
    return overrides


def merge(written: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A config and what replaces parts of it -> both: maps are merged, all else is replaced."""
    merged = dict(written)
    for key, value in overrides.items():
        below = merged.get(key)
        if isinstance(value, Mapping):
            merged[key] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged


def places(overrides: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """What replaces parts of a config -> where these lie, as `chunking.max_seconds`."""
    for key, value in overrides.items():
        place = f"{within}.{key}" if within else key
        if isinstance(value, Mapping) and value:
            yield from places(value, place)
        else:
            yield place


def as_arguments(overrides: Mapping[str, Any]) -> str:
    """Overrides -> how they are written on a command line."""
    texts = (
        f"{key}={value if isinstance(value, str) else as_json(value)}"
        for key, value in overrides.items()
    )
    return " ".join(f"'{text}'" for text in texts)
