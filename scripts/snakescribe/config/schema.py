"""The schema of the config file: what it says, what a value breaks, and the defaults it gives."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from snakescribe.errors import did_you_mean
from snakescribe.paths import CONFIG_SCHEMA

Config = dict[str, Any]


@cache
def config_schema() -> dict[str, Any]:
    """The schema of the config file, a JSON Schema (draft 2020-12) kept as YAML."""
    return yaml.safe_load(CONFIG_SCHEMA.read_text(encoding="utf-8"))


def decoding_defaults() -> Config:
    """The default of each decode option."""
    decoding = config_schema()["properties"]["decoding"]["additionalProperties"]["properties"]
    return {name: option["default"] for name, option in decoding.items()}


def schema_problems(
    value: Any, subschema: Config, schema: Config, place: str = ""
) -> Iterator[str]:
    """A value and the part of the schema that it must fit -> a line for each mistake."""
    validator = Draft202012Validator({"$defs": schema["$defs"], **subschema})
    for error in sorted(validator.iter_errors(value), key=lambda error: list(error.path)):
        yield from _explain(error, place)


def _explain(error: Any, prefix: str) -> Iterator[str]:
    """One schema error -> lines that name the key and the remedy."""
    place = ".".join(filter(None, [prefix, *map(str, error.absolute_path)]))
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for key in sorted(error.instance.keys() - known.keys(), key=str):
            path = f"{place}.{key}" if place else str(key)
            yield f"{path}: unknown key; {did_you_mean(str(key), known)}"
        return
    if error.validator == "required":
        for key in sorted(set(error.validator_value) - error.instance.keys()):
            yield f"{place or 'the config'}: the key '{key}' is missing; {_describe(error, key)}"
        return
    if "propertyNames" in error.absolute_schema_path:
        yield (
            f"{place}: '{error.instance}' is no good name; "
            "use letters, digits, '-' and '_', starting with a letter or digit"
        )
        return
    if error.validator == "anyOf":
        wanted = " or ".join(_shape(option) for option in error.validator_value)
        best = [
            inner
            for inner in error.context or ()
            if inner.validator not in {"type", "minProperties", "maxProperties"}
        ]
        if best:
            yield from _explain(best[0], prefix)
        else:
            yield f"{place}: {error.instance!r} is not {wanted}"
        return
    if error.validator == "enum":
        remedy = did_you_mean(str(error.instance), map(str, error.validator_value))
        yield f"{place}: unknown value {error.instance!r}; {remedy}"
        return
    if error.validator == "type":
        yield f"{place}: {error.instance!r} is not {_shape(error.schema)}"
        return
    yield f"{place}: {error.message}"


def _describe(error: Any, key: str) -> str:
    known = error.schema.get("properties", {}).get(key, {})
    return known.get("description", "add it").rstrip(".")


def _shape(schema: Config) -> str:
    names = {
        "object": "a map of keys",
        "array": "a list",
        "string": "a text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
    }
    return names.get(schema.get("type", ""), "a value of another kind")


def fill_defaults(value: Any, subschema: Config, schema: Config) -> None:
    """Set what is not given, in place, at every depth that the schema describes."""
    if "$ref" in subschema:
        target: Any = schema
        for step in subschema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        subschema = {**target, **subschema}
    for option in subschema.get("anyOf", ()):
        if isinstance(value, dict) and option.get("type") == "object":
            fill_defaults(value, option, schema)
    if isinstance(value, list) and "items" in subschema:
        for item in value:
            fill_defaults(item, subschema["items"], schema)
    if not isinstance(value, dict):
        return
    properties = subschema.get("properties", {})
    for key, inner in properties.items():
        if key not in value and "default" in inner:
            value[key] = deepcopy(inner["default"])
        if key in value:
            fill_defaults(value[key], inner, schema)
    rest = subschema.get("additionalProperties")
    if isinstance(rest, dict):
        for key in value.keys() - properties.keys():
            fill_defaults(value[key], rest, schema)
